package app

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

// innovations builds the rooms of innovation; they use each other and the programme through the bridges below.
func (a *App) innovations(dir tenant.Directory) (err error) {
	a.DB.Watch(db.Watch{Table: "evidence_link", Part: "holder_kind"})
	if a.Calendar, err = calendar.New(calendar.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Zone: a.zones.of}); err != nil {
		return err
	}
	a.Webhooks = webhook.New(webhook.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Box: a.Keys.Box(), Events: hookEvents})
	a.Notices = notice.New(notice.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: a.zones.of, Mail: letters{a}, People: languages{a},
		Text: func(lang, key string, pairs ...any) string { return a.Web.Texts.Msg(lang, errs.M(key, pairs...)) }, Address: a.address})
	a.Innovation = innovation.New(innovation.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: a.zones.of, Dir: dir, Bus: a.Bus, Calendar: a.Calendar, Notices: notices{a}, Hooks: a.Webhooks,
		Evidence: a.Evidence, Affairs: affairs, Adoptions: adoptions{a}, Scores: scores{a}, Districts: a.districts})
	a.Adoption = adoption.New(adoption.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: a.zones.of, Dir: dir, Bus: a.Bus, Innovations: originals{a}, Evidence: adoptionProofs{a},
		Regencies: a.regencies, Affairs: adoptionAffairs, Notices: adoptionNotices{a}, Hooks: a.Webhooks})
	a.Score = score.New(score.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Zone: a.zones.of, Dir: dir, Innovations: facts{a}, Adoptions: adoptions{a}, Evidence: a.Evidence, Rounds: iidRounds{a},
		Packs: a.Packs, Figures: a.Evaluation, Text: func(lang string, m errs.Msg) string { return a.Web.Texts.Msg(lang, m) }, Host: rounds{a}.PublicRegency, RoundOf: iidRounds{a}.Of,
		Inputs: []string{"innovation_*", "adoption_*", "evidence_item", "evidence_link/part"}, InputPart: proof.Innovation})
	a.Reuse, err = reuse.New(reuse.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: a.zones.of, Dir: dir, Rounds: openItems{a}, Packs: a.Packs, Evidence: a.Evidence, Innovations: openInnovations{a},
		Inputs: []string{"evidence_item", "evidence_link", "evaluation_round", "innovation_innovation", "pack_*"}})
	return err
}

func hookEvents() []string {
	return []string{"innovation.idea", "innovation.answered", "innovation.stage", "innovation.status", "innovation.adopted", "adoption.signed"}
}

// affairPack is the instrument whose list of government affairs the register uses.
const affairPack = "iid-2026"

func affairs(lang string) []innovation.Affair {
	p, err := instrument.Find(affairPack)
	if err != nil {
		return nil
	}
	var out []innovation.Affair
	for _, one := range p.Affairs {
		out = append(out, innovation.Affair{Code: one.Code, Name: one.Name.In(lang), Basic: one.Basic})
	}
	return out
}

func (a *App) districts(ctx context.Context) ([]innovation.District, error) {
	all, err := a.Territory.List(ctx)
	var out []innovation.District
	for _, d := range all {
		out = append(out, innovation.District{Code: d.Code, Name: d.Name})
	}
	return out, err
}

// languages tells in which language a person reads letters; somebody without an active account gets none.
type languages struct{ a *App }

func (l languages) Lang(ctx context.Context, user string) (string, error) {
	u, err := l.a.Access.User(ctx, user)
	if err == nil && !u.Active {
		err = errs.E(errs.NotFound, "web.error.not_found", nil)
	}
	return u.Lang, err
}

// notices leaves what the register has to tell.
type notices struct{ a *App }

func (n notices) Notify(ctx context.Context, tx *db.Tx, x innovation.Notice) error {
	return n.a.Notices.Notify(ctx, tx, notice.Notice{To: x.To, Key: x.Key, Args: x.Args, Path: x.Path, Once: x.Once})
}

func (a *App) agencyNames(ctx context.Context) (map[string]string, error) {
	all, err := a.Agencies.List(ctx, true)
	out := map[string]string{}
	for _, one := range all {
		out[one.ID] = one.Name
	}
	return out, err
}
