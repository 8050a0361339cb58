package similar

import (
	"strings"
	"testing"
	"unicode/utf8"
)

func FuzzTerms(f *testing.F) {
	for _, s := range []string{"Pelayanan e-KTP Jum'at", "\xff\xfe", "İstanbul ﷺ ǅ", "me meng peny di ke an kan nya", "pengaduan", strings.Repeat("ke", 60)} {
		f.Add(s)
	}
	f.Fuzz(func(t *testing.T, text string) {
		words := Terms(text)
		for _, w := range words {
			if !utf8.ValidString(w) || w == "" || utf8.RuneCountInString(w) > longest {
				t.Fatalf("word %q of %q", w, text)
			}
			if s := Stem(w); !utf8.ValidString(s) || s == "" {
				t.Fatalf("stem %q of %q", s, w)
			}
		}
		if again := Terms(strings.Join(words, " ")); strings.Join(again, " ") != strings.Join(words, " ") {
			t.Fatalf("terms of terms: %q, then %q", words, again)
		}
		var whole strings.Builder
		for _, p := range Mark(text, words) {
			whole.WriteString(p.Text)
		}
		if whole.String() != text {
			t.Fatalf("the parts of %q make %q", text, whole.String())
		}
	})
}

func FuzzSearch(f *testing.F) {
	for _, q := range []string{"lampu jalan pad", "pengaduan ", "smpah", "\xff e", "yang di", strings.Repeat("lapor ", 300)} {
		f.Add(q, "Judul "+q, 5)
	}
	f.Fuzz(func(t *testing.T, query, text string, n int) {
		x := small()
		x.Put(Doc{"fuzz", text, query})
		hits := x.Search(query, n, nil)
		if len(hits) > max(n, 0) {
			t.Fatalf("%d hits, asked for %d", len(hits), n)
		}
		for i, h := range hits {
			if h.Score <= 0 || h.Score > 1 || len(h.Words) == 0 || i > 0 && h.Score > hits[i-1].Score {
				t.Fatalf("hit %d is %+v", i, h)
			}
			if !utf8.ValidString(strings.Join(h.Words, " ")) {
				t.Fatalf("words %q", h.Words)
			}
		}
		x.Remove("fuzz")
		if x.Len() != 4 {
			t.Fatalf("%d documents", x.Len())
		}
	})
}
