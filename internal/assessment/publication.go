package assessment

import (
	"context"
	"net/url"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Publication is what the regency chose to show to everybody of a round: nothing unless Shown; the index and components
// only when Result.
type Publication struct {
	Round         string
	Shown, Result bool
	Masterplan    string // address of the masterplan, "" for none
	Text          string
	Why           string // why a result that was shown is taken away; only asked for then, and kept in the audit trail
	ChangedBy     string
	ChangedAt     int64
	Rev           int64
}

// Publication gives what was chosen for a round.
func (s *Service) Publication(ctx context.Context, round string) (Publication, error) {
	if err := allow(ctx, Read); err != nil {
		return Publication{}, err
	}
	return s.store.publication(ctx, s.DB, tenant.From(ctx).Regency, round)
}

// withdraws reports whether another choice takes a result away that visitors could read.
func (p Publication) withdraws(next Publication) bool {
	return p.Shown && p.Result && !(next.Shown && next.Result)
}

// rewrites reports whether another choice changes what stands beside a result that visitors could read.
func (p Publication) rewrites(next Publication) bool {
	return p.Shown && p.Result && (p.Text != next.Text || p.Masterplan != next.Masterplan)
}

// SetPublication chooses what the public page shows of a round. A result is shown only of a round that is done, and taken
// away, or given another text, only with a reason.
func (s *Service) SetPublication(ctx context.Context, in Publication) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	r, err := s.Rounds.Round(ctx, in.Round)
	if err != nil {
		return err
	}
	wrong := map[string]errs.Msg{}
	var fits bool
	if in.Text, fits = text(in.Text, mostComment); !fits {
		wrong["text"] = errs.M("assessment.error.too_long", "Most", mostComment)
	}
	if in.Why, fits = text(in.Why, mostComment); !fits {
		wrong["why"] = errs.M("assessment.error.too_long", "Most", mostComment)
	}
	if in.Masterplan, fits = text(in.Masterplan, 500); !fits || in.Masterplan != "" && !webAddress(in.Masterplan) {
		wrong["masterplan"] = errs.M("assessment.error.link")
	}
	if in.Shown && in.Result && r.State != roundDone {
		wrong["result"] = errs.M("assessment.error.not_done")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	a := tenant.From(ctx)
	in.ChangedBy, in.ChangedAt = a.UserID, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.publication(ctx, tx, a.Regency, in.Round)
		if err != nil {
			return err
		}
		if before.withdraws(in) && utf8.RuneCountInString(in.Why) < 10 {
			return errs.InvalidFields(map[string]errs.Msg{"why": errs.M("assessment.error.withdraw")})
		}
		if before.rewrites(in) && utf8.RuneCountInString(in.Why) < 10 {
			return errs.InvalidFields(map[string]errs.Msg{"why": errs.M("assessment.error.rewrite")})
		}
		if err := s.store.putPublication(tx, a.Regency, in); err != nil {
			return err
		}
		return s.record(ctx, tx, "publication", "publish", in.Round, "", in.Why, before, in)
	})
}

func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil
}

// PublicRound is a round as visitors see it. Result is nil unless the regency chose to show it.
type PublicRound struct {
	Round  Round
	Chosen Publication
	Result *Result
}

// Public lists what visitors may see, newest year first, and the regency it belongs to.
func (s *Service) Public(ctx context.Context) (regency int64, all []PublicRound, err error) {
	regency, err = s.House.PublicRegency(ctx)
	if err != nil {
		return 0, nil, err
	}
	if regency == 0 {
		return 0, nil, notFound(nil)
	}
	// A visitor may nothing; the choice of the regency is the permission, so the program itself reads.
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "public"))
	chosen, err := s.store.publications(ctx, regency)
	if err != nil || len(chosen) == 0 {
		return regency, nil, err
	}
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return regency, nil, err
	}
	byRound := map[string]Publication{}
	for _, p := range chosen {
		byRound[p.Round] = p
	}
	for _, r := range rounds {
		p, ok := byRound[r.ID]
		if !ok {
			continue
		}
		one := PublicRound{Round: r, Chosen: p}
		if p.Result && r.State == roundDone {
			result, err := s.result(ctx, r)
			if err != nil {
				return regency, nil, err
			}
			one.Result = &result
		}
		all = append(all, one)
	}
	return regency, all, nil
}
