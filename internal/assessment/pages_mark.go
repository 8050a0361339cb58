package assessment

import (
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type choice struct {
	Value, Text string
	Checked     bool
}

type other struct {
	Number int
	Value  Number
	Text   string
}

type markPage struct {
	web.Page
	Round      Round
	Code, Text string
	Component  string
	Item       Item
	Lead       string
	Self       Number
	Mark       Mark
	Choices    []choice
	Custom     string // a mark that is no whole number
	Rubric     bool
	Proofs     []proof.Card
	Shown      proof.Card // beside the marks
	Others     []other
	Waiting    bool // others are hidden until the own mark is submitted
	Prev, Next string
	Number, Of int
	Open       bool
}

// OwnValue is the own mark as pages show it.
func (p *markPage) OwnValue() Number { return num(p.Mark.Rat()) }

// ShownImage reports whether the proof beside the marks is a picture a browser shows.
func (p *markPage) ShownImage() bool {
	return slices.Contains([]string{"image/jpeg", "image/png", "image/webp", "image/gif"}, p.Shown.FileType)
}

func (s *Service) markPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderMark(w, r, nil)
}

func (s *Service) renderMark(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx := r.Context()
	x, _, err := s.asAssessor(ctx, r.PathValue("round"))
	if err != nil {
		return err
	}
	pack, err := s.Rounds.PackOf(ctx, x.ID)
	if err != nil {
		return err
	}
	code := pack.Canonical(r.PathValue("code"))
	q, c, ok := pack.Question(code)
	if !ok {
		return errs.E(errs.NotFound, "assessment.error.item", nil)
	}
	lang := tenant.From(ctx).Lang
	p := &markPage{Page: web.Page{Area: "evaluasi", Title: q.Text.In(lang), Crumbs: marking(r, x)}, Round: x, Code: code, Component: c.Name.In(lang),
		Open: x.State == roundAssess, Rubric: len(q.Rubric) > 0}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	p.place(pack, c)
	if err := s.fillMark(r, p, pack, q); err != nil {
		return err
	}
	return web.Render(w, r, "assessment/mark", p)
}

func (p *markPage) place(pack *instrument.Pack, c instrument.Component) {
	codes := pack.Codes()
	at := slices.Index(codes, p.Code)
	if at > 0 {
		p.Prev = codes[at-1]
	}
	if at < len(codes)-1 {
		p.Next = codes[at+1]
	}
	p.Number = slices.IndexFunc(c.Questions, func(q instrument.Question) bool { return q.Code == p.Code }) + 1
	p.Of = len(c.Questions)
}

func (s *Service) fillMark(r *http.Request, p *markPage, pack *instrument.Pack, q instrument.Question) error {
	ctx := r.Context()
	mine, err := s.Mine(ctx, p.Round.ID)
	if err != nil {
		return err
	}
	p.Mark = mine[p.Code]
	p.choices(pack, q, tenant.From(ctx).Lang)
	items, err := s.Rounds.Items(ctx, p.Round.ID)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(items, func(i Item) bool { return i.Code == p.Code }); at >= 0 {
		p.Item, p.Self = items[at], num(instrument.Rat(items[at].SelfMark))
		if a, err := s.Dir.Agency(ctx, p.Item.Lead); err == nil {
			p.Lead = a.Name
		}
	}
	if p.Proofs, err = s.Evidence.Hung(ctx, proof.OfRound(p.Round.ID).At(p.Code, "")); err != nil {
		return err
	}
	want := r.URL.Query().Get("bukti")
	for _, proof := range p.Proofs {
		if p.Shown.ID == "" || proof.ID == want {
			p.Shown = proof
		}
	}
	return s.fillOthers(r, p)
}

func (p *markPage) choices(pack *instrument.Pack, q instrument.Question, lang string) {
	value := p.Form.Val("value", p.Mark.Value)
	low, _ := strconv.Atoi(pack.Scale.Min)
	top, _ := strconv.Atoi(pack.Scale.Max)
	whole := false
	for n := low; n <= top; n++ {
		v := strconv.Itoa(n)
		whole = whole || v == value
		p.Choices = append(p.Choices, choice{v, q.Rubric[v].In(lang), v == value})
	}
	if !whole {
		p.Custom = value
	}
}

func (s *Service) fillOthers(r *http.Request, p *markPage) error {
	ctx, me := r.Context(), tenant.From(r.Context()).UserID
	all, err := s.MarksFor(ctx, p.Round.ID, p.Code)
	if err != nil {
		return err
	}
	invites, err := s.store.invites(ctx, s.DB, tenant.From(ctx).Regency, p.Round.ID)
	if err != nil {
		return err
	}
	number := map[string]int{}
	for _, i := range invites {
		number[i.User] = i.Number
	}
	for _, m := range all {
		if m.Assessor != me {
			p.Others = append(p.Others, other{number[m.Assessor], num(m.Rat()), m.Comment})
		}
	}
	slices.SortFunc(p.Others, func(a, b other) int { return a.Number - b.Number })
	p.Waiting = p.Mark.State != Submitted && p.Open
	return nil
}

// chosen decides between a whole mark that was clicked and a fraction that was typed. A fraction that stands there only
// because the page was shown with it gives way to a click. shown comes from the page and not from the store: autosave may
// have stored the click already, and the fraction must not win it back.
func chosen(whole, fraction, shown string) string {
	if fraction == "" || whole != "" && strings.Replace(fraction, ",", ".", 1) == shown {
		return whole
	}
	return fraction
}

// saveMark takes the mark as a radio (value) or as a decimal (custom).
func (s *Service) saveMark(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	round, code := r.PathValue("round"), r.PathValue("code")
	e := Entry{Item: code, Value: r.PostFormValue("value"), Comment: r.PostFormValue("comment"), Submit: strings.HasPrefix(r.PostFormValue("do"), "submit")}
	e.Value = chosen(e.Value, strings.TrimSpace(r.PostFormValue("custom")), r.PostFormValue("was"))
	e.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	saved, err := s.Save(r.Context(), round, e)
	if r.Header.Get("X-Pendapa-Autosave") != "" {
		if err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, map[string]any{"rev": saved[0].Rev, "saved_at": s.Now().UTC().Format(time.RFC3339)})
	}
	if web.Correctable(err) {
		return s.renderMark(w, r, err)
	}
	if err != nil {
		return err
	}
	to := code
	if next := r.PostFormValue("next"); next != "" && r.PostFormValue("do") == "submit" {
		to = next
	}
	if e.Submit {
		web.SetFlash(w, "good", errs.M("assessment.mark.sent", "Code", code), "")
	} else {
		web.SetFlash(w, "good", errs.M("assessment.mark.saved"), "")
	}
	return web.Redirect(w, r, "/penilaian/"+round+"/soal/"+to)
}

func (s *Service) reopen(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := s.Reopen(r.Context(), r.PathValue("round"), r.PathValue("code"), rev, r.PostFormValue("reason"))
	if web.Correctable(err) {
		return s.renderMark(w, r, err)
	}
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/penilaian/"+r.PathValue("round")+"/soal/"+r.PathValue("code"))
}

// refused keeps what was typed beside what is wrong with it: 409 when somebody was first, 422 for everything else.
func refused(r *http.Request, failure error) (web.Form, int) {
	status := http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		status = http.StatusConflict
	}
	return web.FormOf(r, failure), status
}
