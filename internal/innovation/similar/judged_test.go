package similar

import (
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"
)

// rival is a way to search that the judged list compares with the one that is kept.
type rival struct {
	name  string
	ways  ways
	shape func(string) string // what becomes of documents and queries before they come to the index
}

func same(word string) string { return word }

const kept = "stems, and trigrams for words that stand nowhere (kept)"

func rivals() []rival {
	return []rival{
		{"words as they are", ways{stem: same}, same},
		{"stems only", ways{stem: Stem}, same},
		{"trigrams of whole documents", ways{stem: same}, chopped},
		{"trigrams of words, for every word", ways{stem: same, alike: true, every: true}, same},
		{"trigrams of words, for words that stand nowhere", ways{stem: same, alike: true}, same},
		{"stems, and trigrams for every word", ways{stem: Stem, alike: true, every: true}, same},
		{kept, New().ways, same},
	}
}

// chopped gives a text as its trigrams, each made a word of its own; the space at the end keeps the last from being half typed.
func chopped(text string) string {
	var b strings.Builder
	for _, word := range Terms(text) {
		for _, g := range grams(word, true) {
			b.WriteString("3" + strings.ReplaceAll(string(g[:]), string(edge), "0") + " ")
		}
	}
	return b.String()
}

// asked is a query of the judged list.
type asked struct{ query, want, kind string }

// judged reads the list, every query changed as change does.
func judged(t testing.TB, change func(string) string) []asked {
	t.Helper()
	var list []asked
	for _, row := range table(t, "judged.csv") {
		list = append(list, asked{change(row[0]), row[1], row[2]})
	}
	return list
}

// mistyped changes one letter of one longer word: left out, doubled, swapped with the next, or another one.
func mistyped(rnd *rand.Rand) func(string) string {
	return func(query string) string {
		words := strings.Fields(query)
		for _, i := range rnd.Perm(len(words)) {
			w := words[i]
			if len(w) < 5 {
				continue
			}
			at := 1 + rnd.IntN(len(w)-2)
			here, next, rest := w[at:at+1], w[at+1:at+2], w[at+2:]
			with := []string{next, here + here + next, next + here, string(rune('a'+rnd.IntN(26))) + next}
			words[i] = w[:at] + with[rnd.IntN(len(with))] + rest
			break
		}
		return strings.Join(words, " ")
	}
}

// halved leaves half of the last word.
func halved(query string) string {
	at := strings.LastIndex(query, " ") + 1
	return query[:at+(len(query)-at+2)/2]
}

// rate is the share of queries, in percent, whose innovation is among the first five; and whose is the first.
type rate struct{ five, first float64 }

// rates judges an index, for every kind of query and for all.
func rates(x *Index, shape func(string) string, list []asked) map[string]rate {
	counts, found := map[string]float64{}, map[string]rate{}
	for _, q := range list {
		at := slices.IndexFunc(x.Search(shape(q.query), 5, nil), func(h Hit) bool { return h.ID == q.want })
		for _, kind := range []string{q.kind, "all"} {
			r := found[kind]
			if at >= 0 {
				r.five++
			}
			if at == 0 {
				r.first++
			}
			found[kind] = r
			counts[kind]++
		}
	}
	for kind, r := range found {
		found[kind] = rate{100 * r.five / counts[kind], 100 * r.first / counts[kind]}
	}
	return found
}

// The goal: for nine of ten queries the right innovation is among the first five of twenty thousand. The way that is kept has to
// stay the best of those compared, also when a letter is wrong or the last word is half typed.
func TestJudged(t *testing.T) {
	t.Parallel()
	docs := crowd(t)
	rnd := rand.New(rand.NewPCG(1, 2))
	lists := [][]asked{judged(t, same), slices.Concat(judged(t, mistyped(rnd)), judged(t, mistyped(rnd)), judged(t, mistyped(rnd))), judged(t, halved)}
	all := map[string][]rate{}
	t.Logf("%d queries, %d innovations; in percent", len(lists[0]), len(docs))
	t.Logf("%-58s %13s %8s %8s %8s", "", "in first five", "first", "mistyped", "halved")
	for _, r := range rivals() {
		x := newIndex(r.ways)
		for _, d := range docs {
			x.Put(Doc{d.ID, r.shape(d.Title), r.shape(d.Text)})
		}
		var got []rate
		for _, list := range lists {
			got = append(got, rates(x, r.shape, list)["all"])
		}
		all[r.name] = got
		t.Logf("%-58s %13.1f %8.1f %8.1f %8.1f", r.name, got[0].five, got[0].first, got[1].five, got[2].five)
		if r.name == kept {
			logKinds(t, rates(x, r.shape, lists[0]))
		}
	}
	for i, what := range []string{"as written", "mistyped", "last word half typed"} {
		for name, got := range all {
			if got[i].five > all[kept][i].five {
				t.Errorf("%s: %q finds %.1f %%, the way that is kept %.1f %%", what, name, got[i].five, all[kept][i].five)
			}
		}
	}
	if got := all[kept][0].five; got < 90 {
		t.Errorf("the right one is among the first five for %.1f %% of the queries, want 90", got)
	}
}

func logKinds(t *testing.T, found map[string]rate) {
	t.Helper()
	for _, kind := range slices.Sorted(maps.Keys(found)) {
		t.Logf("    %-54s %13.1f %8.1f", kind, found[kind].five, found[kind].first)
	}
}
