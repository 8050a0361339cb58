package similar

import (
	"cmp"
	"math"
	"slices"
	"strings"
	"sync"
)

// Doc is an innovation as the search sees it. Text is what is worth finding beside the title: the problem, who suffers, the idea.
type Doc struct {
	ID, Title, Text string
}

// Hit is an innovation that was found.
type Hit struct {
	ID    string
	Score float64  // 0 to 1: how much of the query was found, rare words counting more
	Words []string // the words of the innovation that matched, as Terms gives them and Mark wants them
}

// Index keeps innovations so that similar ones are found while somebody types. Many may search while one writes.
type Index struct {
	ways ways

	mu       sync.RWMutex // guards everything below
	words    vocabulary
	postings [][]posting // by stem: the documents that hold it, in the order of their places
	docs     []document
	free     []uint32 // places in docs that removed documents left
	places   map[string]uint32
	length   int // of all documents together
}

// posting says how often a stem stands in one document, a place in the title counting more. The document's length stands beside
// it, because the search reads millions of postings.
type posting struct {
	doc           uint32
	times, length uint16
}

type document struct {
	id     string
	words  []uint32 // its distinct words
	length int
}

// ways are the choices that the judged list compares; New takes the ones that won.
type ways struct {
	stem  func(string) string
	alike bool // a word that stands nowhere is taken for the words spelled like it
	every bool // so is every other word
}

// title is how many times a word of the title counts.
const title = 3

// New gives an empty index.
func New() *Index { return newIndex(ways{stem: Stem, alike: true}) }

func newIndex(w ways) *Index {
	return &Index{ways: w, words: newVocabulary(w.stem), places: map[string]uint32{}}
}

// Len is the number of innovations in the index.
func (x *Index) Len() int {
	x.mu.RLock()
	defer x.mu.RUnlock()
	return len(x.places)
}

// Put adds an innovation, or takes the new words of one that is there.
func (x *Index) Put(d Doc) {
	head, text := Terms(d.Title), Terms(d.Text)
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(d.ID)
	doc, place := document{id: strings.Clone(d.ID), length: title*len(head) + len(text)}, x.place()
	var stems []uint32 // one for every time a word counts
	for i, word := range slices.Concat(head, text) {
		n := x.words.add(word)
		doc.words = append(doc.words, n)
		stem := x.words.stemOf[n]
		stems = append(stems, stem)
		if i < len(head) {
			stems = append(stems, slices.Repeat([]uint32{stem}, title-1)...)
		}
	}
	x.insert(posting{doc: place, length: brief(doc.length)}, stems)
	doc.words = distinct(doc.words)
	x.docs[place], x.places[doc.id] = doc, place
	x.length += doc.length
}

// Remove takes an innovation out; one that is not there is no mistake.
func (x *Index) Remove(id string) {
	x.mu.Lock()
	defer x.mu.Unlock()
	x.remove(id)
}

func (x *Index) remove(id string) {
	place, ok := x.places[id]
	if !ok {
		return
	}
	doc := x.docs[place]
	stems := make([]uint32, len(doc.words))
	for i, word := range doc.words {
		stems[i] = x.words.stemOf[word]
	}
	for _, stem := range distinct(stems) {
		at, _ := x.find(stem, place)
		x.postings[stem] = slices.Delete(x.postings[stem], at, at+1)
	}
	delete(x.places, id)
	x.docs[place] = document{}
	x.free = append(x.free, place)
	x.length -= doc.length
}

// place finds room for one more document.
func (x *Index) place() uint32 {
	if last := len(x.free) - 1; last >= 0 {
		place := x.free[last]
		x.free = x.free[:last]
		return place
	}
	x.docs = append(x.docs, document{})
	return uint32(len(x.docs) - 1)
}

// insert notes the stems of a document, each as often as it is given.
func (x *Index) insert(p posting, stems []uint32) {
	x.postings = append(x.postings, make([][]posting, len(x.words.stems)-len(x.postings))...)
	slices.Sort(stems)
	for len(stems) > 0 {
		stem, times := stems[0], 1
		for times < len(stems) && stems[times] == stem {
			times++
		}
		at, _ := x.find(stem, p.doc)
		p.times = brief(times)
		x.postings[stem] = slices.Insert(x.postings[stem], at, p)
		stems = stems[times:]
	}
}

// find tells where the posting of a document stands, or would.
func (x *Index) find(stem, place uint32) (int, bool) {
	return slices.BinarySearchFunc(x.postings[stem], place, func(p posting, place uint32) int { return cmp.Compare(p.doc, place) })
}

func brief(n int) uint16 { return uint16(min(n, math.MaxUint16)) }

// distinct sorts numbers and leaves each once.
func distinct(numbers []uint32) []uint32 {
	slices.Sort(numbers)
	return slices.Clip(slices.Compact(numbers))
}
