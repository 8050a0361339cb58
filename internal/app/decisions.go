package app

import (
	"context"
	"slices"

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
		looked, found, err := a.decisionsOf(ctx, regency)
		if n, wrong = n+looked, append(wrong, found...); err != nil {
			return n, wrong, err
		}
	}
	return n, wrong, nil
}

func (a *App) decisionsOf(ctx context.Context, regency int64) (n int, wrong []seal.Mismatch, err error) {
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "decisions"))
	for _, look := range []func(context.Context) (int, []seal.Mismatch, error){
		a.Evidence.Decisions, a.Evaluation.Decisions, a.Assessment.Decisions, a.Innovation.Decisions, a.Adoption.Decisions,
	} {
		looked, found, err := look(ctx)
		if n, wrong = n+looked, append(wrong, found...); err != nil {
			return n, wrong, err
		}
	}
	return n, wrong, nil
}

// decided counts the decisions of a regency and those that no longer fit, for the health page.
func (a *App) decided(ctx context.Context, regency int64) (looked, wrong int, err error) {
	n, all, err := a.decisionsOf(ctx, regency)
	for _, m := range all {
		a.log.WarnContext(ctx, "a decision is no longer what was decided on", "regency", m.Regency, "object", m.Object, "id", m.ID, "why", m.Why)
	}
	return n, len(all), err
}

// oldDecisions is what may have been decided before decisions carried a fingerprint, in the order in which they are bound:
// an answer holds its proofs, a round its answers and marks.
func (a *App) oldDecisions() []seal.Old {
	return slices.Concat(a.Evidence.Old(), a.Assessment.Old(), a.Evaluation.Old(), a.Innovation.Old(), a.Adoption.Old())
}

// bindOldDecisions ends an upgrade from a version whose decisions carried no fingerprint.
func (a *App) bindOldDecisions(ctx context.Context) error {
	n, err := seal.BindOnce(ctx, a.DB, a.Audit, a.oldDecisions()...)
	if n > 0 {
		a.log.InfoContext(ctx, "decisions of an older version were bound to their content as it stands now", "decisions", n)
	}
	return err
}

// bindSample binds what the sample data says was decided.
func (a *App) bindSample(ctx context.Context) error {
	_, err := seal.BindOld(ctx, a.DB, a.Audit, a.oldDecisions()...)
	return err
}
