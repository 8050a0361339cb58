package similar

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"unicode/utf8"
)

const (
	saturation = 1.2  // BM25's k1: how soon a repeated word stops counting
	lengths    = 0.5  // BM25's b: how much long documents pay for their length
	nearest    = 0.45 // below it two words do not look alike
	likeliest  = 8    // words that a mistyped one may be
	readWords  = 64   // distinct words of a query that are looked up
	usedWords  = 24   // of these, the rarest, decide
)

// idle are words that join others and say nothing about an innovation.
const idle = " ada adalah agar akan atau bagi bahwa belum bisa bagaimana cara dan dapat dari dengan di dia guna hal harus hingga ingin ini itu " +
	"jadi jika juga kami kalau karena ke kepada kita lebih maka masih melalui mereka oleh pada para perlu saat saja sangat saya sebagai " +
	"secara sedang sehingga semua seperti serta setiap sudah supaya tapi telah tentang terhadap tersebut tetapi tidak untuk yaitu yang "

// sought is one word of a query: the stems that stand for it, each with how near it is.
type sought struct {
	word  string
	stems []stemmed
	docs  int // how many documents hold the stems, counted apart
}

// ranked is a document with its score.
type ranked struct {
	doc   uint32
	score float64
}

// Search gives at most n innovations that resemble the query, the most similar first, equal ones by id. Only those that keep
// allows are counted; keep may be nil and must not call the index. The last word counts as half typed as long as nothing
// follows it.
func (x *Index) Search(query string, n int, keep func(id string) bool) []Hit {
	words := Terms(query)
	if n <= 0 || len(words) == 0 {
		return nil
	}
	last, _ := utf8.DecodeLastRuneInString(query)
	x.mu.RLock()
	defer x.mu.RUnlock()
	n = min(n, len(x.places))
	asked := x.seek(words, letter(last))
	wanted := x.wanted(asked)
	hits := []Hit{}
	for _, r := range x.best(x.score(asked), n, keep) {
		hits = append(hits, Hit{x.docs[r.doc].id, r.score, x.matched(r.doc, wanted)})
	}
	return hits
}

// seek looks up the words of a query, each once, and leaves the rarest if there are many.
func (x *Index) seek(words []string, half bool) []sought {
	var asked []sought
	seen := map[string]bool{}
	for i, word := range words {
		if seen[word] || strings.Contains(idle, " "+word+" ") {
			continue
		}
		typing := half && i == len(words)-1
		if seen[word] = true; len(seen) <= readWords || typing {
			asked = append(asked, x.lookUp(word, typing))
		}
	}
	if len(asked) > usedWords {
		asked = slices.DeleteFunc(asked, func(s sought) bool { return s.docs == 0 })
		slices.SortStableFunc(asked, func(a, b sought) int { return cmp.Compare(a.docs, b.docs) })
		asked = asked[:min(len(asked), usedWords)]
	}
	return asked
}

// lookUp finds the stems that stand for a word: its own and those of the words it begins if it is half typed; if no document
// holds any of them, those of words spelled like it.
func (x *Index) lookUp(word string, half bool) sought {
	var near []stemmed
	if stem, ok := x.words.stems[x.ways.stem(word)]; ok {
		near = append(near, stemmed{stem, 1})
	}
	if half {
		near = append(near, x.words.beginning(word)...)
	}
	s := x.held(word, near)
	if x.ways.alike && s.docs == 0 || x.ways.every {
		s = x.held(word, append(near, x.words.spelledLike(word, !half)...))
	}
	return s
}

// held leaves the stems that stand in documents, each once with its best nearness.
func (x *Index) held(word string, near []stemmed) sought {
	slices.SortFunc(near, func(a, b stemmed) int {
		return cmp.Or(cmp.Compare(a.stem, b.stem), cmp.Compare(b.near, a.near))
	})
	near = slices.CompactFunc(near, func(a, b stemmed) bool { return a.stem == b.stem })
	s := sought{word: word}
	for _, n := range near {
		if docs := len(x.postings[n.stem]); docs > 0 {
			s.stems = append(s.stems, n)
			s.docs += docs
		}
	}
	return s
}

// score gives every document its BM25 over the words asked, as a share of what a document with all of them could reach.
func (x *Index) score(asked []sought) []float64 {
	scores, best := make([]float64, len(x.docs)), make([]float64, len(x.docs))
	var touched []uint32
	whole := 0.0
	for _, s := range asked {
		touched = x.gather(s, best, touched[:0])
		weight := rarity(len(touched), len(x.places))
		whole += weight
		for _, doc := range touched {
			scores[doc] += weight * best[doc]
			best[doc] = 0
		}
	}
	if whole == 0 {
		return scores
	}
	for doc := range scores {
		scores[doc] /= whole
	}
	return scores
}

// gather notes for every document that holds the word the best of the word's stems.
func (x *Index) gather(s sought, best []float64, touched []uint32) []uint32 {
	perWord := saturation * lengths * float64(len(x.places)) / float64(max(1, x.length))
	for _, own := range s.stems {
		for _, p := range x.postings[own.stem] {
			times := float64(p.times)
			share := own.near * times / (times + saturation*(1-lengths) + perWord*float64(p.length))
			if best[p.doc] == 0 {
				touched = append(touched, p.doc)
			}
			best[p.doc] = max(best[p.doc], share)
		}
	}
	return touched
}

// rarity is BM25's inverse document frequency.
func rarity(holding, all int) float64 {
	return math.Log(1 + (float64(all-holding)+0.5)/(float64(holding)+0.5))
}

// best gives the n documents with the highest score among those to keep.
func (x *Index) best(scores []float64, n int, keep func(id string) bool) []ranked {
	var top []ranked
	floor := 0.0
	for doc, score := range scores {
		if score <= 0 || score < floor || keep != nil && !keep(x.docs[doc].id) {
			continue
		}
		top = append(top, ranked{uint32(doc), score})
		if len(top) >= 2*n+64 {
			top = x.first(top, n)
			floor = top[len(top)-1].score
		}
	}
	return x.first(top, n)
}

func (x *Index) first(top []ranked, n int) []ranked {
	slices.SortFunc(top, func(a, b ranked) int {
		if a.score != b.score {
			return cmp.Compare(b.score, a.score)
		}
		return strings.Compare(x.docs[a.doc].id, x.docs[b.doc].id)
	})
	return top[:min(len(top), n)]
}

// wanted tells for every stem whether it stands for a word asked.
func (x *Index) wanted(asked []sought) []bool {
	stems := make([]bool, len(x.postings))
	for _, s := range asked {
		for _, o := range s.stems {
			stems[o.stem] = true
		}
	}
	return stems
}

// matched gives the words of a document that stand for a word asked, in alphabetical order.
func (x *Index) matched(doc uint32, wanted []bool) []string {
	var words []string
	for _, n := range x.docs[doc].words {
		if wanted[x.words.stemOf[n]] {
			words = append(words, x.words.words[n])
		}
	}
	slices.Sort(words)
	return words
}
