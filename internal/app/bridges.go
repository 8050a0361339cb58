package app

import (
	"archive/zip"
	"cmp"
	"context"
	"strings"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The bridges in this file let rooms use each other without one knowing the other (docs/adr/0004).

// proofs gives the evidence room to the evaluation.
type proofs struct{ a *App }

var _ evaluation.Evidence = proofs{}

func proofOf(i evidence.Item) evaluation.Proof {
	return evaluation.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, Agency: i.Agency, Page: i.Page, State: i.State, Reason: i.Reason,
		FileName: i.FileName, FileType: i.FileType, URL: i.URL, FileSize: i.FileSize, ValidUntil: i.ValidUntil, Date: i.Date, From: i.From, To: i.To, Rev: i.Rev,
		FileHash: i.FileHash, DecidedHash: i.DecidedHash}
}

func proofsOf(all []evidence.Item, err error) ([]evaluation.Proof, error) {
	out := make([]evaluation.Proof, 0, len(all))
	for _, i := range all {
		out = append(out, proofOf(i))
	}
	return out, err
}

func (p proofs) Linked(ctx context.Context, round, item string) ([]evaluation.Proof, error) {
	return proofsOf(p.a.Evidence.Linked(ctx, round, item))
}

func (p proofs) Counts(ctx context.Context, round string) (map[string]evaluation.ProofCount, error) {
	all, err := p.a.Evidence.Counts(ctx, round)
	out := map[string]evaluation.ProofCount{}
	for item, c := range all {
		out[item] = evaluation.ProofCount(c)
	}
	return out, err
}

func (p proofs) Named(ctx context.Context, round string) (map[string][]evaluation.Proof, error) {
	all, err := p.a.Evidence.Named(ctx, round)
	out := map[string][]evaluation.Proof{}
	for _, h := range all {
		out[h.At] = append(out[h.At], evaluation.Proof{ID: h.Item.ID, Title: h.Item.Title, Number: h.Item.Number, Page: h.Item.Page, State: h.Item.State})
	}
	return out, err
}

func (p proofs) Suggest(ctx context.Context, agency, words string, past []evaluation.Target, limit int) ([]evaluation.Proof, error) {
	w := evidence.Want{Agency: agency, Words: words}
	for _, t := range past {
		w.Past = append(w.Past, evidence.Target(t))
	}
	return proofsOf(p.a.Evidence.Suggest(ctx, w, limit))
}

func (p proofs) Link(ctx context.Context, id, round, item string) error {
	return p.a.Evidence.Link(ctx, id, round, item)
}

func (p proofs) Unlink(ctx context.Context, id, round, item string) error {
	return p.a.Evidence.Unlink(ctx, id, round, item)
}

func (p proofs) Package(ctx context.Context, round, folder string, z *zip.Writer) error {
	return p.a.Evidence.Package(ctx, round, folder, z)
}

func (p proofs) Get(ctx context.Context, id string) (evaluation.Proof, error) {
	i, err := p.a.Evidence.Get(ctx, id)
	return proofOf(i), err
}

func (p proofs) AnswerLines(ctx context.Context, q db.Queryer, round, item string) ([]string, error) {
	return p.a.Evidence.AnswerLines(ctx, q, round, item)
}

func (p proofs) RoundLines(ctx context.Context, q db.Queryer, round string) ([]string, error) {
	return p.a.Evidence.RoundLines(ctx, q, round)
}

func (p proofs) SealRound(ctx context.Context, tx *db.Tx, round string) error {
	return p.a.Evidence.SealRound(ctx, tx, round)
}

func (p proofs) UnsealRound(ctx context.Context, tx *db.Tx, round string) error {
	return p.a.Evidence.UnsealRound(ctx, tx, round)
}

// pastMarks gives last year's marks to the evaluation.
type pastMarks struct{ a *App }

func (p pastMarks) RoundLines(ctx context.Context, q db.Queryer, round string) ([]string, error) {
	return p.a.Assessment.RoundLines(ctx, q, round)
}

func (p pastMarks) Past(ctx context.Context, round, item string) (evaluation.PastMark, error) {
	past, err := p.a.Assessment.Past(ctx, round, item)
	return evaluation.PastMark(past), err
}

// places tells the evidence room what a question is called.
type places struct{ a *App }

func (p places) Place(ctx context.Context, t evidence.Target) (title, path string, err error) {
	if of, ok := strings.CutPrefix(t.Round, innovation.Holder("")); ok {
		return p.innovation(ctx, of, t.Item)
	}
	r, err := p.a.Evaluation.Round(ctx, t.Round)
	if err != nil {
		return t.Item, "", nil //nolint:nilerr // a link to a round that is gone is still a use
	}
	pack, err := p.a.Evaluation.PackOf(ctx, t.Round)
	if err != nil {
		return "", "", err
	}
	code, slot, slotted := strings.Cut(t.Item, ":")
	q, _, _ := pack.Question(code)
	name := code
	if slotted {
		name += " · " + slot
	}
	return r.Title + " · " + name + " · " + q.Text.In(tenant.From(ctx).Lang), "/evaluasi/" + t.Round + "/soal/" + code, nil
}

// innovation names an item of an innovation.
func (p places) innovation(ctx context.Context, of, item string) (title, path string, err error) {
	i, err := p.a.Innovation.Get(ctx, of)
	if err != nil {
		return item, "", nil //nolint:nilerr // a link to a record that is gone, or not for these eyes, is still a use
	}
	name, path := item, "/inovasi/"+of+"/skor#b-"+item
	if pack, err := instrument.Find(affairPack); err == nil {
		q, _, ok := pack.Question(item)
		if name = item + " · " + q.Short.In(tenant.From(ctx).Lang); !ok {
			name, path = item, "/inovasi/"+of
		}
	}
	return i.Title + " · " + name, path, nil
}

// Linkable asks the room that owns the place: the round for its questions, the register and the index for innovations.
func (p places) Linkable(ctx context.Context, t evidence.Target, i evidence.Item, reason string) error {
	if of, ok := strings.CutPrefix(t.Round, innovation.Holder("")); ok {
		return p.a.Score.Linkable(ctx, of, t.Item, scoreProof(i), reason)
	}
	code, slot, _ := strings.Cut(t.Item, ":")
	return p.a.Evaluation.Linkable(ctx, evaluation.Target{Round: t.Round, Item: code}, slot, proofOf(i), reason)
}

// Changed tells the room that owns the place. What hangs on an innovation is judged anew by the index at every look.
func (p places) Changed(ctx context.Context, tx *db.Tx, t evidence.Target) error {
	if strings.HasPrefix(t.Round, innovation.Holder("")) {
		return nil
	}
	code, _, _ := strings.Cut(t.Item, ":")
	return p.a.Evaluation.ProofsChanged(ctx, tx, evaluation.Target{Round: t.Round, Item: code})
}

// rounds gives rounds, questions and answers to the assessment.
type rounds struct{ a *App }

func (x rounds) roundOf(ctx context.Context, r evaluation.Round) assessment.Round {
	kind := ""
	if p, err := x.a.Packs.Find(ctx, r.Pack); err == nil {
		kind = p.Kind
	}
	return assessment.Round{ID: r.ID, Title: r.Title, Year: r.Year, Pack: r.Pack, Kind: kind, State: r.State, SelfTo: r.SelfTo, AssessFrom: r.AssessFrom, AssessTo: r.AssessTo, Rev: r.Rev, Seal: r.Seal}
}

func (x rounds) Rounds(ctx context.Context) ([]assessment.Round, error) {
	all, err := x.a.Evaluation.Rounds(ctx)
	var out []assessment.Round
	for _, r := range all {
		out = append(out, x.roundOf(ctx, r))
	}
	return out, err
}

func (x rounds) Round(ctx context.Context, id string) (assessment.Round, error) {
	r, err := x.a.Evaluation.Round(ctx, id)
	return x.roundOf(ctx, r), err
}

func (x rounds) Intact(ctx context.Context, id string) (bool, error) {
	r, err := x.a.Evaluation.Round(ctx, id)
	if err != nil {
		return false, err
	}
	return x.a.Evaluation.RoundIntact(ctx, r)
}

func (x rounds) Hold(ctx context.Context, tx *db.Tx, id string) (assessment.Round, error) {
	r, err := x.a.Evaluation.HoldRound(ctx, tx, id)
	return assessment.Round{ID: r.ID, Title: r.Title, Year: r.Year, Pack: r.Pack, State: r.State, Rev: r.Rev}, err
}

func (x rounds) PackOf(ctx context.Context, round string) (*instrument.Pack, error) {
	return x.a.Evaluation.PackOf(ctx, round)
}

// Evaluated computes a round that nobody marks here. Without the right to see all evidence it is still the regency's number.
func (x rounds) Evaluated(ctx context.Context, round string) (instrument.Result, error) {
	r, err := x.a.Evaluation.Round(ctx, round)
	if err != nil {
		return instrument.Result{}, err
	}
	return x.a.Evaluation.Evaluate(ctx, r, true)
}

// Items leaves out the agency's own note: it is not for assessors.
func (x rounds) Items(ctx context.Context, round string) ([]assessment.Item, error) {
	all, err := x.a.Evaluation.Items(ctx, round)
	var out []assessment.Item
	for _, i := range all {
		out = append(out, assessment.Item{Code: i.Code, Lead: i.Lead, Support: i.Support, State: i.State, Answer: i.Answer, SelfMark: i.SelfMark, Due: i.Due})
	}
	return out, err
}

// Overdue tells the leader's board which requests are late.
func (x rounds) Overdue(ctx context.Context, round string) ([]assessment.Overdue, error) {
	all, err := x.a.Evaluation.Overdue(ctx, round)
	var out []assessment.Overdue
	for _, o := range all {
		out = append(out, assessment.Overdue(o))
	}
	return out, err
}

// shownProofs gives evidence to the assessors' pages.
type shownProofs struct{ a *App }

func (p shownProofs) Linked(ctx context.Context, round, item string) ([]assessment.Proof, error) {
	all, err := p.a.Evidence.Linked(ctx, round, item)
	var out []assessment.Proof
	for _, i := range all {
		out = append(out, assessment.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, Agency: i.Agency, Page: i.Page, State: i.State, Reason: i.Reason,
			FileName: i.FileName, FileType: i.FileType, URL: i.URL, FileSize: i.FileSize, Date: i.Date})
	}
	return out, err
}

func (p shownProofs) Counts(ctx context.Context, round string) (map[string]assessment.ProofCount, error) {
	all, err := p.a.Evidence.Counts(ctx, round)
	out := map[string]assessment.ProofCount{}
	for item, c := range all {
		out[item] = assessment.ProofCount(c)
	}
	return out, err
}

// PublicRegency is the regency whose public pages are shown: that of the address, one's own, or the first of the host.
func (x rounds) PublicRegency(ctx context.Context) (int64, error) {
	a := tenant.From(ctx)
	if regency := cmp.Or(a.Visits, a.Regency); regency != 0 {
		return regency, nil
	}
	b, err := x.a.Access.Brand(ctx, 0)
	return b.Regency, err
}

// letters brings a room's letter to a person into the outbox.
type letters struct{ a *App }

// Enqueue sends to an address, for invitations.
func (l letters) Enqueue(ctx context.Context, tx *db.Tx, to, subject, body string) error {
	return mail.Enqueue(ctx, tx, l.a.Keys.Box(), mail.Message{To: to, Subject: subject, Body: body})
}

// Send sends to a person; somebody without an address is left out.
func (l letters) Send(ctx context.Context, tx *db.Tx, userID, subject, body string) error {
	u, err := l.a.Access.User(ctx, userID)
	if err != nil || u.Email == "" {
		return err
	}
	return mail.Enqueue(ctx, tx, l.a.Keys.Box(), mail.Message{To: u.Email, Subject: subject, Body: body})
}

var _ access.Mailer = letters{}
