package similar

import (
	"encoding/csv"
	"fmt"
	"math/rand/v2"
	"os"
	"strings"
	"testing"
)

// many is how many innovations a large host keeps.
const many = 20_000

// table reads a CSV file of testdata without its head.
func table(t testing.TB, name string) [][]string {
	t.Helper()
	f, err := os.Open("testdata/" + name)
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	return rows[1:]
}

// innovations are the ones written by hand, which the judged list expects.
func innovations(t testing.TB) []Doc {
	t.Helper()
	var docs []Doc
	for _, row := range table(t, "innovations.csv") {
		docs = append(docs, Doc{row[0], row[1], row[2]})
	}
	return docs
}

// maker makes innovations out of parts of sentences: the same words, places and remedies as the ones written by hand.
type maker struct {
	rnd   *rand.Rand
	parts map[string][]string
	keys  []string // words of the innovations written by hand
}

func newMaker(t testing.TB) maker {
	t.Helper()
	text, err := os.ReadFile("testdata/parts.txt")
	if err != nil {
		t.Fatal(err)
	}
	m := maker{rand.New(rand.NewPCG(3, 20_000)), map[string][]string{}, nil}
	for _, d := range innovations(t) {
		m.keys = append(m.keys, Terms(d.Title+" "+d.Text)...)
	}
	for line := range strings.Lines(string(text)) {
		if kind, words, ok := strings.Cut(strings.TrimSpace(line), ": "); ok && !strings.HasPrefix(line, "#") {
			m.parts[kind] = append(m.parts[kind], words)
		}
	}
	return m
}

func (m maker) one(kind string) string { return m.parts[kind][m.rnd.IntN(len(m.parts[kind]))] }

// fill writes one subject and one kind of people into a part of a sentence.
func (m maker) fill(part, subject, people string) string {
	for strings.Contains(part, "{n}") {
		part = strings.Replace(part, "{n}", fmt.Sprint(2+m.rnd.IntN(400)), 1)
	}
	return strings.NewReplacer("{u}", subject, "{s}", people, "{t}", m.one("tempat")).Replace(part)
}

// name makes up a name as innovations bear them (SIGAPTA, LEMADU); there are thousands of them.
func (m maker) name() string {
	syllables := strings.Fields("SI GA PE TA RI MA DU LA NA KU BE SA MO TRI JA WI RA GO CER DAS TAN GUH PA KET SE LO KA BI LE NDA PRI HU")
	var b strings.Builder
	for range 2 + m.rnd.IntN(3) {
		b.WriteString(syllables[m.rnd.IntN(len(syllables))])
	}
	return b.String()
}

// slip mistypes about one word in two hundred, as people do.
func (m maker) slip(text string) string {
	words := strings.Fields(text)
	for i, w := range words {
		if len(w) > 4 && m.rnd.IntN(200) == 0 {
			at := 1 + m.rnd.IntN(len(w)-2)
			words[i] = w[:at] + w[at+1:]
		}
	}
	return strings.Join(words, " ")
}

// doc makes one innovation of about eighty words.
func (m maker) doc(id string) Doc {
	subject, people := m.one("urusan"), m.one("sasaran")
	title := fmt.Sprintf("%s: %s %s %s", m.name(), subject, m.one("cara"), m.one("cara"))
	if m.rnd.IntN(3) == 0 {
		title = fmt.Sprintf("%s %s bagi %s", m.name(), subject, people)
	}
	var text []string
	for _, kind := range []string{"masalah", "masalah", "masalah", "gagasan", "gagasan", "gagasan", "hasil", "hasil"} {
		text = append(text, m.fill(m.one(kind), subject, people))
	}
	text = append(text, "Kata kunci")
	for range 6 {
		text[len(text)-1] += " " + m.keys[m.rnd.IntN(len(m.keys))]
	}
	return Doc{id, title, m.slip(strings.Join(text, ". ") + ".")}
}

// crowd gives twenty thousand innovations, the ones written by hand scattered among them.
func crowd(t testing.TB) []Doc {
	t.Helper()
	m := newMaker(t)
	docs := innovations(t)
	for i := len(docs); i < many; i++ {
		docs = append(docs, m.doc(fmt.Sprintf("g%05d", i)))
	}
	m.rnd.Shuffle(len(docs), func(i, j int) { docs[i], docs[j] = docs[j], docs[i] })
	return docs
}

// filled puts documents into an index.
func filled(docs []Doc) *Index {
	x := New()
	for _, d := range docs {
		x.Put(d)
	}
	return x
}
