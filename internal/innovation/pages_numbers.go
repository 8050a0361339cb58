package innovation

import (
	"net/http"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

func (s *Service) fillNumbers(r *http.Request, p *profilePage) error {
	n, err := s.Numbers(r.Context(), p.I.ID)
	p.Numbers = viewOf(n)
	return err
}

type numbersPage struct {
	about
	Counts                         []Count
	View                           numbersView
	CountKinds, EffectKinds, Units []web.Option
	Proofs                         []web.Option
	Year                           string
}

func (s *Service) numbersForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderNumbers(w, r, nil)
}

func (s *Service) renderNumbers(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	if _, err := s.working(ctx, r.PathValue("id")); err != nil {
		return err
	}
	p := &numbersPage{CountKinds: choices(r, "innovation.count.", CountKinds()), EffectKinds: choices(r, "innovation.effect.", EffectKinds()),
		Units: choices(r, "innovation.unit.", TimeUnits()), Year: strconv.Itoa(s.Now().In(s.Zone(ctx)).Year())}
	if err := s.fillAbout(r, &p.about, r.PathValue("id")); err != nil {
		return err
	}
	p.fail(r, failure)
	n, err := s.Numbers(ctx, p.I.ID)
	if err != nil {
		return err
	}
	p.Counts, p.View = n.Counts, viewOf(n)
	if p.Proofs, err = s.proofOptions(r, p.I.ID); err != nil {
		return err
	}
	p.Title, p.Lead, p.Crumbs = web.Text(r, "innovation.numbers.title"), web.Text(r, "innovation.numbers.lead"), p.crumbs(r)
	return web.Render(w, r, "innovation/numbers", p)
}

// crumbs leads from a page about an innovation back to it.
func (p *about) crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}, {Text: p.I.Title, Path: p.Own()}}
}

// addNumber keeps a count, a budget or an effect and says what was understood.
func (s *Service) addNumber(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	add, known := map[string]func(*http.Request) (errs.Msg, error){"count": s.addCount, "budget": s.addBudget, "effect": s.addEffect}[r.PathValue("kind")]
	if !known {
		return errs.E(errs.NotFound, "innovation.error.gone", nil)
	}
	understood, err := add(r)
	if web.Correctable(err) {
		return s.renderNumbers(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", understood, "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id")+"/angka")
}

func (s *Service) addCount(r *http.Request) (errs.Msg, error) {
	from, to, err := s.period(r)
	if err != nil {
		return errs.Msg{}, err
	}
	c := Count{Kind: r.PostFormValue("kind"), From: from, To: to, Source: r.PostFormValue("source"), Evidence: r.PostFormValue("evidence")}
	v, err := s.AddCount(r.Context(), r.PathValue("id"), c, r.PostFormValue("value"))
	if err != nil {
		return errs.Msg{}, err
	}
	lang := language(r)
	return errs.M("innovation.numbers.understood.count", "What", web.Text(r, "innovation.count."+c.Kind), "N", i18n.Int(lang, v),
		"From", i18n.Date(lang, time.UnixMilli(from).In(s.Zone(r.Context()))), "To", i18n.Date(lang, time.UnixMilli(to).In(s.Zone(r.Context())))), nil
}

// period reads the two days of a count.
func (s *Service) period(r *http.Request) (from, to int64, err error) {
	if from, err = dayField(r, "from"); err != nil {
		return 0, 0, err
	}
	to, err = dayField(r, "to")
	return from, to, err
}

// dayField reads a day; what cannot be read is wrong beside its field.
func dayField(r *http.Request, name string) (int64, error) {
	day, err := web.ParseDay(r, r.PostFormValue(name))
	if err == nil {
		return day, nil
	}
	m, _ := errs.MsgOf(err)
	return 0, errs.InvalidFields(map[string]errs.Msg{name: m})
}

func (s *Service) addBudget(r *http.Request) (errs.Msg, error) {
	year, err := strconv.Atoi(r.PostFormValue("year"))
	if err != nil {
		year = 0 // the service says what a year looks like
	}
	v, err := s.SetBudget(r.Context(), r.PathValue("id"), Budget{Year: year, Source: r.PostFormValue("budget_source")}, r.PostFormValue("amount"))
	return errs.M("innovation.numbers.understood.budget", "Year", strconv.Itoa(year), "Amount", i18n.Int(language(r), v)), err
}

func (s *Service) addEffect(r *http.Request) (errs.Msg, error) {
	e := Effect{Kind: r.PostFormValue("effect_kind"), Name: r.PostFormValue("effect"), Unit: r.PostFormValue("unit"), Source: r.PostFormValue("effect_source"), Evidence: r.PostFormValue("effect_evidence")}
	if e.Kind == "people" {
		e.Unit = r.PostFormValue("people_unit")
	}
	if err := s.AddEffect(r.Context(), r.PathValue("id"), e, r.PostFormValue("before"), r.PostFormValue("after"), r.PostFormValue("times")); err != nil {
		return errs.Msg{}, err
	}
	return understoodEffect(r, e), nil
}

// understoodEffect says how a comparison was read and what it adds up to.
func understoodEffect(r *http.Request, e Effect) errs.Msg {
	lang := language(r)
	e.Before, e.After, e.Times = figureText(r.PostFormValue("before")), figureText(r.PostFormValue("after")), 1
	if n, ok := whole(r.PostFormValue("times")); ok && e.Kind != "people" {
		e.Times = n
	}
	g := viewOf(Numbers{Effects: []Effect{e}}).Effects[0]
	gain := map[string]string{"time": g.Hours, "cost": g.Rupiah, "people": g.People}[e.Kind]
	return errs.M("innovation.numbers.understood."+e.Kind, "Before", i18n.Number(lang, e.Before), "After", i18n.Number(lang, e.After), "Unit", unitText(r, e), "Times", i18n.Int(lang, e.Times), "Gain", i18n.Number(lang, gain))
}

// unitText names the unit of an effect: one of time is translated, another stands as it was typed.
func unitText(r *http.Request, e Effect) string {
	if e.Kind == "time" {
		return web.Text(r, "innovation.unit."+e.Unit)
	}
	return e.Unit
}

// figureText gives a number as it was understood; "" when it cannot be read.
func figureText(text string) string {
	v, err := instrument.Figure(text, false)
	if err != nil {
		return ""
	}
	return plain(v)
}

func (s *Service) removeNumber(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.RemovePart(r.Context(), r.PathValue("id"), r.PathValue("kind"), r.PathValue("part"))
	if web.Correctable(err) {
		return s.renderNumbers(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.numbers.removed"), "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id")+"/angka")
}
