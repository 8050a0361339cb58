package score

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	ownSteps  = 6
	suggested = 8
)

type itemsPage struct {
	web.Page
	ID          string
	Row         Row
	Score, Most string
	Proofs      proofTally
	Items       []entryView
	Steps       []stepRow
	May         bool
	Open        string // item whose form is shown
	Fill        *itemForm
}

// entryView is an item of an innovation with its evidence.
type entryView struct {
	itemView
	Linked   []proof.Card
	Adoption bool // it is counted from signed adoptions; the team does not say which level is reached
}

// itemForm is the form of one item.
type itemForm struct {
	Item      *entryView
	Bases     []web.Option
	Figure    bool   // a figure can be typed
	Unit      string // of the figure
	Points    string // that are chosen; none when the claim came from a figure
	Suggested []proof.Card
	Evidence  string // that needs a reason for its year
}

func (s *Service) itemsPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderItems(w, r, r.URL.Query().Get("butir"), nil)
}

// renderItems shows the items of an innovation, one with its form.
func (s *Service) renderItems(w http.ResponseWriter, r *http.Request, open string, failure error) error {
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
	p := &itemsPage{Page: web.Page{Area: "inovasi"}, ID: id, Row: row, Score: shownNumber(lang, b.Score(row), 0), Most: shownNumber(lang, b.MaxScore(), 0), Proofs: tally(row.Items), Open: b.Pack.Canonical(open)}
	p.Title = web.Text(r, "score.items.title", "Title", row.Fact.Title, "Score", p.Score, "Max", p.Most)
	p.Crumbs = crumbs(r, web.Crumb{Text: row.Fact.Title, Path: "/inovasi/" + id})
	if p.Lead = web.Text(r, "score.items.counts"); !row.Counts {
		p.Lead = web.Text(r, row.Why)
	}
	failed(r, &p.Page, failure)
	if p.May = tenant.From(ctx).Can(Claims, ""); p.May {
		if p.May, err = s.Innovations.MayEdit(ctx, id); err != nil {
			return err
		}
	}
	if err := s.fillItems(r, p, b); err != nil {
		return err
	}
	for _, n := range b.FirstSteps(id, ownSteps) {
		p.Steps = append(p.Steps, s.stepRow(lang, n))
	}
	return web.Render(w, r, "score/items", p)
}

func (s *Service) fillItems(r *http.Request, p *itemsPage, b *Board) error {
	lang := tenant.From(r.Context()).Lang
	held, err := s.Evidence.Held(r.Context(), proof.OfInnovation(p.ID))
	if err != nil {
		return err
	}
	linked := map[string][]proof.Card{}
	for _, h := range held {
		linked[h.Item] = append(linked[h.Item], h.Card)
	}
	for _, it := range p.Row.Items {
		code := it.Question.Code
		p.Items = append(p.Items, entryView{itemView: s.view(lang, b, p.ID, it), Linked: linked[code], Adoption: !claimable(it.Question)})
	}
	at := slices.IndexFunc(p.Items, func(v entryView) bool { return v.Code == p.Open })
	if at < 0 || !p.May {
		return nil
	}
	p.Fill, err = s.itemForm(r, p, &p.Items[at])
	return err
}

func (s *Service) itemForm(r *http.Request, p *itemsPage, v *entryView) (*itemForm, error) {
	lang, q := tenant.From(r.Context()).Lang, v.Question
	f := &itemForm{Item: v, Figure: q.Brackets != nil || len(q.Bases) > 0}
	if q.Brackets != nil {
		f.Unit = q.Brackets.Unit.In(lang)
	}
	for _, one := range q.Bases {
		f.Bases = append(f.Bases, web.Option{Value: one.Code, Text: one.Name.In(lang) + " (" + one.Brackets.Unit.In(lang) + ")"})
	}
	if v.Claim.Rev != 0 && v.Claim.Raw == "" {
		f.Points = Shown(v.Claim.Points)
	}
	f.Points = p.Form.Val("points", f.Points)
	if _, fields := errs.MsgOf(p.Form.Err); fields["year_reason"].Key != "" {
		f.Evidence = p.Form.Val("evidence", "")
	}
	var err error
	f.Suggested, err = s.suggest(r, p, v)
	return f, err
}

// suggest lists proofs of the library that may serve an item and do not yet.
func (s *Service) suggest(r *http.Request, p *itemsPage, v *entryView) ([]proof.Card, error) {
	want := proof.Want{Agency: p.Row.Fact.Agency, Words: v.Question.Text.ID + " " + p.Row.Fact.Title}
	all, err := s.Evidence.Suggest(r.Context(), want, suggested)
	return slices.DeleteFunc(all, func(one proof.Card) bool {
		return slices.ContainsFunc(v.Linked, func(had proof.Card) bool { return had.ID == one.ID })
	}), err
}

func (s *Service) say(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	// Several bases in one form are no basis: the service refuses what holds a comma.
	c := Claim{Innovation: r.PathValue("id"), Item: r.PathValue("item"), Basis: strings.Join(r.PostForm["basis"], ","), Note: r.PostFormValue("note"), Points: instrument.Unfilled}
	c.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	if n, err := strconv.Atoi(r.PostFormValue("points")); err == nil && n >= 0 && n <= levels {
		c.Points = int8(n)
	}
	c, err := s.Say(r.Context(), c, r.PostFormValue("raw"))
	done := errs.M("score.said", "Item", c.Item, "Points", int(c.Points))
	if c.Raw != "" {
		done = errs.M("score.said.raw", "Item", c.Item, "Points", int(c.Points), "Raw", i18n.Number(tenant.From(r.Context()).Lang, c.Raw))
	}
	return s.after(w, r, err, done, true)
}

func (s *Service) unsay(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return s.after(w, r, s.Unsay(r.Context(), r.PathValue("id"), r.PathValue("item"), rev), errs.M("score.unsaid"), false)
}

func (s *Service) link(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.LinkProof(r.Context(), r.PathValue("id"), r.PathValue("item"), r.PostFormValue("evidence"), r.PostFormValue("year_reason"))
	return s.after(w, r, err, errs.M("score.linked"), false)
}

func (s *Service) unlink(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	return s.after(w, r, s.UnlinkProof(r.Context(), r.PathValue("id"), r.PathValue("item"), r.PostFormValue("evidence")), errs.M("score.unlinked"), false)
}

// after shows the form again with what is wrong, or goes back to the item; stay keeps its form open for the evidence.
func (s *Service) after(w http.ResponseWriter, r *http.Request, err error, done errs.Msg, stay bool) error {
	id, item := r.PathValue("id"), r.PathValue("item")
	if web.Correctable(err) {
		return s.renderItems(w, r, item, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", done, "")
	if stay {
		return web.Redirect(w, r, itemPath(id, item))
	}
	return web.Redirect(w, r, "/inovasi/"+id+"/skor#b-"+item)
}
