package innovation

import "strings"

// nearEnough is how alike two names must be before one is suggested for the other; longer texts are no names.
const (
	nearEnough = 0.6
	mostNear   = 200
)

// nearby holds names in which the one nearest to a text is looked for. It remembers what was asked: a column names the same
// few offices again and again.
type nearby struct {
	pairs []map[string]int
	asked map[string]int
}

// nearbyOf prepares names that stand in normal form (titleKey).
func nearbyOf(names []string) *nearby {
	n := &nearby{asked: map[string]int{}}
	for _, name := range names {
		n.pairs = append(n.pairs, pairsOf(name))
	}
	return n
}

// find gives the place of the name that resembles a text best; -1 when none is near enough.
func (n *nearby) find(text string) int {
	if at, known := n.asked[text]; known {
		return at
	}
	best, at := nearEnough, -1
	if key := titleKey(text); len(key) <= mostNear {
		pairs := pairsOf(key)
		for i, c := range n.pairs {
			if like := alike(pairs, c); like > best {
				best, at = like, i
			}
		}
	}
	n.asked[text] = at
	return at
}

// pairsOf counts the pairs of neighbouring letters of a text in normal form.
func pairsOf(text string) map[string]int {
	letters := []rune(" " + text + " ")
	out := make(map[string]int, len(letters))
	for n := range len(letters) - 1 {
		out[string(letters[n:n+2])]++
	}
	return out
}

// alike is the share of common pairs (Dice).
func alike(a, b map[string]int) float64 {
	common, total := 0, 0
	for p, n := range a {
		total += n
		common += min(n, b[p])
	}
	for _, n := range b {
		total += n
	}
	if total == 0 {
		return 0
	}
	return 2 * float64(common) / float64(total)
}

// bareHeading drops what stands in brackets and the marks of compulsory columns.
func bareHeading(text string) string {
	for {
		from := strings.IndexByte(text, '(')
		if from < 0 {
			break
		}
		to := strings.IndexByte(text[from:], ')')
		if to < 0 {
			text = text[:from]
			break
		}
		text = text[:from] + " " + text[from+to+1:]
	}
	return titleKey(text)
}
