package official

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
)

// entry is a regency in the form Find compares.
type entry struct {
	area  Area
	city  bool
	words []string // of the name, small letters, without Kabupaten and Kota
	name  string   // the words without spaces: "gunung sitoli" finds Gunungsitoli
	code  string   // digits only
}

func newEntry(a Area) entry {
	words, kind := read(a.Name)
	return entry{
		area: a, city: kind == "kota", words: words,
		name: strings.Join(words, ""), code: strings.ReplaceAll(a.Code, ".", ""),
	}
}

// read splits a name into small words and takes the kind of area from its beginning: "kab", "kota" or nothing.
func read(text string) (words []string, kind string) {
	words = strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) && r != '\'' })
	if len(words) == 0 {
		return nil, ""
	}
	switch words[0] {
	case "kabupaten", "kab":
		kind = "kab"
	case "kota", "kotamadya":
		kind = "kota"
	default:
		return words, ""
	}
	words = words[1:]
	if len(words) > 0 && (words[0] == "administrasi" || words[0] == "adm") {
		words = words[1:]
	}
	return words, kind
}

// Find gives the regencies and cities that fit what somebody typed, the best first: a code with or without dots
// ("35.09", "3509"; "35" gives the whole province) or a name with or without its kind ("jember", "kab. Jember", "kota
// malang"). When nothing fits, names that differ by one letter (two in long names) are given. At most limit areas.
func (g *Registry) Find(query string, limit int) []Area {
	words, kind := read(query)
	if code := digits(query); code != "" {
		return g.pick(limit, func(e *entry) int { return fit(strings.HasPrefix(e.code, code), 0) })
	}
	if len(words) == 0 && kind == "" {
		return nil
	}
	fits := func(e *entry) bool { return kind == "" || (kind == "kota") == e.city }
	name := strings.Join(words, "")
	found := g.pick(limit, func(e *entry) int {
		if !fits(e) {
			return -1
		}
		return rank(e, words, name)
	})
	if len(found) > 0 || len(name) < 4 {
		return found
	}
	allowed := 1 + len(name)/9
	return g.pick(limit, func(e *entry) int {
		d := distance(e.name, name)
		return fit(fits(e) && d <= allowed, d)
	})
}

// rank tells how well a name fits, 0 being best, -1 not at all.
func rank(e *entry, words []string, name string) int {
	switch {
	case e.name == name:
		return 0
	case strings.HasPrefix(e.name, name):
		return 1
	}
	for _, w := range words {
		if !slices.ContainsFunc(e.words, func(have string) bool { return strings.HasPrefix(have, w) }) {
			return fit(strings.Contains(e.name, name), 3)
		}
	}
	return 2
}

func fit(ok bool, rank int) int {
	if ok {
		return rank
	}
	return -1
}

// pick gives the areas with a rank, the best first, in the order of the codes within a rank.
func (g *Registry) pick(limit int, rank func(*entry) int) []Area {
	type ranked struct {
		area Area
		rank int
	}
	var all []ranked
	found := g.table().found
	for i := range found {
		if r := rank(&found[i]); r >= 0 {
			all = append(all, ranked{found[i].area, r})
		}
	}
	slices.SortStableFunc(all, func(a, b ranked) int { return cmp.Compare(a.rank, b.rank) })
	var out []Area
	for _, a := range all[:min(len(all), max(limit, 0))] {
		out = append(out, a.area)
	}
	return out
}

// digits gives the digits of a code, or nothing when the text is not one.
func digits(text string) string {
	text = strings.TrimSpace(text)
	if strings.Trim(text, "0123456789. ") != "" {
		return ""
	}
	return strings.NewReplacer(".", "", " ", "").Replace(text)
}

// distance counts the letters to add, drop or change to get from a to b (Levenshtein).
func distance(a, b string) int {
	row := make([]int, len(b)+1)
	for j := range row {
		row[j] = j
	}
	for i := range len(a) {
		before := row[0]
		row[0] = i + 1
		for j := range len(b) {
			change := before
			if a[i] != b[j] {
				change++
			}
			before = row[j+1]
			row[j+1] = min(change, row[j]+1, before+1)
		}
	}
	return row[len(b)]
}
