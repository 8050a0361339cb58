package app

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Decisions compares everything that was decided in every regency with what stands there now and with the audit trail. It
// gives how many decisions were looked at and those whose content is no longer what was decided on.
func (a *App) Decisions(ctx context.Context) (n int, wrong []seal.Mismatch, err error) {
	regencies, err := a.Audit.Regencies(ctx)
	if err != nil {
		return 0, nil, err
	}
	for _, regency := range regencies {
		one := tenant.With(ctx, tenant.SystemOf(regency, "decisions"))
		for _, look := range []func(context.Context) (int, []seal.Mismatch, error){
			a.Evidence.Decisions, a.Evaluation.Decisions, a.Assessment.Decisions, a.Innovation.Decisions, a.Adoption.Decisions,
		} {
			looked, found, err := look(one)
			if err != nil {
				return n, wrong, err
			}
			n, wrong = n+looked, append(wrong, found...)
		}
	}
	return n, wrong, nil
}
