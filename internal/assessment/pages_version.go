package assessment

import (
	"net/http"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// versionRow is a version as pages show it; By and DecidedBy are names, "" where visitors read.
type versionRow struct {
	Version
	Index         Number
	Marks         int
	Short         string
	ByName, Other string
	Before        *versionRow // the one it took the place of
}

// versionRows shows the versions that stand or stood, newest first; there is nothing to tell of one that stands alone.
func versionRows(all []Version) []versionRow {
	all = slices.DeleteFunc(slices.Clone(all), func(v Version) bool { return v.State != Accepted })
	rows := make([]versionRow, len(all))
	for i, v := range slices.Backward(all) {
		rows[i] = versionRow{Version: v, Index: num(instrument.Rat(v.Content.Letter.Index)), Marks: len(v.Content.Marks), Short: seal.Short(v.DecidedHash)}
		if i+1 < len(rows) {
			rows[i].Before = &rows[i+1]
		}
	}
	return rows
}

// change is one line of what a proposal would change; From and To are its days instead of words.
type change struct {
	What, Was, Becomes string
	From, To           int64
}

// changesOf lists what differs between what stands and what is proposed, as the words of a page say it.
func changesOf(r *http.Request, p *instrument.Pack, was, next Content) (all []change) {
	lang := tenant.From(r.Context()).Lang
	text := func(what, a, b string) {
		if a != b {
			all = append(all, change{What: what, Was: a, Becomes: b})
		}
	}
	number := func(what, a, b string) { text(what, i18n.Number(lang, a), i18n.Number(lang, b)) }
	text(web.Text(r, "assessment.letter.number"), was.Letter.Letter, next.Letter.Letter)
	if was.Letter.Date != next.Letter.Date {
		all = append(all, change{What: web.Text(r, "assessment.letter.date"), From: was.Letter.Date, To: next.Letter.Date})
	}
	number(web.Text(r, "assessment.letter.index"), was.Letter.Index, next.Letter.Index)
	for _, c := range p.Components {
		number(c.Name.In(lang), was.Letter.Components[c.Code], next.Letter.Components[c.Code])
	}
	text(web.Text(r, "assessment.note"), was.Letter.Note, next.Letter.Note)
	for _, k := range was.Marks {
		number(k.Item+" "+k.Assessor, k.Value, next.mark(k))
	}
	for _, k := range next.Marks {
		if was.mark(k) == "" {
			number(k.Item+" "+k.Assessor, "", k.Value)
		}
	}
	return all
}

// mark gives the value at the place of another mark, "" when there is none.
func (c Content) mark(k External) string {
	for _, e := range c.Marks {
		if e.Item == k.Item && e.Assessor == k.Assessor {
			return e.Value
		}
	}
	return ""
}

type versionPage struct {
	web.Page
	Round    Round
	Waiting  *versionRow
	Own      bool // the actor made what waits
	Changes  []change
	Versions []versionRow
}

func (s *Service) versionPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderVersions(w, r, nil)
}

func (s *Service) renderVersions(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, err := s.Rounds.Round(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	all, err := s.store.versions(ctx, s.DB, tenant.From(ctx).Regency, x.ID)
	if err != nil {
		return err
	}
	p := &versionPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.version.title"), Lead: web.Text(r, "assessment.version.lead"), Crumbs: inResult(r, x)},
		Round: x, Versions: versionRows(all)}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if len(all) > 0 && all[0].State == Waiting {
		if err := s.fillWaiting(r, p, all[0]); err != nil {
			return err
		}
	}
	if err := s.nameVersions(r, p.Versions); err != nil {
		return err
	}
	return web.Render(w, r, "assessment/version", p)
}

func (s *Service) fillWaiting(r *http.Request, p *versionPage, v Version) error {
	ctx := r.Context()
	pack, err := s.Rounds.PackOf(ctx, p.Round.ID)
	if err != nil {
		return err
	}
	was, err := s.standing(ctx, s.DB, p.Round)
	if err != nil {
		return err
	}
	rows := []versionRow{{Version: v}}
	if err := s.nameVersions(r, rows); err != nil {
		return err
	}
	p.Waiting, p.Own, p.Changes = &rows[0], v.By == tenant.From(ctx).UserID, changesOf(r, pack, was.Content, v.Content)
	return nil
}

// nameVersions puts names to who made and who confirmed versions.
func (s *Service) nameVersions(r *http.Request, rows []versionRow) error {
	name := func(id string) (string, error) {
		if id == "" {
			return "", nil
		}
		p, err := s.Dir.Person(r.Context(), id)
		if errs.Is(err, errs.NotFound) {
			return "", nil
		}
		return p.Name, err
	}
	for i := range rows {
		var err error
		if rows[i].ByName, err = name(rows[i].By); err != nil {
			return err
		}
		if rows[i].Other, err = name(rows[i].DecidedBy); err != nil {
			return err
		}
	}
	return nil
}

func (s *Service) decideVersion(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	round, accept := r.PathValue("round"), r.PostFormValue("state") == Accepted
	err := s.DecideVersion(r.Context(), round, r.PathValue("id"), accept, r.PostFormValue("reason"))
	if web.Correctable(err) {
		return s.renderVersions(w, r, err)
	}
	if err != nil {
		return err
	}
	done := "assessment.version.rejected"
	if accept {
		done = "assessment.version.accepted"
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/hasil/"+round+"/versi")
}

func (s *Service) withdrawVersion(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	round := r.PathValue("round")
	if err := s.WithdrawVersion(r.Context(), round, r.PathValue("id")); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.version.withdrawn"), "")
	return web.Redirect(w, r, "/hasil/"+round+"/surat")
}
