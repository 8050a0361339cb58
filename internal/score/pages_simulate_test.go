package score_test

import (
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestASimulationLivesInItsAddress(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	path := "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A3&ubah=%3A12%3A3"
	doc := v.page(t, leader(), "id", path)
	sim := v.board(t).Simulate([]score.Change{{Entry: "i000", Item: "34", Points: 3}, {Item: "12", Points: 3}}, []string{"i001"}, []string{"draft"})
	if want := strings.Replace(sim.Then.Index.FloatString(2), ".", ",", 1); words(doc.Find(".stat").Eq(1).Find("dd").First()) != want {
		t.Errorf("then %s, want %s", words(doc.Find(".stat").Eq(1)), want)
	}
	// Every part has a way out; taking all of them leads back to the plain page.
	seen := 0
	for next := path; ; seen++ {
		out := v.page(t, leader(), "id", next).Find("section[aria-labelledby=h-ubah] li a.btn")
		if out.Length() == 0 {
			break
		}
		if next = out.First().AttrOr("href", ""); seen > 4 {
			t.Fatal("a part stays")
		}
	}
	if seen != 4 {
		t.Errorf("%d parts", seen)
	}
	// The form carries everything on, and its redirect holds the same and one more.
	kept := doc.Find("form.filters input[type=hidden]")
	if kept.Length() != 4 {
		t.Errorf("%d parts kept", kept.Length())
	}
	add := func(query string, want int) (string, string) {
		t.Helper()
		status, body, header := v.call(t, leader(), "GET", path+query, "")
		if status != want {
			t.Fatalf("%s: %d %.200s", query, status, body)
		}
		return header.Get("Location"), body
	}
	if to, _ := add("&inovasi=i002&butir=16&poin=3", http.StatusSeeOther); to != "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A3&ubah=%3A12%3A3&ubah=i002%3A16%3A3" {
		t.Errorf("one more: %s", to)
	}
	if to, _ := add("&inovasi=i000&butir=34&poin=1", http.StatusSeeOther); to != "/iid/simulasi?tambah=draft&tanpa=i001&ubah=i000%3A34%3A1&ubah=%3A12%3A3" {
		t.Errorf("the same item again: %s", to)
	}
	if to, _ := add("&inovasi=i000&butir=2a&poin=2", http.StatusSeeOther); !strings.HasSuffix(to, "ubah=%3A2a%3A2") {
		t.Errorf("an item of the regency: %s", to)
	}
	if _, body := add("&inovasi=&butir=16&poin=3", http.StatusUnprocessableEntity); !strings.Contains(body, "Pilih inovasinya") || checked(t, "id", path, body).Find("#butir option[selected]").AttrOr("value", "") != "16" {
		t.Error("an item without its innovation")
	}
	if _, body := add("&inovasi=i000&butir=16&poin=9", http.StatusUnprocessableEntity); !strings.Contains(body, "tingkat 0 sampai 3") {
		t.Error("a level that does not exist")
	}
}

func TestWhatASimulationLeavesOutIsSaid(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	doc := v.page(t, leader(), "id", "/iid/simulasi?ubah=i000:99:1&ubah=x&tanpa=hantu&tanpa=draft&tambah=i000&tanpa=i001&tanpa=i001")
	if text := words(doc.Find(".note")); !strings.Contains(text, "5 bagian alamat ini tidak dikenal") {
		t.Errorf("%s", text)
	}
	doc = v.page(t, leader(), "id", "/iid/simulasi?ubah=draft:16:3")
	link := doc.Find("section[aria-labelledby=h-ubah] li a").First().AttrOr("href", "")
	if link != "/iid/simulasi?tambah=draft&ubah=draft%3A16%3A3" || !strings.Contains(words(doc.Find("section[aria-labelledby=h-ubah]")), "belum dihitung") {
		t.Errorf("a change of what does not count: %s", link)
	}
	var long strings.Builder
	for _, it := range v.board(t).Rows[0].Items {
		for _, id := range []string{"i000", "i001", "i002"} {
			fmt.Fprintf(&long, "&ubah=%s:%s:3", id, it.Question.Code)
		}
	}
	doc = v.page(t, leader(), "id", "/iid/simulasi?"+long.String()[1:])
	if doc.Find("section[aria-labelledby=h-ubah] li").Length() != 40 || !strings.Contains(words(doc.Find(".note")), "20 bagian") {
		t.Errorf("too many changes: %d", doc.Find("section[aria-labelledby=h-ubah] li").Length())
	}
	if status, body, _ := v.call(t, leader(), "GET", "/iid/simulasi?"+long.String()[1:]+"&inovasi=i003&butir=16&poin=1", ""); status != http.StatusUnprocessableEntity || !strings.Contains(body, "Paling banyak 40") {
		t.Errorf("one more: %d", status)
	}
	v.w.several(30)
	if doc := v.page(t, leader(), "id", "/iid/simulasi"); doc.Find("section[aria-labelledby=h-lepas] li").Length() != 12 || doc.Find("a[href='/iid/simulasi?semua=ya']").Length() != 1 {
		t.Error("a long list is not cut")
	}
	if doc := v.page(t, leader(), "id", "/iid/simulasi?semua=ya"); doc.Find("section[aria-labelledby=h-lepas] li").Length() != 30 {
		t.Error("the whole list is not shown")
	}
}

func TestStepsAsATable(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 6))
	v.w.change("i000", func(f *score.Fact) { f.Title = "=HYPERLINK(0)" })
	status, body, header := v.call(t, leader(), "GET", "/iid/langkah.csv", "")
	if status != http.StatusOK || !strings.Contains(header.Get("Content-Disposition"), "langkah-iid.csv") || !strings.HasPrefix(header.Get("Content-Type"), "text/csv") {
		t.Fatalf("%d %v", status, header)
	}
	rows, err := csv.NewReader(strings.NewReader(strings.TrimPrefix(body, "\ufeff"))).ReadAll()
	all := v.board(t).Steps("", 0)
	if err != nil || len(rows) != len(all)+1 || len(rows[0]) != 10 || rows[0][0] != "Urutan" {
		t.Fatalf("%d rows of %d steps, %v", len(rows), len(all), err)
	}
	for n, st := range all {
		row := rows[n+1]
		if row[0] != fmt.Sprint(n+1) || !strings.HasPrefix(row[2], st.Item+" ") || row[3] != fmt.Sprint(st.From) || row[4] != fmt.Sprint(st.To) || row[7] != fmt.Sprint(st.Effort) || strings.Contains(row[5], ".") || strings.HasPrefix(row[1], "=") {
			t.Fatalf("row %d is %v, the step %+v", n, row, st)
		}
	}
}

// TestASimulationOfManyInnovationsStaysSmall turns the pages of a long list and finds an innovation that is not among those offered.
func TestASimulationOfManyInnovationsStaysSmall(t *testing.T) {
	t.Parallel()
	v := doorOf(t, furnished(t, storetest.SQLite(t), 90))
	drops := "section[aria-labelledby=h-lepas] li"
	seen := 0
	for next := "?semua=ya"; next != ""; {
		doc := v.page(t, leader(), "id", "/iid/simulasi"+next)
		n := doc.Find(drops).Length()
		if n > 40 || n == 0 || doc.Find("#inovasi option").Length() > 61 {
			t.Fatalf("%s: %d rows, %d to choose from", next, n, doc.Find("#inovasi option").Length())
		}
		seen += n
		next = doc.Find("nav.pager a[rel=next]").AttrOr("href", "")
	}
	if seen != 90 {
		t.Errorf("%d innovations on all pages, want 90", seen)
	}
	doc := v.page(t, leader(), "id", "/iid/simulasi?cari="+url.QueryEscape(v.board(t).Rows[89].Fact.Title)+"&tanpa=i001")
	if n := doc.Find(drops).Length(); n == 0 || n > 12 || doc.Find("form[role=search] input[name=tanpa]").Length() != 1 {
		t.Errorf("looking for a title: %d rows", n)
	}
}
