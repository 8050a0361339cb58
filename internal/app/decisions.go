package app

import (
	"context"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	stored "github.com/pendapa/pendapa/internal/platform/trail/plain"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Decisions compares everything that was decided in every regency with what stands there now and with the audit trail. It
// gives how many decisions were looked at and those whose content is no longer what was decided on.
func (a *App) Decisions(ctx context.Context) (n int, wrong []seal.Mismatch, err error) {
	if wrong, err = a.oddValues(ctx); err != nil {
		return 0, nil, err
	}
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

// decisionTables hold what is decided on.
func decisionTables() []string {
	return []string{"evidence_item", "evidence_link", "evaluation_round", "evaluation_item", "evaluation_phase", "assessment_mark",
		"assessment_external", "assessment_published", "assessment_version", "assessment_publish", "innovation_gate",
		"adoption_adoption", "adoption_replica"}
}

// oddValues finds decisions that SQLite keeps as another kind of value than their columns are made for: a page may show what
// no condition of a check finds. They count in every regency.
func (a *App) oddValues(ctx context.Context) (wrong []seal.Mismatch, err error) {
	if a.DB.Dialect() != db.SQLite {
		return nil, nil
	}
	problems, err := stored.Values(ctx, a.DB.Query, decisionTables()...)
	for _, p := range problems {
		wrong = append(wrong, seal.Mismatch{Object: p.More, Why: "value"})
	}
	return wrong, err
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
	odd, err := a.oddValues(ctx)
	if err != nil {
		return 0, 0, err
	}
	n, all, err := a.decisionsOf(ctx, regency)
	all = append(all, odd...)
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
