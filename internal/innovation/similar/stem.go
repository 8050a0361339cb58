package similar

import (
	_ "embed"
	"slices"
	"strings"
	"sync"
)

//go:embed roots.txt
var rootList string

// roots are the words whose form is trusted: none of them is cut, and of several ways to cut a word the one that ends at a root
// is taken. Most stand here because an affix seems to begin or end them (desa, sekolah, pemerintah, jalan), or because the
// nasal of me- and pe- hides their first letter (kirim, pilih, tulis, sapa). A spelling that people use beside the standard one
// leads to it (ijin=izin).
var roots = sync.OnceValue(func() map[string]string {
	all := map[string]string{}
	for _, word := range strings.Fields(rootList) {
		form, root, ok := strings.Cut(word, "=")
		if !ok {
			root = form
		}
		all[form] = root
	}
	return all
})

// Stem gives the root that the forms of one Indonesian word share: pelayanan, melayani and layanan give layan. The word is one
// that Terms gave. Words of other languages, names and numbers mostly stay as they are.
func Stem(word string) string {
	if root, ok := roots()[word]; ok {
		return root
	}
	if len(word) < 5 || !plain(word) {
		return word
	}
	if root, ok := knownRoot(word); ok {
		return root
	}
	return cautious(word)
}

// knownRoot tries every ending, then every beginning, until a root of the list remains. The ending -an goes before -kan, since
// a root that ends in k is only found that way (pendidikan, gerakan).
func knownRoot(word string) (string, bool) {
	for _, whole := range withoutPronoun(word) {
		for _, ending := range []string{"an", "kan", "i", "isasi", "asi", ""} {
			rest, ok := strings.CutSuffix(whole, ending)
			if !ok {
				continue
			}
			if root, ok := beneath(rest, 3); ok {
				return root, true
			}
		}
	}
	return "", false
}

// withoutPronoun gives the word as it is, then without the particle and the pronoun that may hang at its end.
func withoutPronoun(word string) []string {
	forms := []string{word}
	for _, hanging := range [][]string{{"lah", "kah", "pun"}, {"nya", "ku", "mu"}} {
		for _, end := range hanging {
			if rest, ok := strings.CutSuffix(forms[len(forms)-1], end); ok && len(rest) > 2 {
				forms = append(forms, rest)
				break
			}
		}
	}
	return forms
}

// beneath finds the root beneath at most depth beginnings: memperkuat is mem- per- kuat.
func beneath(word string, depth int) (string, bool) {
	if root, ok := roots()[word]; ok {
		return root, true
	}
	if depth == 0 {
		return "", false
	}
	for _, rest := range withoutBeginning(word) {
		if root, ok := beneath(rest, depth-1); ok {
			return root, true
		}
	}
	return "", false
}

// nasal tells for each form of me- and pe- which first letters of the root it may hide; the empty one hides nothing. Tata
// Bahasa Baku Bahasa Indonesia: k, p, s and t melt before a vowel, pr sometimes (pemrosesan).
var nasal = [...]struct {
	end    string
	vowel  []string
	others []string
}{
	{"ny", []string{"s", "ny"}, nil},
	{"ng", []string{"", "k"}, []string{""}},
	{"nge", nil, []string{""}},
	{"m", []string{"p", "m"}, []string{"", "p"}},
	{"n", []string{"t", "n"}, []string{""}},
	{"", nil, []string{""}},
}

// withoutBeginning gives what may stand behind the first affix of the word.
func withoutBeginning(word string) []string {
	var rests []string
	for _, first := range []string{"me", "pe"} {
		rest, ok := strings.CutPrefix(word, first)
		if !ok {
			continue
		}
		for _, n := range nasal {
			if body, ok := strings.CutPrefix(rest, n.end); ok && body != "" {
				rests = append(rests, restored(body, n.vowel, n.others)...)
			}
		}
	}
	for _, first := range []string{"ber", "per", "ter", "bel", "pel", "di", "ke", "se", "be", "te"} {
		if rest, ok := strings.CutPrefix(word, first); ok && rest != "" {
			rests = append(rests, rest)
		}
	}
	return rests
}

// restored puts the letters that the nasal may have hidden before the body.
func restored(body string, vowel, others []string) []string {
	hidden := others
	if isVowel(body[0]) {
		hidden = vowel
	}
	rests := make([]string, len(hidden))
	for i, letters := range hidden {
		rests[i] = letters + body
	}
	return rests
}

// cautious cuts a word that leads to no known root: only affixes that seldom begin or end a root, and only when two syllables
// that can be spoken remain.
func cautious(word string) string {
	word = cutEnd(word, "nya")
	rest, first := cutBeginning(word)
	verb := first == "me" || first == "di"
	switch {
	case verb && strings.HasSuffix(rest, "kan"):
		return cutEnd(rest, "kan")
	case verb && strings.HasSuffix(rest, "i") && !strings.HasSuffix(rest, "si"):
		return cutEnd(rest, "i")
	case first == "" && strings.HasPrefix(word, "ke") && strings.HasSuffix(word, "an") && speakable(word[2:len(word)-2]):
		return word[2 : len(word)-2]
	}
	return cutEnd(rest, "an")
}

// cutBeginning takes the long beginnings off an unknown word and tells which family they are of.
func cutBeginning(word string) (rest, family string) {
	for _, first := range []string{"meny", "peny", "meng", "peng", "mem", "pem", "men", "pen"} {
		body, ok := strings.CutPrefix(word, first)
		if !ok || body == "" {
			continue
		}
		for _, n := range nasal {
			if n.end != first[2:] {
				continue
			}
			for _, rest := range restored(body, n.vowel, n.others) {
				if speakable(rest) {
					return rest, first[:2]
				}
			}
		}
	}
	for _, first := range []string{"ber", "per", "ter", "di"} {
		if rest, ok := strings.CutPrefix(word, first); ok && speakable(rest) {
			return rest, first
		}
	}
	return word, ""
}

func cutEnd(word, end string) string {
	if rest, ok := strings.CutSuffix(word, end); ok && speakable(rest) {
		return rest
	}
	return word
}

// speakable tells whether an Indonesian root could look like that: two vowels or more, and no two consonants at its beginning
// but those that loans bring.
func speakable(word string) bool {
	vowels := 0
	for i := range len(word) {
		if isVowel(word[i]) {
			vowels++
		}
	}
	if vowels < 2 || len(word) < 4 {
		return false
	}
	if isVowel(word[0]) || isVowel(word[1]) {
		return true
	}
	return slices.Contains([]string{"bl", "br", "dr", "fl", "fr", "gl", "gr", "kh", "kl", "kr", "ny", "pl", "pr", "sk", "sp", "st", "sw", "sy", "tr"}, word[:2])
}

func isVowel(c byte) bool { return strings.IndexByte("aeiou", c) >= 0 }

// plain tells whether the word has small letters of the Latin alphabet only; the rules speak of no others.
func plain(word string) bool {
	for i := range len(word) {
		if word[i] < 'a' || word[i] > 'z' {
			return false
		}
	}
	return true
}
