package similar

import (
	"fmt"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
)

func ids(hits []Hit) []string {
	found := []string{}
	for _, h := range hits {
		found = append(found, h.ID)
	}
	return found
}

func small() *Index {
	return filled([]Doc{
		{"b", "Lampu jalan tenaga surya", "Warga dusun memasang lampu di jalan kebun."},
		{"a", "Aduan lampu jalan padam", "Warga melaporkan penerangan yang mati."},
		{"c", "Bank sampah sekolah", "Murid memilah sampah plastik; pemilahan berhadiah."},
		{"d", "Edamame untuk ekspor", "Petani menjual edamame ke luar negeri, pelatihan di balai."},
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	x := small()
	for _, c := range []struct {
		name, query string
		want        []string
	}{
		{"other affixes", "pengaduan lampu yang dipadamkan", []string{"a", "b"}},
		{"other order", "padam lampu", []string{"a", "b"}},
		{"half a word", "edam", []string{"d"}},
		{"few letters", "pem", []string{"c"}},
		{"half a word behind others", "pemilahan plas", []string{"c"}},
		{"the last word is whole when a space follows", "pem ", []string{}},
		{"a letter left out", "edamme", []string{"d"}},
		{"two letters swapped", "smapah sekolah", []string{"c"}},
		{"the first letters are wrong", "pelattihan", []string{"d"}},
		{"one letter", "e", []string{}},
		{"joining words only", "yang di untuk", []string{}},
		{"nothing", " ", []string{}},
		{"a word that stands nowhere and looks like none", "helikopter", []string{}},
	} {
		if got := ids(x.Search(c.query, 5, nil)); !slices.Equal(got, c.want) {
			t.Errorf("%s: %q finds %v, want %v", c.name, c.query, got, c.want)
		}
	}
}

func TestLongQueries(t *testing.T) {
	t.Parallel()
	var strange strings.Builder
	for i := range 40 {
		fmt.Fprintf(&strange, "zzq%dx ", i)
	}
	for _, query := range []string{strange.String() + "memilah sampah ", strange.String() + strange.String() + "sampah", "sampah " + strings.Repeat(strange.String(), 50)} {
		if got := ids(small().Search(query, 5, nil)); !slices.Equal(got, []string{"c"}) {
			t.Errorf("found %v among many unknown words", got)
		}
	}
}

func TestTitleCountsMore(t *testing.T) {
	t.Parallel()
	x := filled([]Doc{{"text", "Kelas ibu", "Anak dan stunting"}, {"title", "Kelas stunting", "Anak dan ibu"}})
	if got := ids(x.Search("stunting", 2, nil)); got[0] != "title" {
		t.Errorf("first is %q", got[0])
	}
}

func TestScoresSayHowMuchWasFound(t *testing.T) {
	t.Parallel()
	x := small()
	part, whole := x.Search("bank ternak", 1, nil)[0].Score, x.Search("bank sampah", 1, nil)[0].Score
	if part <= 0 || part >= whole || whole > 1 {
		t.Errorf("scores %v for half of the query, %v for all of it", part, whole)
	}
}

func TestWordsOfAHitCanBeMarked(t *testing.T) {
	t.Parallel()
	x := small()
	hit := x.Search("pelaporan jalan di lampu pad", 1, nil)[0]
	if want := []string{"jalan", "lampu", "melaporkan", "padam"}; !slices.Equal(hit.Words, want) {
		t.Errorf("words %v, want %v", hit.Words, want)
	}
	got := Mark("Aduan LAMPU-jalan, padam!", hit.Words)
	want := []Part{{"Aduan ", false}, {"LAMPU", true}, {"-", false}, {"jalan", true}, {", ", false}, {"padam", true}, {"!", false}}
	if !reflect.DeepEqual(got, want) {
		t.Errorf("parts %v, want %v", got, want)
	}
}

func TestPutAgainAndRemove(t *testing.T) {
	t.Parallel()
	x := small()
	x.Put(Doc{"a", "Kelas menulis", "Santri menulis cerita."})
	if got := ids(x.Search("aduan padam", 5, nil)); len(got) != 0 {
		t.Errorf("the former words of a still find %v", got)
	}
	if got := ids(x.Search("penulisan cerita", 5, nil)); !slices.Equal(got, []string{"a"}) || x.Len() != 4 {
		t.Errorf("found %v of %d", got, x.Len())
	}
	for _, id := range []string{"a", "b", "b", "nobody", "c", "d"} {
		x.Remove(id)
	}
	if got := x.Search("cerita sampah edamame lampu", 5, nil); len(got) != 0 || x.Len() != 0 || x.length != 0 {
		t.Errorf("an empty index finds %v, has %d documents of length %d", got, x.Len(), x.length)
	}
	x.Put(Doc{"e", "Bank sampah", ""})
	if got := ids(x.Search("sampah", 5, nil)); !slices.Equal(got, []string{"e"}) || len(x.docs) != 4 {
		t.Errorf("found %v, %d places", got, len(x.docs))
	}
}

func TestKeepFiltersBeforeTheCut(t *testing.T) {
	t.Parallel()
	x := New()
	for i := range 500 {
		x.Put(Doc{fmt.Sprintf("%03d", i), "Bank sampah", strings.Repeat("sampah ", i%7)})
	}
	got := ids(x.Search("bank sampah", 3, func(id string) bool { return strings.HasSuffix(id, "99") }))
	if !slices.Contains(got, "499") || len(got) != 3 {
		t.Errorf("found %v", got)
	}
	if got := x.Search("bank sampah", 10_000, nil); len(got) != 500 {
		t.Errorf("asked for all, got %d", len(got))
	}
	if got := x.Search("bank sampah", 0, nil); len(got) != 0 {
		t.Errorf("asked for none, got %d", len(got))
	}
}

func TestOrderDoesNotDependOnHistory(t *testing.T) {
	t.Parallel()
	docs := crowd(t)[:2000]
	one, other := filled(docs), New()
	for _, d := range slices.Backward(docs) {
		other.Put(Doc{d.ID, "something", "else entirely"})
	}
	for i, d := range docs {
		if i%3 == 0 {
			other.Remove(d.ID)
		}
		other.Put(d)
	}
	for _, q := range judged(t, same) {
		if a, b := one.Search(q.query, 20, nil), other.Search(q.query, 20, nil); !reflect.DeepEqual(a, b) {
			t.Fatalf("%q finds %v in one, %v in the other", q.query, a, b)
		}
	}
}

func TestManyReadWhileOneWrites(t *testing.T) {
	t.Parallel()
	x := small()
	docs := crowd(t)[:300]
	var wait sync.WaitGroup
	for range 4 {
		wait.Go(func() {
			for range 100 {
				if x.Search("lampu jalan pad", 3, nil); x.Len() < 3 {
					t.Error("a document is lost")
				}
			}
		})
	}
	for _, d := range docs {
		x.Put(d)
		x.Remove(d.ID)
	}
	wait.Wait()
	if x.Len() != 4 {
		t.Errorf("%d documents, want 4", x.Len())
	}
}

func TestTerms(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"Pelayanan e-KTP, Jum'at 2026!":       "pelayanan e ktp jumat 2026",
		"'kutipan' Ma’ruf’":                   "kutipan maruf",
		"Café ＡＢＣ naïf":                       "cafe abc naif",
		"buruk\xffrupa \xc3":                  "buruk rupa",
		"":                                    "",
		"…—":                                  "",
		strings.Repeat("a", 100):              strings.Repeat("a", longest),
		"anak-anak/remaja\nlansia\tsampai_60": "anak anak remaja lansia sampai 60",
	} {
		if got := strings.Join(Terms(text), " "); got != want {
			t.Errorf("Terms(%q) = %q, want %q", text, got, want)
		}
	}
}
