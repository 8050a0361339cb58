package assessment

import (
	"context"
	"errors"
	"math/big"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Published is the official result as the ministry's letter prints it. Index and Components are decimals, "" when the
// letter does not print them. Date is the day of the letter in milliseconds.
type Published struct {
	Round, Letter string
	Date          int64
	Index         string
	Components    map[string]string // component code -> printed value
	Note          string
	ChangedBy     string
	ChangedAt     int64
	Rev           int64
	DecidedHash   string // the fingerprint of what was entered
}

// Known reports whether a letter was entered.
func (p Published) Known() bool { return p.Rev > 0 }

// Publish enters the letter with the official result of a round. One that stands is followed by another version; see
// ProposeLetter.
func (s *Service) Publish(ctx context.Context, in Published) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	pack, err := s.Rounds.PackOf(ctx, in.Round)
	if err != nil {
		return err
	}
	if err := checkPublished(pack, &in); err != nil {
		return err
	}
	a := tenant.From(ctx)
	in.ChangedBy, in.ChangedAt = a.UserID, s.now()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		r, err := s.Rounds.Hold(ctx, tx, in.Round)
		if err != nil {
			return err
		}
		now, err := s.standing(ctx, tx, r)
		if err != nil {
			return err
		}
		if now.Letter.Known() {
			return errs.E(errs.Conflict, "assessment.error.stands", nil)
		}
		if err := now.intact(); err != nil {
			return err
		}
		in.Rev = 0
		if err := s.store.putPublished(tx, a.Regency, in); err != nil {
			return err
		}
		if in.DecidedHash, err = s.bindPublished(ctx, tx, in.Round); err != nil {
			return err
		}
		return s.record(ctx, tx, "published", "published", in.Round, "", "", now.Letter, struct {
			Published
			Decided string `json:"decided"`
		}{in, in.DecidedHash})
	})
}

func checkPublished(p *instrument.Pack, in *Published) error {
	wrong := map[string]errs.Msg{}
	var fits bool
	if in.Letter, fits = text(in.Letter, 200); in.Letter == "" || !fits {
		wrong["letter"] = errs.M("assessment.error.letter")
	}
	if in.Date == 0 {
		wrong["date"] = errs.M("assessment.error.date")
	}
	if in.Note, fits = text(in.Note, mostComment); !fits {
		wrong["note"] = errs.M("assessment.error.too_long", "Most", mostComment)
	}
	read := func(field, component, value string, needed bool) string {
		if strings.TrimSpace(value) == "" && !needed {
			return ""
		}
		v, low, high, err := p.ParseIndex(component, value)
		if err != nil {
			wrong[field] = errs.M("assessment.error.value", "Min", exact(low), "Max", exact(high))
			return ""
		}
		return exact(v)
	}
	in.Index = read("index", "", in.Index, true)
	kept := map[string]string{}
	for _, c := range p.Components {
		if v := read("c_"+c.Code, c.Code, in.Components[c.Code], false); v != "" {
			kept[c.Code] = v
		}
	}
	in.Components = kept
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// ImportMarks takes the marks of a round from a published letter or report as CSV with the header
// item,entry,assessor,value. An item is a question, or a component when only its mean is known. It replaces what was
// imported before; an empty text removes it. A round that has submitted marks of assessors refuses it, and so does one of
// which something is published; see ProposeMarks.
func (s *Service) ImportMarks(ctx context.Context, round, csv string) (int, error) {
	if err := allow(ctx, Manage); err != nil {
		return 0, err
	}
	all, err := s.readMarks(ctx, round, csv)
	if err != nil {
		return 0, err
	}
	a := tenant.From(ctx)
	return len(all), s.DB.Tx(ctx, func(tx *db.Tx) error {
		r, err := s.Rounds.Hold(ctx, tx, round)
		if err != nil {
			return err
		}
		now, err := s.standing(ctx, tx, r)
		if err != nil {
			return err
		}
		if now.published(r) {
			return errs.E(errs.Conflict, "assessment.error.stands", nil)
		}
		if err := s.noAssessors(ctx, tx, round, all); err != nil {
			return err
		}
		if err := s.store.setExternal(tx, a.Regency, round, all); err != nil {
			return err
		}
		return s.record(ctx, tx, "external", "external", round, "", "", nil, all)
	})
}

// readMarks reads marks from CSV; an empty text holds none.
func (s *Service) readMarks(ctx context.Context, round, csv string) (all []External, err error) {
	p, err := s.Rounds.PackOf(ctx, round)
	if err != nil || strings.TrimSpace(csv) == "" {
		return nil, err
	}
	marks, err := instrument.ParseMarks(strings.NewReader(csv), p)
	if err != nil {
		return nil, csvFault(err)
	}
	for _, m := range marks {
		all = append(all, External{Item: m.Item, Assessor: m.Assessor, Value: exact(m.Value)})
	}
	return all, nil
}

// noAssessors refuses marks from a letter where assessors have submitted theirs.
func (s *Service) noAssessors(ctx context.Context, tx *db.Tx, round string, all []External) error {
	n, err := s.store.submittedCount(ctx, tx, tenant.From(ctx).Regency, round)
	if err == nil && n > 0 && len(all) > 0 {
		err = errs.E(errs.Conflict, "assessment.error.has_marks", nil, "N", n)
	}
	return err
}

// csvFault says where a marks file is wrong and shows what the reader found there.
func csvFault(err error) error {
	var fault *instrument.Problem
	if errors.As(err, &fault) {
		return errs.InvalidFields(map[string]errs.Msg{"csv": errs.M("assessment.error.csv", "Line", fault.Line, "Column", fault.Column, "Text", fault.Text)})
	}
	return errs.InvalidFields(map[string]errs.Msg{"csv": errs.M("assessment.error.csv", "Line", 1, "Column", 1, "Text", err.Error())})
}

// minus subtracts; nil when one of the two is unknown.
func minus(a, b *big.Rat) *big.Rat {
	if a == nil || b == nil {
		return nil
	}
	return new(big.Rat).Sub(a, b)
}
