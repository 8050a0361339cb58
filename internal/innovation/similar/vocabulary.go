package similar

import (
	"cmp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// vocabulary holds every word that ever stood in a document: with the stem it belongs to, and found by its trigrams for words
// half typed or mistyped.
type vocabulary struct {
	stem    func(string) string
	words   []string
	number  map[string]uint32 // word -> place in words
	stemOf  []uint32          // word -> stem
	stems   map[string]uint32
	bygrams map[gram][]uint32 // trigram -> words that hold it
}

// gram is three letters after each other; edge stands before the first and behind the last letter of a word.
type gram [3]rune

const edge = '\x00'

// stemmed is a stem and how near a word of it is to what was asked, 0 to 1.
type stemmed struct {
	stem uint32
	near float64
}

func newVocabulary(stem func(string) string) vocabulary {
	return vocabulary{stem: stem, number: map[string]uint32{}, stems: map[string]uint32{}, bygrams: map[gram][]uint32{}}
}

// add gives the number of a word, a new one if the word is new.
func (v *vocabulary) add(word string) uint32 {
	if n, ok := v.number[word]; ok {
		return n
	}
	word = strings.Clone(word)
	n := uint32(len(v.words))
	stem := v.stem(word)
	s, ok := v.stems[stem]
	if !ok {
		s = uint32(len(v.stems))
		v.stems[stem] = s
	}
	v.words, v.stemOf, v.number[word] = append(v.words, word), append(v.stemOf, s), n
	for _, g := range grams(word, true) {
		v.bygrams[g] = append(v.bygrams[g], n)
	}
	return n
}

// grams are the distinct trigrams of a word, the one at its end only if the word is whole.
func grams(word string, whole bool) []gram {
	letters := append([]rune{edge}, []rune(word)...)
	if whole {
		letters = append(letters, edge)
	}
	var all []gram
	for i := range len(letters) - 2 {
		if g := gram(letters[i : i+3]); !slices.Contains(all, g) {
			all = append(all, g)
		}
	}
	return all
}

// beginning gives the stems of the words that begin with the typed letters, nearer the more of the word is typed.
func (v *vocabulary) beginning(typed string) []stemmed {
	first := grams(typed, false)
	if len(first) == 0 {
		return nil
	}
	var found []stemmed
	for _, n := range v.bygrams[first[0]] {
		if word := v.words[n]; strings.HasPrefix(word, typed) {
			found = append(found, stemmed{v.stemOf[n], float64(len(typed)) / float64(len(word))})
		}
	}
	return found
}

// spelledLike gives the stems of the few words that share most trigrams with a word (Dice's coefficient). A word half typed is
// compared with as much of the other one. Short words and those with digits look like too many others.
func (v *vocabulary) spelledLike(word string, whole bool) []stemmed {
	if utf8.RuneCountInString(word) < 4 || strings.ContainsFunc(word, unicode.IsDigit) {
		return nil
	}
	asked := grams(word, whole)
	common := map[uint32]int{}
	for _, g := range asked {
		for _, n := range v.bygrams[g] {
			common[n]++
		}
	}
	type match struct {
		word uint32
		near float64
	}
	var found []match
	for n, shared := range common {
		other := utf8.RuneCountInString(v.words[n])
		if !whole {
			other = min(other, len(asked)+1)
		}
		if near := 2 * float64(shared) / float64(len(asked)+other); near >= nearest {
			found = append(found, match{n, near})
		}
	}
	slices.SortFunc(found, func(a, b match) int {
		return cmp.Or(cmp.Compare(b.near, a.near), strings.Compare(v.words[a.word], v.words[b.word]))
	})
	var stems []stemmed
	for _, m := range found[:min(len(found), likeliest)] {
		stems = append(stems, stemmed{v.stemOf[m.word], m.near})
	}
	return stems
}
