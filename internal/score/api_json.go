package score

import "github.com/pendapa/pendapa/internal/instrument"

// apiResult is an index with every part of it, of today or of a simulation.
type apiResult struct {
	Instrument string    `json:"instrument"`
	Year       int       `json:"year"`
	Simulation bool      `json:"simulation"`
	Index      string    `json:"index"`
	Band       *string   `json:"band"`
	Components []apiPart `json:"components"`
	N          int       `json:"n"`
	Divisor    int       `json:"divisor"`
	Gate       apiGate   `json:"gate"`
}

type apiIndex struct {
	apiResult
	Published string      `json:"published"`
	Items     []apiItem   `json:"items"`
	Entries   []apiEntry  `json:"entries"`
	Options   []apiChoice `json:"options"`
}

type apiPart struct {
	Code  string `json:"code"`
	Value string `json:"value"`
	Max   string `json:"max"`
}

type apiGate struct {
	Required int      `json:"required"`
	Covered  []string `json:"covered"`
	Open     bool     `json:"open"`
}

type apiItem struct {
	Code    string `json:"code"`
	Weight  string `json:"weight"`
	Points  *int   `json:"points"`
	Claimed *int   `json:"claimed"`
	State   string `json:"state"`
	Basis   string `json:"basis,omitempty"`
	Raw     string `json:"raw,omitempty"`
	Why     string `json:"why,omitempty"`
	Rev     int64  `json:"rev"`
}

type apiEntry struct {
	ID     string `json:"id"`
	Title  string `json:"title"`
	Affair string `json:"affair"`
	Score  string `json:"score"`
	Counts bool   `json:"counts"`
}

type apiChoice struct {
	ID     string `json:"id"`
	Choice string `json:"choice"`
}

type apiStep struct {
	Innovation string `json:"innovation"`
	Item       string `json:"item"`
	From       int    `json:"from"`
	To         int    `json:"to"`
	Days       int    `json:"days"`
	Gain       string `json:"gain"`
	PerDay     string `json:"per_day"`
}

func stepJSON(n Next) apiStep {
	return apiStep{n.Entry, n.Item, n.From, n.To, n.Effort, exact(n.Gain), exact(n.PerDay())}
}

// filled gives a number of points; nil when nobody gave one.
func filled(points int8) *int {
	if points == instrument.Unfilled {
		return nil
	}
	n := int(points)
	return &n
}

func (s *Service) itemJSON(lang string, it *Item) apiItem {
	out := apiItem{Code: it.Question.Code, Weight: it.Question.Weight, Points: filled(it.Points), Claimed: filled(it.Claimed), State: it.State, Basis: it.Auto.Basis, Raw: it.Auto.Raw,
		Why: s.why(lang, it.Auto.Why), Rev: it.Claim.Rev}
	if it.State == StateLinked {
		out.Basis, out.Raw = it.Claim.Basis, it.Claim.Raw
	}
	if !it.Auto.Known {
		out.Why = s.why(lang, it.Lack)
	}
	return out
}

func resultJSON(lang string, b *Board, res instrument.Result) apiResult {
	d := res.Divided
	out := apiResult{Instrument: b.Pack.ID, Year: b.Year, Simulation: true, Index: exact(res.Index), N: d.N, Divisor: d.Divisor, Gate: apiGate{b.Pack.Divisor.Affairs, append([]string{}, d.Covered...), d.Gate}}
	if res.Band != nil {
		name := res.Band.Name.In(lang)
		out.Band = &name
	}
	for _, c := range res.Components {
		out.Components = append(out.Components, apiPart{c.Code, exact(c.Value), exact(c.Max)})
	}
	return out
}

func (s *Service) indexJSON(lang string, b *Board) apiIndex {
	out := apiIndex{apiResult: resultJSON(lang, b, b.Result), Published: b.Round.Published, Items: []apiItem{}, Entries: b.rowsJSON(), Options: []apiChoice{}}
	for i := range b.Regency {
		out.Items = append(out.Items, s.itemJSON(lang, &b.Regency[i]))
	}
	for _, o := range b.Pack.Options {
		out.Options = append(out.Options, apiChoice{o.ID, b.Pack.Choice(b.Options, o.ID)})
	}
	return out
}

// rowsJSON gives every innovation of the board; it is made once and must not be changed.
func (b *Board) rowsJSON() []apiEntry {
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.entries == nil {
		b.entries = make([]apiEntry, 0, len(b.Rows))
		for _, row := range b.Rows {
			b.entries = append(b.entries, apiEntry{row.Fact.ID, row.Fact.Title, row.Fact.Affair, exact(b.Score(row)), row.Counts})
		}
	}
	return b.entries
}

func (s *Service) scoreJSON(lang string, b *Board, row Row) map[string]any {
	items, steps := []apiItem{}, []apiStep{}
	for i := range row.Items {
		items = append(items, s.itemJSON(lang, &row.Items[i]))
	}
	for _, n := range b.FirstSteps(row.Fact.ID, 0) {
		steps = append(steps, stepJSON(n))
	}
	return map[string]any{"id": row.Fact.ID, "instrument": b.Pack.ID, "simulation": true, "score": exact(b.Score(row)), "max": exact(b.MaxScore()), "counts": row.Counts, "items": items, "steps": steps}
}
