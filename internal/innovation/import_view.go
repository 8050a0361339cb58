package innovation

import (
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// How much of a plan one page shows; the rest follows when these are put right.
const (
	shownWrong   = 60
	shownNotes   = 40
	shownPreview = 40
)

type importColumn struct {
	Column
	N                   int
	FieldName, NearName string
	Sample              string // the first cell that holds something
	Undecided           bool
}

type importFinding struct {
	Finding
	Row              int
	Title, FieldName string
	Name             string // of the input
	Options          []web.Option
}

type importLine struct {
	Row                        int
	Title, Agency, Stage       string
	Trial, Live, Users, Budget string
	Wrong                      bool
}

type importView struct {
	web.Page
	Plan           *Plan
	Packed         string
	Missing        []string
	Columns        []importColumn
	Fields         []web.Option
	WrongCells     []importFinding
	Notes          []importFinding
	MoreWrong      int
	MoreNotes      int
	Preview        []importLine
	Skipped        []int
	CanFix         bool
	Agency         string // of all lines, when the file names none
	CountWrong     int
	MoreLines      int
	MostMB, MostOf int
}

func (s *Service) renderImport(w http.ResponseWriter, r *http.Request, plan *Plan, failure error) error {
	if err := mayImport(r.Context()); err != nil {
		return err
	}
	p := &importView{Page: web.Page{Area: "inovasi", Title: web.Text(r, "innovation.import.title"), Lead: web.Text(r, "innovation.import.lead"),
		Crumbs: []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}}}, Plan: plan, MostMB: mostUpload >> 20, MostOf: mostImport}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	if plan == nil {
		return web.Render(w, r, "innovation/import", p)
	}
	var err error
	if p.Packed, err = plan.pack(); err != nil {
		return err
	}
	env, err := s.importEnv(r.Context(), s.DB)
	if err != nil {
		return err
	}
	v := importShow{r: r, env: env, plan: plan}
	v.fill(p)
	p.CountWrong = plan.Wrong()
	p.Title = web.Text(r, "innovation.import.ready", "N", v.n(plan.Writes()))
	if p.CountWrong > 0 {
		p.Title = web.Text(r, "innovation.import.found", "N", v.n(len(plan.Lines)), "Wrong", v.n(p.CountWrong))
	}
	p.Lead = web.Text(r, "innovation.import.file", "File", plan.Name, "Idea", v.n(plan.Rest[Idea]), "Trial", v.n(plan.Rest[Trial]), "Live", v.n(plan.Rest[Live]))
	return web.Render(w, r, "innovation/import", p)
}

// importShow puts a plan into the words of a page.
type importShow struct {
	r    *http.Request
	env  *importEnv
	plan *Plan
}

func (v importShow) n(n int) string { return i18n.Int(v.env.actor.Lang, int64(n)) }

func (v importShow) fieldName(key string) string {
	return v.env.fields[key].Heading(v.env.actor.Lang)
}

func (v importShow) day(ms int64) string {
	if ms == 0 {
		return ""
	}
	return i18n.Date(v.env.actor.Lang, time.UnixMilli(ms).In(v.env.zone))
}

func (v importShow) fill(p *importView) {
	for _, f := range Fields() {
		p.Fields = append(p.Fields, web.Option{Value: f.Key, Text: f.Heading(v.env.actor.Lang)})
	}
	for n, c := range v.plan.Columns {
		one := importColumn{Column: c, N: n, FieldName: v.fieldName(c.Field), NearName: v.fieldName(c.Near), Undecided: c.Near != ""}
		p.CanFix = p.CanFix || c.Near != ""
		for _, line := range v.plan.Lines {
			if line[n] != "" {
				one.Sample = cutText(line[n], 60)
				break
			}
		}
		p.Columns = append(p.Columns, one)
	}
	for _, key := range v.plan.Missing {
		p.Missing = append(p.Missing, v.fieldName(key))
	}
	if v.plan.Agency != "" {
		p.Agency = v.env.agencyName(v.plan.Agency)
	}
	v.findings(p)
	for _, one := range v.plan.Ready[:min(shownPreview, len(v.plan.Ready))] {
		p.Preview = append(p.Preview, v.line(one))
	}
	p.MoreLines = len(v.plan.Ready) - len(p.Preview)
	for n := range v.plan.Skip {
		p.Skipped = append(p.Skipped, n)
	}
	slices.Sort(p.Skipped)
}

func (v importShow) findings(p *importView) {
	for _, f := range v.plan.Found {
		if f.Wrong {
			p.CanFix = p.CanFix || len(f.Fixes) == 1 && !f.Fixes[0].Skip
			if len(p.WrongCells) < shownWrong {
				p.WrongCells = append(p.WrongCells, v.finding(f))
			} else {
				p.MoreWrong++
			}
			continue
		}
		if len(p.Notes) < shownNotes {
			p.Notes = append(p.Notes, v.finding(f))
		} else {
			p.MoreNotes++
		}
	}
}

func (v importShow) finding(f Finding) importFinding {
	one := importFinding{Finding: f, Row: v.plan.Row(f.Line), FieldName: v.fieldName(f.Field), Name: "c." + itoa2(f.Line, f.Column)}
	for n, c := range v.plan.Columns {
		if c.Field == "title" {
			one.Title = cutText(v.plan.Lines[f.Line][n], 80)
		}
	}
	if one.Options = v.options(f.Field); len(one.Options) > 0 {
		one.Name = "s." + itoa2(f.Line, f.Column)
	}
	return one
}

// options are the choices of a field whose cells name one of a list.
func (v importShow) options(field string) []web.Option {
	var out []web.Option
	switch f := v.env.fields[field]; f.As {
	case asAgency:
		for _, a := range v.env.agencies {
			if v.env.actor.Can(Desk, "") || v.env.actor.Can(Write, a.ID) {
				out = append(out, web.Option{Value: a.Name, Text: a.Name})
			}
		}
	case asStage, asChoice:
		for _, c := range f.Choices {
			text := v.env.said[choiceKey(f.Key, c)]
			out = append(out, web.Option{Value: text, Text: text})
		}
	}
	return out
}

func (v importShow) line(one ReadyLine) importLine {
	i := one.Record
	l := importLine{Row: v.plan.Row(one.Line), Title: cutText(i.Title, 90), Trial: v.day(i.TrialAt), Live: v.day(i.LiveAt), Wrong: one.Wrong}
	if i.Agency != "" {
		l.Agency = v.env.shortName(i.Agency)
	}
	if i.Stage != "" {
		l.Stage = v.env.said["innovation.stage."+i.Stage]
	}
	if c := one.Users; c != nil {
		l.Users = i18n.Int(v.env.actor.Lang, c.Value) + " (" + v.day(c.From) + " – " + v.day(c.To) + ")"
	}
	var years []string
	for _, b := range one.Budgets {
		years = append(years, itoa(b.Year)+": Rp "+i18n.Int(v.env.actor.Lang, b.Amount))
	}
	slices.Sort(years)
	l.Budget = strings.Join(years, "; ")
	return l
}

// cutText shortens a text for a table.
func cutText(text string, most int) string {
	if runes := []rune(text); len(runes) > most {
		return string(runes[:most]) + "…"
	}
	return text
}
