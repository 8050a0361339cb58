package evidence

import (
	"slices"
	"strings"
	"unicode"

	"golang.org/x/text/runes"
	"golang.org/x/text/transform"
	"golang.org/x/text/unicode/norm"
)

const (
	shortestWord = 2
	longestWord  = 40
	mostWords    = 4000 // of one file
)

// Words gives the distinct words of a text as the search keeps them: small letters and digits without accents. "188.45/12"
// gives 188, 45 and 12.
func Words(text string) []string {
	plain, _, err := transform.String(transform.Chain(norm.NFD, runes.Remove(runes.In(unicode.Mn)), norm.NFC), strings.ToLower(text))
	if err != nil {
		plain = strings.ToLower(text)
	}
	seen, out := map[string]bool{}, []string(nil)
	for _, w := range strings.FieldsFunc(plain, func(r rune) bool { return !(r >= 'a' && r <= 'z' || r >= '0' && r <= '9') }) {
		if len(w) < shortestWord || len(w) > longestWord || seen[w] {
			continue
		}
		if seen[w] = true; len(seen) > mostWords {
			break
		}
		out = append(out, w)
	}
	return out
}

// mostAsked bounds the words of one search: nobody types more, and a store refuses a statement that is too deep.
const mostAsked = 24

// asked gives the words of a search.
func asked(query string) []string {
	words := Words(query)
	return words[:min(len(words), mostAsked)]
}

// after gives the first word that does not begin with prefix, in the order 0-9a-z, which every collation shares; "" when
// there is none.
func after(prefix string) string {
	b := []byte(prefix)
	for i := len(b) - 1; i >= 0; i-- {
		switch {
		case b[i] == 'z':
			continue
		case b[i] == '9':
			b[i] = 'a'
		default:
			b[i]++
		}
		return string(b[:i+1])
	}
	return ""
}

// dull words say nothing about what a question is about.
func dull() []string {
	return []string{"apakah", "yang", "dan", "di", "ke", "dari", "untuk", "dengan", "pada", "dalam", "atau", "ada", "sudah", "telah", "oleh", "tidak", "adanya", "ini", "itu",
		"secara", "serta", "sebagai", "terhadap", "tahun", "daerah", "kabupaten", "kota", "smart", "city", "cerdas", "berapa", "jumlah", "masing", "tersedia", "memiliki", "program"}
}

// telling gives the words of a question that may find a proof.
func telling(text string) []string {
	return slices.DeleteFunc(Words(text), func(w string) bool { return len(w) < 4 || slices.Contains(dull(), w) })
}
