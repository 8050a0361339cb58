package score

import (
	"math/big"
	"net/http"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const (
	firstSteps = 12
	firstAdds  = 8
	pageOfRows = 50
)

type boardPage struct {
	web.Page
	B            *Board
	Index, Band  string
	Handed       *handedIn
	Published    string
	Diff         string
	Explained    bool
	Parts        []part
	Affairs      []Affair
	GateCost     string
	Steps        []stepRow
	Rows         []rowView
	Paging       web.Paging
	Query        string
	Regency      []itemView
	Add          []effectRow
	Instrument   string
	Options      []optionRow
	Uncertain    []instrument.Text
	names        map[string]string
	NoneCounting bool
}

// handedIn is the index of the round as it was locked.
type handedIn struct {
	Index string
	N     int
	At    int64
}

type part struct {
	Name, Value, Max string
	Share            float64 // 0..100, for the bar
}

type rowView struct {
	ID, Title, Agency, Score string
	Share                    float64
	Proofs                   proofTally
	Counts                   bool
	Why                      string
}

type effectRow struct {
	ID, Title, Gain, Score string
	Up                     bool
	Gate                   string // text key when the gate opens or closes with it
}

func (s *Service) boardPage(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	p := &boardPage{Page: web.Page{Area: "inovasi"}, B: b, Affairs: b.Covered(), Instrument: b.Pack.Name.In(lang), Query: strings.TrimSpace(r.URL.Query().Get("q")), Uncertain: b.Pack.Uncertain,
		Options: optionRows(b.Pack, b.Options, lang)}
	if p.names, err = s.names(r); err != nil {
		return err
	}
	p.head(r, lang)
	if err := s.besidePublished(r, p, lang); err != nil {
		return err
	}
	for _, n := range b.FirstSteps("", firstSteps) {
		p.Steps = append(p.Steps, s.stepRow(lang, n))
	}
	for _, it := range b.Regency {
		p.Regency = append(p.Regency, s.view(lang, b, "", it))
	}
	p.rows(r, lang)
	_, add := b.Effects()
	for _, e := range add[:min(len(add), firstAdds)] {
		p.Add = append(p.Add, b.effectRow(lang, e))
	}
	return web.Render(w, r, "score/board", p)
}

func (p *boardPage) head(r *http.Request, lang string) {
	b, d := p.B, p.B.Result.Divided
	p.Index, p.Band = shownNumber(lang, b.Result.Index, 2), bandName(b.Result, lang)
	p.Title = web.Text(r, "score.title", "Index", p.Index, "Band", p.Band)
	p.Lead = web.Text(r, "score.lead", "N", d.N, "Waiting", len(b.Rows)-d.N)
	p.NoneCounting = d.N == 0 && len(b.Rows) > 0
	if d.N > 0 && b.Pack.Divisor.Affairs > 0 {
		p.GateCost = shownNumber(lang, b.GateWorth(), 2)
	}
	for _, c := range b.Result.Components {
		p.Parts = append(p.Parts, part{Name: c.Name.In(lang), Value: shownNumber(lang, c.Value, 2), Max: shownNumber(lang, c.Max, 0), Share: share(c.Value, c.Max)})
	}
}

func bandName(r instrument.Result, lang string) string {
	if r.Band == nil {
		return "–"
	}
	return r.Band.Name.In(lang)
}

// half is the largest difference that rounding to two decimals makes.
func half() *big.Rat { return big.NewRat(5, 1000) }

// besidePublished puts the ministry's index beside what was handed in: the locked sheet, or while there is none today's.
func (s *Service) besidePublished(r *http.Request, p *boardPage, lang string) error {
	b, computed := p.B, p.B.Result.Index
	if b.HasRound {
		sheet, at, ok, err := s.Frozen(r.Context(), b.Round.ID)
		if err != nil {
			return err
		}
		if ok {
			d := b.Pack.Divide(sheet)
			computed, p.Handed = d.Index, &handedIn{Index: shownNumber(lang, d.Index, 2), N: d.N, At: at}
		}
	}
	if published := instrument.Rat(b.Round.Published); published != nil {
		diff := new(big.Rat).Sub(computed, published)
		p.Published, p.Diff = shownNumber(lang, published, 2), signed(lang, diff, 4)
		p.Explained = new(big.Rat).Abs(diff).Cmp(half()) <= 0
	}
	return nil
}

func (p *boardPage) rows(r *http.Request, lang string) {
	p.Paging = web.PagingOf(r, pageOfRows)
	all := p.B.found(func(row *Row) bool {
		return p.Query == "" || fits(row.Fact.Title+" "+p.names[row.Fact.Agency], p.Query)
	})
	p.Paging.Total = len(all)
	from, most := min(p.Paging.Offset(), len(all)), p.B.MaxScore()
	for _, n := range all[from:min(from+pageOfRows, len(all))] {
		row := p.B.Rows[n]
		score := p.B.Score(row)
		p.Rows = append(p.Rows, rowView{ID: row.Fact.ID, Title: row.Fact.Title, Agency: p.names[row.Fact.Agency], Score: shownNumber(lang, score, 0), Share: share(score, most), Proofs: tally(row.Items),
			Counts: row.Counts, Why: row.Why})
	}
}

func (b *Board) effectRow(lang string, e Effect) effectRow {
	row := effectRow{ID: e.Row.Fact.ID, Title: e.Row.Fact.Title, Gain: signed(lang, e.Gain, 3), Score: shownNumber(lang, e.Score, 0), Up: e.Gain.Sign() > 0}
	switch now := b.Result.Divided.Gate; {
	case e.Gate && !now && b.Pack.Divisor.Affairs > 0:
		row.Gate = "score.gate.opens"
	case !e.Gate && now && b.Pack.Divisor.Affairs > 0:
		row.Gate = "score.gate.closes"
	}
	return row
}
