package score

import (
	"net/http"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// itemView is an item as pages show it.
type itemView struct {
	Item
	Code, Short, Text, Weight string
	Now, Max                  string
	Score                     string
	Levels                    []level
	Why                       string
	Year                      int // the year a proof must be of
	Proofs                    []Proof
	Suggested                 []Proof
	Bases                     []web.Option
	Raw                       bool   // a figure can be typed
	Unit                      string // of the figure
	Mandatory                 bool
}

type level struct {
	Points  int
	Text    string
	Reached bool
	Claimed bool
}

func (s *Service) view(lang string, b *Board, it Item) itemView {
	q := it.Question
	v := itemView{Item: it, Code: q.Code, Short: q.Short.In(lang), Text: q.Text.In(lang), Weight: q.Weight, Now: Shown(it.Points), Max: b.Pack.Scale.Max, Mandatory: q.Mandatory}
	for n := 1; n <= 3; n++ {
		v.Levels = append(v.Levels, level{Points: n, Text: q.Rubric[strconv.Itoa(n)].In(lang), Reached: int(it.Points) >= n, Claimed: int(it.Claimed) == n})
	}
	if it.Auto.Known {
		v.Why = s.Text(lang, it.Auto.Why)
	}
	if q.Year != 0 {
		v.Year = b.Year + q.Year
	}
	if q.Brackets != nil {
		v.Raw, v.Unit = true, q.Brackets.Unit.In(lang)
	}
	for _, one := range q.Bases {
		v.Raw = true
		v.Bases = append(v.Bases, web.Option{Value: one.Code, Text: one.Name.In(lang) + " (" + one.Brackets.Unit.In(lang) + ")"})
	}
	return v
}

type itemsPage struct {
	web.Page
	ID                 string
	Row                Row
	B                  *Board
	Score, Most        string
	Items              []itemView
	Steps              []stepRow
	May                bool
	Auto, Linked, Rest int
	Gain               string
	Open               string // item whose form is open after an error
}

func (s *Service) itemsPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderItems(w, r, nil)
}

func (s *Service) renderItems(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx, id := r.Context(), r.PathValue("id")
	b, err := s.Board(ctx)
	if err != nil {
		return err
	}
	row, ok := b.Row(id)
	if !ok {
		return errs.E(errs.NotFound, "score.error.innovation", nil)
	}
	lang := tenant.From(ctx).Lang
	p := &itemsPage{Page: web.Page{Area: "inovasi"}, ID: id, Row: row, B: b, Score: shownNumber(lang, b.Score(row), 0), Most: shownNumber(lang, b.MaxScore(), 0), Open: r.PathValue("item")}
	p.Title = web.Text(r, "score.items.title", "Title", row.Fact.Title, "Score", p.Score, "Max", p.Most)
	p.Crumbs = []web.Crumb{{Text: web.Text(r, "score.nav"), Path: "/iid"}, {Text: row.Fact.Title, Path: "/inovasi/" + id}}
	if p.Lead = web.Text(r, "score.items.counts"); !row.Counts {
		p.Lead = web.Text(r, row.Why)
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	if p.May, err = s.Innovations.MayEdit(ctx, id); err != nil {
		return err
	}
	if err := s.fillItems(r, p); err != nil {
		return err
	}
	for _, n := range b.StepsOf(row, 6) {
		p.Steps = append(p.Steps, s.stepRow(lang, n))
	}
	return web.Render(w, r, "score/items", p)
}

func (s *Service) fillItems(r *http.Request, p *itemsPage) error {
	ctx, lang := r.Context(), tenant.From(r.Context()).Lang
	linked, err := s.Evidence.Linked(ctx, Holder(p.ID))
	if err != nil {
		return err
	}
	for _, it := range p.Row.Items {
		v := s.view(lang, p.B, it)
		v.Proofs = linked[v.Code]
		if p.May && v.Code == r.URL.Query().Get("butir") {
			if v.Suggested, err = s.suggest(r, p, v); err != nil {
				return err
			}
		}
		switch it.State {
		case StateAuto:
			p.Auto++
		case StateLinked:
			p.Linked++
		default:
			p.Rest++
		}
		p.Items = append(p.Items, v)
	}
	return nil
}

// suggest lists proofs of the library that may serve an item, those of the innovation's other items first.
func (s *Service) suggest(r *http.Request, p *itemsPage, v itemView) ([]Proof, error) {
	all, err := s.Evidence.Suggest(r.Context(), Holder(p.ID), p.Row.Fact.Agency, v.Question.Text.ID+" "+p.Row.Fact.Title, 8)
	return slices.DeleteFunc(all, func(one Proof) bool {
		return slices.ContainsFunc(v.Proofs, func(had Proof) bool { return had.ID == one.ID })
	}), err
}

func (s *Service) say(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	c := Claim{Innovation: r.PathValue("id"), Item: r.PathValue("item"), Basis: r.PostFormValue("basis"), Note: r.PostFormValue("note"), Points: instrument.Unfilled}
	c.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	if n, err := strconv.Atoi(r.PostFormValue("points")); err == nil && n >= 0 && n <= 3 {
		c.Points = int8(n)
	}
	c, err := s.Say(r.Context(), c, r.PostFormValue("raw"))
	key := errs.M("score.said", "Item", c.Item, "Points", int(c.Points))
	if c.Raw != "" {
		key = errs.M("score.said.raw", "Item", c.Item, "Points", int(c.Points), "Raw", c.Raw)
	}
	return s.after(w, r, err, key)
}

func (s *Service) unsay(w http.ResponseWriter, r *http.Request) error {
	return s.after(w, r, s.Unsay(r.Context(), r.PathValue("id"), r.PathValue("item")), errs.M("score.unsaid"))
}

func (s *Service) link(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.LinkProof(r.Context(), r.PathValue("id"), r.PathValue("item"), r.PostFormValue("evidence"), r.PostFormValue("year_reason"))
	return s.after(w, r, err, errs.M("score.linked"))
}

func (s *Service) unlink(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	return s.after(w, r, s.UnlinkProof(r.Context(), r.PathValue("id"), r.PathValue("item"), r.PostFormValue("evidence")), errs.M("score.unlinked"))
}

func (s *Service) after(w http.ResponseWriter, r *http.Request, err error, done errs.Msg) error {
	if web.Correctable(err) {
		return s.renderItems(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", done, "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id")+"/skor#b-"+r.PathValue("item"))
}
