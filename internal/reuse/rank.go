package reuse

import (
	"slices"
	"strings"
)

// rankKey is what the order of the proofs for a question depends on besides the world: where it is asked, and who leads it.
type rankKey struct{ holder, code, lead string }

// candidate is a proof for a question, small because there are very many: the relation and the link it was found by, -1 by
// words. The rest of a found is worked out again for the few that are shown.
type candidate struct{ proof, relation, held int32 }

// mostRanked is how many questions keep the order of their proofs: those of a dozen rounds. One with 400 proofs takes 5 kB.
const mostRanked = 1000

// ranked gives every proof that may answer a question, the best first, whoever may see it. It is worked out once in a world.
func (f *finder) ranked(o Open) []candidate {
	key := rankKey{f.at.ID, o.Code, o.Lead}
	f.w.mu.Lock()
	kept, known := f.w.ranks[key]
	f.w.mu.Unlock()
	if known {
		return kept
	}
	kept = f.rank(o)
	f.w.mu.Lock()
	defer f.w.mu.Unlock()
	if len(f.w.ranks) >= mostRanked {
		clear(f.w.ranks)
	}
	f.w.ranks[key] = kept
	return kept
}

func (f *finder) rank(o Open) []candidate {
	best := map[int]found{}
	for n, r := range f.relations[o.Code] {
		for _, held := range f.w.sources[r.from] {
			f.consider(best, o, n, held)
		}
	}
	f.considerWords(best, o)
	for _, n := range f.here[o.Code] {
		delete(best, n)
	}
	all := make([]found, 0, len(best))
	for _, c := range best {
		f.weigh(&c, o)
		if c.how == ByLine && c.line.Strength == Possible && !c.kind && len(c.common) < 2 {
			continue // the line does not speak of such a file
		}
		all = append(all, c)
	}
	slices.SortFunc(all, byScore(f.w))
	out := make([]candidate, len(all))
	for n, c := range all {
		out[n] = candidate{int32(c.proof), int32(c.relation), int32(c.held)}
	}
	return out
}

// whole works out again why a candidate was found and how well it fits.
func (f *finder) whole(k candidate, o Open) found {
	c := found{proof: int(k.proof), relation: int(k.relation), held: int(k.held), how: ByWords}
	if c.relation >= 0 {
		r := f.relations[o.Code][c.relation]
		c.how, c.line = r.how, r.line
	}
	for _, word := range f.telling[o.Code] {
		if _, shared := slices.BinarySearch(f.mentions[word], c.proof); shared {
			c.common = append(c.common, word)
		}
	}
	f.weigh(&c, o)
	return c
}

// pick is an innovation to choose from, with what its title is found by.
type pick struct {
	Innovation
	key string
}

// named gives the innovations with a text in their title; all of them for none.
func (w *world) named(text string) []pick {
	if text == "" {
		return w.picks
	}
	var out []pick
	for _, one := range w.picks {
		if strings.Contains(one.key, strings.ToLower(text)) {
			out = append(out, one)
		}
	}
	return out
}
