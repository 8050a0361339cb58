package reuse

import (
	"slices"
	"sync"

	"github.com/pendapa/pendapa/internal/instrument"
)

const shortestWord = 4

// words calls f for every word of a text that may tell something: letters without capitals, four or more. Digits count as
// part of a word. It is called for every proof of a regency, so it makes no strings; f must not keep the word.
func words(text string, f func([]byte)) {
	var b [32]byte
	n := 0
	flush := func() {
		if n >= shortestWord && n <= len(b) {
			f(b[:n])
		}
		n = 0
	}
	for i := 0; i < len(text); i++ {
		c := text[i]
		if c >= 'A' && c <= 'Z' {
			c += 'a' - 'A'
		}
		if c >= 'a' && c <= 'z' || c >= '0' && c <= '9' {
			if n < len(b) {
				b[n] = c
			}
			n++
			continue
		}
		flush()
	}
	flush()
}

// dull words say nothing about what a question or a file is about. The map is shared and never changed.
var dull = sync.OnceValue(func() map[string]bool {
	out := map[string]bool{}
	for _, w := range []string{"apakah", "adakah", "sejauh", "mana", "berapa", "seberapa", "bagaimana", "yang", "dengan", "dari", "untuk", "pada", "dalam", "atau", "sudah", "telah", "oleh", "tidak",
		"adanya", "secara", "serta", "sebagai", "terhadap", "tentang", "tahun", "daerah", "kabupaten", "kota", "cerdas", "smart", "city", "jumlah", "masing", "tersedia", "memiliki", "program",
		"kegiatan", "laporan", "dokumen", "berkas", "bukti", "surat", "sama", "lain", "lebih", "semua", "antar", "menurut", "sedikitnya", "sekali", "berjalan", "dijalankan", "dilaksanakan",
		"ditetapkan", "diterapkan", "dinas", "badan", "bagian", "inovasi", "layanan", "kemajuannya"} {
		out[w] = true
	}
	return out
})

// tellingWords gives for every question of an instrument the words that set it apart: not dull, and not in many questions.
func tellingWords(p *instrument.Pack) map[string][]string {
	boring, count := dull(), map[string]int{}
	own := map[string][]string{}
	total := 0
	for _, c := range p.Components {
		for _, q := range c.Questions {
			total++
			var mine []string
			words(q.Text.ID+" "+q.Short.ID, func(b []byte) {
				if w := string(b); !boring[w] && !slices.Contains(mine, w) {
					mine = append(mine, w)
					count[w]++
				}
			})
			own[q.Code] = mine
		}
	}
	most := max(3, total/12)
	for code, mine := range own {
		own[code] = slices.DeleteFunc(mine, func(w string) bool { return count[w] > most })
	}
	return own
}

// mentions gives for each wanted word the proofs whose title or number holds it. Words that stand in very many proofs tell
// nothing and are dropped.
func (w *world) mentions(wanted map[string]bool) map[string][]int {
	out := map[string][]int{}
	for n, p := range w.proofs {
		add := func(b []byte) {
			if !wanted[string(b)] {
				return
			}
			word := string(b)
			if have := out[word]; len(have) == 0 || have[len(have)-1] != n {
				out[word] = append(have, n)
			}
		}
		words(p.Title, add)
		words(p.Number, add)
	}
	if many := len(w.proofs) / 10; many > 20 {
		for word, have := range out {
			if len(have) > many {
				delete(out, word)
			}
		}
	}
	return out
}
