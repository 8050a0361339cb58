package app

import (
	"context"
	"math/big"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/webhook"
)

// innovations builds the rooms of innovation; they use each other and the programme through the bridges below.
func (a *App) innovations(dir tenant.Directory, zone *time.Location) (err error) {
	if a.Calendar, err = calendar.New(calendar.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Zone: zone}); err != nil {
		return err
	}
	a.Webhooks = webhook.New(webhook.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Events: hookEvents})
	a.Notices = notice.New(notice.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: zone, Mail: letters{a}, People: languages{a},
		Text: func(lang, key string, pairs ...any) string { return a.Web.Texts.Msg(lang, errs.M(key, pairs...)) }, BaseURL: a.Config.BaseURL})
	a.Innovation = innovation.New(innovation.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: zone, Dir: dir, Bus: a.Bus, Calendar: a.Calendar, Notices: notices{a}, Hooks: a.Webhooks,
		Evidence: innovationProofs{a}, Affairs: affairs, Adoptions: adoptions{a}, Scores: scores{a}, Districts: a.districts})
	a.Adoption = adoption.New(adoption.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: zone, Dir: dir, Bus: a.Bus, Innovations: originals{a}, Evidence: adoptionProofs{a},
		Regencies: a.regencies, Affairs: adoptionAffairs, Notices: adoptionNotices{a}, Hooks: a.Webhooks})
	a.Score = score.New(score.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Zone: zone, Dir: dir, Innovations: facts{a}, Adoptions: adoptions{a}, Evidence: scoreProofs{a}, Rounds: iidRounds{a},
		Packs: a.Packs, Figures: a.Evaluation, Text: func(lang string, m errs.Msg) string { return a.Web.Texts.Msg(lang, m) }, Host: rounds{a}.PublicRegency, RoundOf: iidRounds{a}.Of})
	a.Reuse, err = reuse.New(reuse.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Zone: zone, Dir: dir, Rounds: openItems{a}, Packs: a.Packs, Evidence: library{a}, Innovations: library{a}})
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

func adoptionAffairs(lang string) []adoption.Affair {
	var out []adoption.Affair
	for _, one := range affairs(lang) {
		out = append(out, adoption.Affair{Code: one.Code, Name: one.Name})
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

func (a *App) regencies(ctx context.Context) ([]adoption.Regency, error) {
	all, err := a.Access.Regencies(ctx)
	var out []adoption.Regency
	for _, b := range all {
		out = append(out, adoption.Regency{ID: b.Regency, Code: b.Code, Name: b.Name})
	}
	return out, err
}

// innovationProofs gives the evidence room to the register of innovations.
type innovationProofs struct{ a *App }

func innovationProof(i evidence.Item) innovation.Proof {
	return innovation.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, Agency: i.Agency, State: i.State, FileName: i.FileName, FileType: i.FileType, URL: i.URL,
		Date: i.Date, ValidUntil: i.ValidUntil}
}

func (p innovationProofs) Linked(ctx context.Context, holder, item string) ([]innovation.Proof, error) {
	all, err := p.a.Evidence.Linked(ctx, holder, item)
	var out []innovation.Proof
	for _, i := range all {
		out = append(out, innovationProof(i))
	}
	return out, err
}

func (p innovationProofs) All(ctx context.Context, holder string) ([]innovation.ItemProof, error) {
	all, err := p.a.Evidence.Held(ctx, holder)
	var out []innovation.ItemProof
	for _, h := range all {
		out = append(out, innovation.ItemProof{Item: h.At, Proof: innovationProof(h.Item)})
	}
	return out, err
}

func (p innovationProofs) Link(ctx context.Context, id, holder, item string) error {
	return p.a.Evidence.Link(ctx, id, holder, item)
}

func (p innovationProofs) Get(ctx context.Context, id string) (innovation.Proof, error) {
	i, err := p.a.Evidence.Get(ctx, id)
	return innovationProof(i), err
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

// adoptionNotices leaves what the room of adoptions has to tell.
type adoptionNotices struct{ a *App }

func (n adoptionNotices) Notify(ctx context.Context, tx *db.Tx, x adoption.Notice) error {
	return n.a.Notices.Notify(ctx, tx, notice.Notice{To: x.To, Key: x.Key, Args: x.Args, Path: x.Path, Once: x.Once})
}

// originals gives the register to the room that keeps adoptions, also across regencies of this host.
type originals struct{ a *App }

func (o originals) original(ctx context.Context, regency int64, x innovation.Original) (adoption.Original, error) {
	b, err := o.a.Access.Brand(ctx, regency)
	if err != nil {
		return adoption.Original{}, err
	}
	owner, err := o.a.Agencies.Get(tenant.With(ctx, tenant.SystemOf(regency, "adoption")), x.Agency)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return adoption.Original{}, err
	}
	return adoption.Original{ID: x.ID, Title: x.Title, Regency: regency, RegencyName: b.Name, Agency: x.Agency, AgencyName: owner.Name, National: x.National(), Published: x.Published,
		MemberAgencies: x.Members, Problem: x.Problem, Idea: x.Idea, Results: x.Profile.Results, Needs: x.Profile.Needs, Cost: x.Profile.Cost, Contact: x.Profile.Contact, Affair: x.Affair,
		Users: x.Users, LiveAt: x.LiveAt}, nil
}

func (o originals) Original(ctx context.Context, regency int64, id string) (adoption.Original, error) {
	x, err := o.a.Innovation.Original(ctx, regency, id)
	if err != nil {
		return adoption.Original{}, err
	}
	return o.original(ctx, regency, x)
}

func (o originals) Published(ctx context.Context, regency int64, query string, limit, offset int) ([]adoption.Original, int, error) {
	all, total, err := o.a.Innovation.Published(ctx, regency, query, limit, offset)
	var out []adoption.Original
	for _, i := range all {
		one, failed := o.original(ctx, regency, innovation.Original{Innovation: i, Members: []string{i.Agency}, Users: -1})
		if failed != nil {
			return nil, 0, failed
		}
		out = append(out, one)
	}
	return out, total, err
}

func (o originals) Replicated(ctx context.Context, tx *db.Tx, regency int64, id, note string) error {
	return o.a.Innovation.Adopted(ctx, tx, regency, id, note)
}

// adoptionProofs makes a signed adoption a proof of replication, item 31 of the innovation index.
type adoptionProofs struct{ a *App }

const replicationItem = "31"

func (p adoptionProofs) FromAdoption(ctx context.Context, tx *db.Tx, regency int64, of, signed, title string) error {
	return p.a.Evidence.Record(ctx, tx, regency, evidence.Automatic{ID: "adopsi-" + signed, Title: title, Kind: "agreement", Path: "/inovasi/" + of + "#peniru", Date: time.Now().UnixMilli(),
		Target: evidence.Target{Round: innovation.Holder(of), Item: replicationItem}})
}

// adoptions gives signed adoptions to the register and to the index.
type adoptions struct{ a *App }

func (x adoptions) ByAgency(ctx context.Context) (map[string]innovation.AdoptionCount, error) {
	all, err := x.a.Adoption.ByAgency(ctx)
	if err != nil {
		return nil, err
	}
	last, err := x.a.Adoption.LastSigned(ctx)
	out := map[string]innovation.AdoptionCount{}
	for agency, c := range all {
		out[agency] = innovation.AdoptionCount{In: c.In, Out: c.Out, Last: last[agency]}
	}
	return out, err
}

func (x adoptions) ByInnovation(ctx context.Context) (map[string]int, error) {
	return x.a.Adoption.ByInnovation(ctx)
}

func (x adoptions) Adopters(ctx context.Context, id string) ([]innovation.Adopter, error) {
	all, err := x.a.Adoption.Adopters(ctx, id)
	var out []innovation.Adopter
	for _, r := range all {
		one := innovation.Adopter{Agency: r.AgencyName, Regency: r.RegencyName, At: r.SignedAt, Changes: r.Changes, Result: r.Result}
		if r.Regency == tenant.From(ctx).Regency {
			one.Regency = ""
		}
		out = append(out, one)
	}
	return out, err
}

func (x adoptions) Replications(ctx context.Context) (map[string]score.Replication, error) {
	all, err := x.a.Adoption.Replications(ctx)
	out := map[string]score.Replication{}
	for of, r := range all {
		out[of] = score.Replication{Times: r.Times, Regions: r.Regions}
	}
	return out, err
}

// facts gives the register to the index.
type facts struct{ a *App }

func (f facts) Facts(ctx context.Context, only ...string) (map[string]score.Fact, error) {
	all, err := f.a.Innovation.Facts(ctx, only...)
	out := map[string]score.Fact{}
	for of, x := range all {
		out[of] = factOf(x)
	}
	return out, err
}

func factOf(x *innovation.Fact) score.Fact {
	var saving *big.Rat
	if x.BestCost != nil {
		saving = x.BestCost.Percent
	}
	return score.Fact{ID: x.ID, Title: x.Title, Agency: x.Agency, Affair: x.Affair, Stage: x.Stage, National: x.National, State: x.State, Touching: x.Touching, Counting: x.Counting,
		Published: x.Published, ProposedAt: x.ProposedAt, TrialAt: x.TrialAt, LiveAt: x.LiveAt, People: x.People, Agencies: x.Agencies, Actors: x.Actors, BudgetYears: x.BudgetYears,
		Users: x.Users, Complaints: x.Complaints, Resolved: x.Resolved, CostSaving: saving, AfterDays: x.AfterDays, VideoElements: x.VideoElements, Video: x.Video}
}

func (f facts) MayEdit(ctx context.Context, of string) (bool, error) {
	i, err := f.a.Innovation.Get(ctx, of)
	if err != nil {
		return false, err
	}
	return f.a.Innovation.MayEdit(ctx, i)
}

// scoreProofs gives the evidence room to the index.
type scoreProofs struct{ a *App }

func scoreProof(i evidence.Item) score.Proof {
	return score.Proof{ID: i.ID, Title: i.Title, Kind: i.Kind, Number: i.Number, State: i.State, Agency: i.Agency, Date: i.Date, From: i.From, To: i.To, ValidUntil: i.ValidUntil}
}

func (p scoreProofs) Counts(ctx context.Context) (map[string]map[string]score.ProofCount, error) {
	all, err := p.a.Evidence.HolderCounts(ctx, innovation.Holder(""))
	out := map[string]map[string]score.ProofCount{}
	for holder, items := range all {
		out[holder] = map[string]score.ProofCount{}
		for item, c := range items {
			out[holder][item] = score.ProofCount{Total: c.Total, Accepted: c.Accepted, Waiting: c.Waiting, Returned: c.Returned}
		}
	}
	return out, err
}

func (p scoreProofs) Linked(ctx context.Context, holder string) (map[string][]score.Proof, error) {
	all, err := p.a.Evidence.Held(ctx, holder)
	out := map[string][]score.Proof{}
	for _, h := range all {
		out[h.At] = append(out[h.At], scoreProof(h.Item))
	}
	return out, err
}

func (p scoreProofs) Suggest(ctx context.Context, _, agency, words string, limit int) ([]score.Proof, error) {
	all, err := p.a.Evidence.Suggest(ctx, evidence.Want{Agency: agency, Words: words}, limit)
	var out []score.Proof
	for _, i := range all {
		out = append(out, scoreProof(i))
	}
	return out, err
}

func (p scoreProofs) Get(ctx context.Context, of string) (score.Proof, error) {
	i, err := p.a.Evidence.Get(ctx, of)
	return scoreProof(i), err
}

func (p scoreProofs) Link(ctx context.Context, of, holder, item string) error {
	return p.a.Evidence.Link(ctx, of, holder, item)
}

func (p scoreProofs) Unlink(ctx context.Context, of, holder, item string) error {
	return p.a.Evidence.Unlink(ctx, of, holder, item)
}

// iidRounds gives the round of the innovation index to the room that computes it.
type iidRounds struct{ a *App }

func (x iidRounds) Latest(ctx context.Context, kind string) (score.Round, bool, error) {
	all, err := x.a.Evaluation.Rounds(ctx)
	if err != nil {
		return score.Round{}, false, err
	}
	for _, r := range all {
		p, err := x.a.Packs.Find(ctx, r.Pack)
		if err != nil {
			return score.Round{}, false, err
		}
		if p.Kind == kind {
			out, err := x.round(ctx, r)
			return out, err == nil, err
		}
	}
	return score.Round{}, false, nil
}

// Of gives one round, if there is such a one.
func (x iidRounds) Of(ctx context.Context, of string) (score.Round, bool, error) {
	r, err := x.a.Evaluation.Round(ctx, of)
	if errs.Is(err, errs.NotFound) {
		return score.Round{}, false, nil
	}
	if err != nil {
		return score.Round{}, false, err
	}
	out, err := x.round(ctx, r)
	return out, err == nil, err
}

func (x iidRounds) round(ctx context.Context, r evaluation.Round) (score.Round, error) {
	out := score.Round{ID: r.ID, Title: r.Title, Pack: r.Pack, State: r.State, Year: r.Year, Choices: r.Choices, Marks: map[string]string{}, Checked: map[string]bool{}}
	items, err := x.a.Evaluation.Items(ctx, r.ID)
	for _, i := range items {
		out.Marks[i.Code], out.Checked[i.Code] = i.SelfMark, i.State == evaluation.Checked
	}
	if err != nil {
		return out, err
	}
	out.Published, err = x.a.Assessment.PublishedIndex(ctx, r.ID)
	return out, err
}

// scores gives the index of one innovation to its page.
type scores struct{ a *App }

func (x scores) Panel(ctx context.Context, of string) (innovation.ScorePanel, error) {
	p, ok, err := x.a.Score.Panel(ctx, of)
	if err != nil || !ok {
		return innovation.ScorePanel{}, err
	}
	out := innovation.ScorePanel{Known: true, Instrument: p.Instrument, Score: p.Score, Max: p.Max, WithSteps: p.WithSteps, Average: p.Average, Path: "/inovasi/" + of + "/skor"}
	for _, i := range p.Items {
		out.Items = append(out.Items, innovation.ScoreItem{Code: i.Code, Short: i.Short, Weight: i.Weight, Points: i.Points, Score: i.Score, State: i.State, Why: i.Why})
		if i.State == score.StateAuto {
			out.Found = append(out.Found, innovation.ScoreFound{Item: i.Code, Text: i.Why})
		}
	}
	for _, s := range p.Steps {
		out.Steps = append(out.Steps, innovation.ScoreStep(s))
	}
	return out, nil
}

// entries gives an evaluation round of the innovation index its innovations.
type entries struct{ a *App }

func (x entries) SheetOf(ctx context.Context, round string) (instrument.Sheet, error) {
	return x.a.Score.SheetOf(ctx, round)
}

func (x entries) Rows(ctx context.Context, round string) ([]evaluation.EntryRow, error) {
	b, err := x.a.Score.Board(ctx)
	if err != nil {
		return nil, err
	}
	sheet, err := x.a.Score.SheetOf(ctx, round)
	if err != nil {
		return nil, err
	}
	titles, err := x.a.Innovation.Titles(ctx)
	if err != nil {
		return nil, err
	}
	pack, err := x.a.Evaluation.PackOf(ctx, round)
	if err != nil {
		return nil, err
	}
	names, err := x.a.agencyNames(ctx)
	var out []evaluation.EntryRow
	for _, e := range sheet.Entries {
		out = append(out, entryRow(pack, b, e, titles[e.ID], names, tenant.From(ctx).Lang))
	}
	slices.SortFunc(out, func(p, q evaluation.EntryRow) int { return strings.Compare(p.Number, q.Number) })
	return out, err
}

func entryRow(pack *instrument.Pack, b *score.Board, e instrument.Entry, i innovation.Innovation, names map[string]string, lang string) evaluation.EntryRow {
	row := evaluation.EntryRow{ID: e.ID, Number: i.Numbered(), Title: i.Title, Agency: names[i.Agency], Stage: i.National(), Points: map[string]string{}, States: map[string]string{}, Files: map[string]int{}}
	for _, one := range pack.Affairs {
		if one.Code == e.Affair {
			row.Affair = one.Name.In(lang)
		}
	}
	sum := new(big.Rat)
	known, _ := b.Row(e.ID)
	for n, q := range pack.EntryItems() {
		if p := e.Points[n]; p != instrument.Unfilled {
			row.Points[q.Code] = score.Shown(p)
			w, _ := new(big.Rat).SetString(q.Weight)
			sum.Add(sum, w.Mul(w, big.NewRat(int64(p), 1)))
		}
		if n < len(known.Items) {
			row.States[q.Code], row.Files[q.Code] = known.Items[n].State, known.Items[n].Proofs.Total
		}
	}
	row.Score = sum.FloatString(2)
	return row
}

func (a *App) agencyNames(ctx context.Context) (map[string]string, error) {
	all, err := a.Agencies.List(ctx, true)
	out := map[string]string{}
	for _, one := range all {
		out[one.ID] = one.Name
	}
	return out, err
}
