package evaluation

import (
	"context"
	"net/http"
	"slices"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type choice struct {
	Value   string
	Text    string // what earns it, from the rubric
	Checked bool
}

type questionPage struct {
	web.Page
	Round        Round
	Item         Item
	Question     instrument.Question
	Component    instrument.Component
	Text         string
	Choices      []choice
	Proofs       []proof.Card
	Suggestions  []proof.Card
	Figures      []Figure
	Past         Past
	Requests     []Request
	History      []audit.Row
	Names        map[string]string
	Prev, Next   string
	Number, Of   int
	MayWrite     bool
	MayApprove   bool
	MayReturn    bool
	MayCheck     bool
	MayLink      bool
	Conflict     *Item // what somebody else saved meanwhile
	ConflictName string
	Rule         string
	Max          string
	Slots        []slotRow // where the official form has places for evidence
	Level        int       // reached by the accepted evidence in the slots
	Derived      *derived  // what follows from the external figure
	Broken       bool      // no longer what was approved
	WantYear     int       // the year a proof must be of; 0 any
}

// slotRow is one place for evidence with what lies in it.
type slotRow struct {
	instrument.Slot
	Item     string // its name in the evidence library
	Proofs   []proof.Card
	Accepted bool
	Next     bool // it holds the next level back
}

// derived is the mark that follows from an external figure.
type derived struct {
	Mark, Text string
	Years      []int
	Why        string // text key why nothing follows
}

// DerivedYears are the years of the external figure the mark follows from.
func (p *questionPage) DerivedYears() []string {
	var out []string
	if p.Derived != nil {
		for _, y := range p.Derived.Years {
			out = append(out, strconv.Itoa(y))
		}
	}
	return out
}

// Slotted reports whether the mark follows from the evidence in slots.
func (p *questionPage) Slotted() bool { return len(p.Slots) > 0 && !p.Question.External }

// Decided is the fingerprint of the approval as the page shows it.
func (p *questionPage) Decided() string { return seal.Short(p.Item.DecidedHash) }

// WholeMark is the own mark rounded down, for the four squares.
func (p *questionPage) WholeMark() int { return whole(p.Item.SelfMark) }

func (s *Service) question(w http.ResponseWriter, r *http.Request) error {
	return s.renderQuestion(w, r, nil)
}

func (s *Service) renderQuestion(w http.ResponseWriter, r *http.Request, failure error) error {
	p, err := s.loadQuestion(r)
	if err != nil {
		return err
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
		if key, _ := errs.KeyOf(failure); key == "evaluation.error.changed" { // somebody typed here meanwhile
			p.Conflict = &p.Item
			if person, err := s.Dir.Person(r.Context(), p.Item.AnsweredBy); err == nil {
				p.ConflictName = person.Name
			}
		}
	}
	return web.Render(w, r, "evaluation/question", p)
}

func (s *Service) loadQuestion(r *http.Request) (*questionPage, error) {
	ctx := r.Context()
	x, err := s.Round(ctx, r.PathValue("round"))
	if err != nil {
		return nil, err
	}
	pack, err := s.Packs.Find(ctx, x.Pack)
	if err != nil {
		return nil, err
	}
	p := &questionPage{Page: web.Page{Area: "evaluasi", Crumbs: within(r, x)}, Round: x}
	if p.Item, err = s.Item(ctx, x.ID, pack.Canonical(r.PathValue("code"))); err != nil {
		return nil, err
	}
	p.Question, p.Component, _ = pack.Question(p.Item.Code)
	lang := tenant.From(ctx).Lang
	p.Text, p.Title = p.Question.Text.In(lang), p.Question.Text.In(lang)
	p.place(pack)
	p.Choices = choices(pack, p.Question, p.Item.SelfMark, lang)
	s.rights(r, p)
	p.Rule, p.Max = pack.Rule, pack.Scale.Max
	whole, err := s.Intact(ctx, x.ID, p.Item)
	if err != nil {
		return nil, err
	}
	p.Broken = !whole
	if p.Question.Year != 0 {
		p.WantYear = x.Year + p.Question.Year
	}
	if err := s.fillQuestion(r, p); err != nil {
		return nil, err
	}
	if err := s.fillSlots(ctx, p); err != nil {
		return nil, err
	}
	return p, s.derive(ctx, pack, p)
}

// fillSlots lists the places for evidence of the question and the level their accepted evidence reaches.
func (s *Service) fillSlots(ctx context.Context, p *questionPage) error {
	if len(p.Question.Slots) == 0 {
		return nil
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(p.Round.ID))
	if err != nil {
		return err
	}
	level, open := Level(p.Question, counts)
	p.Level = level
	for _, slot := range p.Question.Slots {
		at := proof.OfRound(p.Round.ID).At(p.Item.Code, slot.Code)
		row := slotRow{Slot: slot, Item: at.Spot.String()}
		if counts[at.Spot].Total > 0 {
			if row.Proofs, err = s.Evidence.Hung(ctx, at); err != nil {
				return err
			}
		}
		row.Accepted = counts[at.Spot].Accepted > 0
		row.Next = slices.ContainsFunc(open, func(o instrument.Slot) bool { return o.Code == slot.Code })
		p.Slots = append(p.Slots, row)
	}
	return nil
}

// derive tells which mark follows from the external figure of the question.
func (s *Service) derive(ctx context.Context, pack *instrument.Pack, p *questionPage) error {
	if p.Question.Figure == "" || p.Question.Derive.By == "" {
		return nil
	}
	values, err := s.Values(ctx, p.Round.Year)
	if err != nil {
		return err
	}
	raw, text, years, ok := instrument.DeriveFrom(p.Question, p.Round.Year, values)
	p.Derived = &derived{Text: text, Years: years}
	if !ok {
		p.Derived.Why, p.Derived.Text = "evaluation.derive."+text, ""
		return nil
	}
	reading, ok := pack.MarkFrom(p.Question, raw, text, instrument.Options{Chosen: p.Round.Choices})
	if !ok {
		p.Derived.Why = "evaluation.derive.unknown"
		return nil
	}
	p.Derived.Mark = trimDecimal(reading.Points)
	if raw != nil {
		p.Derived.Text = trimDecimal(raw)
	}
	return nil
}

func (p *questionPage) place(pack *instrument.Pack) {
	codes := pack.Asked()
	at := slices.Index(codes, p.Item.Code)
	if at > 0 {
		p.Prev = codes[at-1]
	}
	if at < len(codes)-1 {
		p.Next = codes[at+1]
	}
	for i, q := range p.Component.Questions {
		if q.Code == p.Item.Code {
			p.Number, p.Of = i+1, len(p.Component.Questions)
		}
	}
}

// choices offers the marks of the scale with their rubric; none where every decimal is a mark and people type it.
func choices(pack *instrument.Pack, q instrument.Question, mark, lang string) []choice {
	if q.External && pack.Scale.Step == "" && pack.Rule != instrument.MeanThenWeight {
		return nil
	}
	var out []choice
	for _, v := range pack.Choices() {
		out = append(out, choice{Value: v, Text: q.Rubric[v].In(lang), Checked: v == mark})
	}
	return out
}

func (s *Service) rights(r *http.Request, p *questionPage) {
	ctx, open := r.Context(), p.Round.State == Open
	ways := s.answers()
	p.MayWrite = open && ways.Can(ctx, moveSave, p.Item)
	p.MayApprove, p.MayCheck, p.MayReturn = open && ways.Can(ctx, moveApprove, p.Item), open && ways.Can(ctx, moveCheck, p.Item), open && ways.Can(ctx, moveReturn, p.Item)
	p.MayLink = open && mayLink(ctx, p.Item)
}

func (s *Service) fillQuestion(r *http.Request, p *questionPage) (err error) {
	ctx := r.Context()
	if p.Names, err = s.names(ctx); err != nil {
		return err
	}
	if p.Proofs, err = s.Evidence.Hung(ctx, proof.OfRound(p.Round.ID).At(p.Item.Code, "")); err != nil {
		return err
	}
	if p.Past, err = s.Past(ctx, p.Round, p.Item.Code); err != nil {
		return err
	}
	if p.MayLink {
		if err = s.suggest(r, p); err != nil {
			return err
		}
	}
	if p.Question.Figure != "" {
		if p.Figures, err = s.Figures(ctx, p.Question.Figure); err != nil {
			return err
		}
	}
	if p.Requests, err = s.RequestsOf(ctx, p.Round.ID, p.Item.Code); err != nil {
		return err
	}
	p.History, _, err = s.Audit.List(ctx, tenant.From(ctx).Regency, audit.Filter{Object: "evaluation_item", ObjectID: p.Round.ID + "/" + p.Item.Code}, 20, 0)
	p.History = slices.DeleteFunc(p.History, func(h audit.Row) bool { return h.Action == "evaluation.item.save" })
	return err
}

func (s *Service) suggest(r *http.Request, p *questionPage) error {
	want := proof.Want{Agency: p.Item.Lead, Words: p.Question.Text.ID}
	if p.Past.Known {
		want.Past = append(want.Past, proof.OfRound(p.Past.Round.ID).At(p.Past.Item.Code, ""))
	}
	all, err := s.Evidence.Suggest(r.Context(), want, 8)
	for _, one := range all {
		if !slices.ContainsFunc(p.Proofs, func(x proof.Card) bool { return x.ID == one.ID }) && len(p.Suggestions) < 5 {
			p.Suggestions = append(p.Suggestions, one)
		}
	}
	return err
}

func entryOf(r *http.Request) Entry {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return Entry{Answer: r.PostFormValue("answer"), SelfMark: r.PostFormValue("mark"), Note: r.PostFormValue("note"), Rev: rev}
}

func (s *Service) saveAnswer(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	round, code := r.PathValue("round"), r.PathValue("code")
	auto := r.Header.Get("X-Pendapa-Autosave") != ""
	if !auto && r.PostFormValue("do") == "submit" {
		return s.afterAnswer(w, r, s.SaveAndSubmit(r.Context(), round, code, entryOf(r)), "submit")
	}
	rev, err := s.Save(r.Context(), round, code, entryOf(r))
	if auto {
		if err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, map[string]any{"rev": rev, "saved_at": s.Now().UTC().Format(time.RFC3339)})
	}
	return s.afterAnswer(w, r, err, r.PostFormValue("do"))
}

func (s *Service) afterAnswer(w http.ResponseWriter, r *http.Request, err error, do string) error {
	if web.Correctable(err) {
		return s.renderQuestion(w, r, err)
	}
	if err != nil {
		return err
	}
	to := questionPath(r.PathValue("round"), r.PathValue("code"))
	switch next := r.PostFormValue("next"); {
	case do == "submit":
		web.SetFlash(w, "good", errs.M("evaluation.question.submitted"), "")
	case do == "next" && next != "":
		to = questionPath(r.PathValue("round"), next)
	default:
		web.SetFlash(w, "good", errs.M("evaluation.question.saved"), "")
	}
	return web.Redirect(w, r, to)
}

// decide runs a decision on an item and comes back to its page.
func (s *Service) decide(w http.ResponseWriter, r *http.Request, done string, change func(round, code string, rev int64) error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	err := change(r.PathValue("round"), r.PathValue("code"), rev)
	if web.Correctable(err) {
		return s.renderQuestion(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, questionPath(r.PathValue("round"), r.PathValue("code")))
}

func (s *Service) submit(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.question.submitted", func(round, code string, rev int64) error { return s.Submit(r.Context(), round, code, rev) })
}

func (s *Service) approve(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.question.approved", func(round, code string, rev int64) error { return s.Approve(r.Context(), round, code, rev) })
}

func (s *Service) giveBack(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.question.returned", func(round, code string, rev int64) error {
		return s.Return(r.Context(), round, code, rev, r.PostFormValue("reason"))
	})
}

func (s *Service) check(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.question.checked", func(round, code string, rev int64) error { return s.Check(r.Context(), round, code, rev) })
}

func (s *Service) linkProof(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.proof.linked", func(round, code string, _ int64) error {
		at := proof.OfRound(round).At(code, r.PostFormValue("slot"))
		return s.Evidence.Hang(r.Context(), at, r.PostFormValue("evidence"), r.PostFormValue("year_reason"))
	})
}

func (s *Service) unlinkProof(w http.ResponseWriter, r *http.Request) error {
	return s.decide(w, r, "evaluation.proof.unlinked", func(round, code string, _ int64) error {
		return s.Evidence.Unhang(r.Context(), proof.OfRound(round).At(code, r.PostFormValue("slot")), r.PostFormValue("evidence"))
	})
}
