package score

import (
	"math/big"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
)

// Next is one step as people read it: what to do, for how many points of the index, in how many working days. OwnGain is
// what the innovation's own score gains.
type Next struct {
	instrument.NextStep
	Title    string // of the innovation; "" for the regency
	Question *instrument.Question
	Claimed  bool // the level is claimed already: only the evidence is missing
	Replaced bool // the evidence of the claimed level is there but no longer valid
	Figure   bool // the external figure of the item is missing: whatever it is, it earns this much at least
	OwnGain  *big.Rat
	Path     string // where it is done
}

// linkDays is what it takes to bring evidence for a level that was claimed already.
const linkDays = 1

// plan works out the working days from where an item stands to each higher level: one when only the evidence is missing, else
// what the regency or the pack says of both levels. Levels below a claimed one are no steps: evidence brings the claimed level
// at once. best is the level with the largest gain a day, the higher one of equals.
func (it *Item) plan(days []int, mayBeClaimed bool) {
	from := int(max(it.Points, 0))
	for to := from + 1; to <= levels; to++ {
		switch n := int(it.Claimed); {
		case !mayBeClaimed || !it.Unproven() || to > n:
			it.days[to] = max(1, days[to]-days[from])
		case to == n:
			it.days[to] = linkDays
		}
		if best := it.best; it.days[to] > 0 && (best == 0 || (to-from)*it.days[best] >= (best-from)*it.days[to]) {
			it.best = to
		}
	}
}

// effort tells the working days of a step; 0 when it is none.
func (b *Board) effort(entry, item string, _, to int) int {
	it, ok := b.item(entry, item)
	if !ok {
		return 0
	}
	return it.days[to]
}

// bestEffort leaves only the best step of each item.
func (b *Board) bestEffort(entry, item string, _, to int) int {
	it, ok := b.item(entry, item)
	if !ok || it.best != to {
		return 0
	}
	return it.days[to]
}

// Steps ranks the next steps of the regency by gain per working day; entry narrows to one innovation, limit 0 gives all. For
// an innovation that does not count yet, the gain is that once it counts.
// The best steps of the regency are kept with the board.
func (b *Board) Steps(entry string, limit int) []Next {
	if entry != "" || limit < 1 || limit > mostSteps {
		return b.ranked(entry, limit, b.effort)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	if b.steps == nil {
		b.steps = b.ranked("", mostSteps, b.effort)
	}
	return slices.Clone(b.steps[:min(limit, len(b.steps))])
}

// FirstSteps gives the best step of each item only. Those of the regency are kept with the board, because every reader of its page
// asks for the same few among thousands.
func (b *Board) FirstSteps(entry string, limit int) []Next {
	if entry != "" {
		return b.ranked(entry, limit, b.bestEffort)
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	out, known := b.first[limit]
	if !known {
		out = b.ranked("", limit, b.bestEffort)
		if b.first == nil {
			b.first = map[int][]Next{}
		}
		b.first[limit] = out
	}
	return slices.Clone(out)
}

func (b *Board) ranked(entry string, limit int, efforts instrument.Efforts) []Next {
	sheet := b.Sheet
	if entry != "" {
		r, ok := b.Row(entry)
		if !ok {
			return nil
		}
		sheet = b.alone(r)
	}
	var out []Next
	for _, st := range b.Pack.NextSteps(sheet, efforts, limit) {
		out = append(out, b.next(st))
	}
	return out
}

// alone gives a sheet of the same size in which only one innovation has anything left to raise: steps depend on nothing else.
func (b *Board) alone(r Row) instrument.Sheet {
	n := len(b.Sheet.Entries)
	if !r.Counts {
		n++
	}
	full := instrument.Entry{Points: slices.Repeat([]int8{levels}, len(r.Items))}
	return instrument.Sheet{Regency: slices.Repeat([]int8{levels}, len(b.Regency)), Entries: append(slices.Repeat([]instrument.Entry{full}, n-1), b.Entry(r)), Affairs: instrument.AffairsOfEntries}
}

func (b *Board) next(st instrument.NextStep) Next {
	it, _ := b.item(st.Entry, st.Item)
	n := Next{NextStep: st, Question: it.Question, OwnGain: weighed(b.weights[st.Item], int8(st.To-st.From))}
	if st.Entry != "" {
		n.Title = b.Rows[b.index[st.Entry]].Fact.Title
		n.Claimed = it.Unproven() && int(it.Claimed) == st.To
		n.Replaced = n.Claimed && it.Proofs.Total > 0
	}
	if n.Path = b.path(st.Entry, it.Question); it.Lack.Key != "" && st.From == 0 && st.To == 1 {
		n.Figure, n.Path = true, figurePath(it.Question)
	}
	return n
}

// figurePath is the page on which the external figure of an item is entered.
func figurePath(q *instrument.Question) string { return "/angka?angka=" + q.Figure }

// path is the page on which an item is raised.
func (b *Board) path(entry string, q *instrument.Question) string {
	switch {
	case entry == "" && b.HasRound:
		return "/evaluasi/" + b.Round.ID + "/soal/" + q.Code
	case entry == "":
		return "/iid#butir-" + q.Code
	case !claimable(q):
		return "/inovasi/" + entry + "#peniru"
	}
	return itemPath(entry, q.Code)
}

// itemPath is the page of an innovation's items with the form of one item.
func itemPath(innovation, item string) string {
	return "/inovasi/" + innovation + "/skor?butir=" + item + "#b-" + item
}

// stepText says what a step asks for.
func (s *Service) stepText(lang string, n Next) string {
	level := n.Question.Rubric[trim(whole(n.To))].In(lang)
	switch {
	case n.Figure:
		return s.Text(lang, errs.M("score.step.figure"))
	case n.Replaced:
		return s.Text(lang, errs.M("score.step.replace"))
	case n.Claimed:
		return s.Text(lang, errs.M("score.step.link"))
	case !claimable(n.Question):
		return s.Text(lang, errs.M("score.step.adoption", "Level", level))
	}
	return level
}
