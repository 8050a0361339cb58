package reuse_test

import (
	"bytes"
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
)

const shippedLine = "smartcity:A1~smartcity:B1"

func newLine(from, to reuse.Ref) reuse.Line {
	l := reuse.Line{From: from, To: to, Kinds: []string{"minutes", "decree"}, Strength: reuse.Possible}
	l.Why.ID = "dipakai  bersama "
	return l
}

func (k *room) line(t *testing.T, id string) reuse.Line {
	t.Helper()
	l, err := k.Line(coordinator(), id)
	if err != nil {
		t.Fatalf("%s: %v", id, err)
	}
	return l
}

func TestTheRegencyChangesItsMapping(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		id, err := k.Save(coordinator(), "", newLine(reuse.Ref{Of: "smartcity", Item: "a03"}, reuse.Ref{Of: "pemdi-2026", Item: "2"}))
		if err != nil || id != "smartcity:A3~pemdi-2026:I2" {
			t.Fatalf("added %q, %v", id, err)
		}
		l := k.line(t, id)
		if l.Origin() != "own" || l.Why.ID != "dipakai bersama" || !slices.Equal(l.Kinds, []string{"decree", "minutes"}) || l.Rev != 1 {
			t.Errorf("kept as %+v", l)
		}
		shipped := k.line(t, shippedLine)
		shipped.Strength, shipped.Why.ID = reuse.Possible, "baca dulu"
		if _, err := k.Save(coordinator(), shippedLine, shipped); err != nil {
			t.Fatal(err)
		}
		if l := k.line(t, shippedLine); l.Origin() != "changed" || l.Strength != reuse.Possible || l.Rev != 1 {
			t.Errorf("a shipped line is now %+v", l)
		}
		if _, err := k.Save(coordinator(), shippedLine, shipped); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision was saved: %v", err)
		}
		if err := k.Switch(coordinator(), shippedLine, true, 1); err != nil || !k.line(t, shippedLine).Off {
			t.Errorf("not off: %v", err)
		}
		if l := k.line(t, shippedLine); l.Why.ID != "baca dulu" {
			t.Errorf("switching lost the change: %+v", l)
		}
		if err := k.Switch(coordinator(), shippedLine, false, 1); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision was switched: %v", err)
		}
		if err := k.Switch(coordinator(), shippedLine, false, 2); err != nil || k.line(t, shippedLine).Off {
			t.Errorf("not on: %v", err)
		}
		all, err := k.Mapping(stranger())
		if err != nil || slices.ContainsFunc(all, func(l reuse.Line) bool { return l.Own || l.Changed || l.Off }) {
			t.Errorf("another regency sees the changes, %v", err)
		}
		for _, want := range []string{"reuse.map.add koordinator " + id, "reuse.map.edit koordinator " + shippedLine, "reuse.map.off", "reuse.map.on"} {
			if trail := k.trail(t); !strings.Contains(trail, want) {
				t.Errorf("the trail lacks %q: %s", want, trail)
			}
		}
	})
}

func TestWhatIsNoLine(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		sc, pemdi := reuse.Ref{Of: "smartcity", Item: "A1"}, reuse.Ref{Of: "pemdi", Item: "I2"}
		for name, c := range map[string]struct {
			ctx    context.Context
			change func(*reuse.Line)
			key    string
			field  string
		}{
			"an operator":            {operator("bap"), func(*reuse.Line) {}, "web.error.forbidden", ""},
			"unknown instrument":     {coordinator(), func(l *reuse.Line) { l.From.Of = "adipura" }, "reuse.error.of", "from_of"},
			"unknown question":       {coordinator(), func(l *reuse.Line) { l.To.Item = "I99" }, "reuse.error.no_item", "to_item"},
			"only the other year":    {coordinator(), func(l *reuse.Line) { l.From = reuse.Ref{Of: "smartcity-2022", Item: "F1"} }, "reuse.error.no_item", "from_item"},
			"no kind":                {coordinator(), func(l *reuse.Line) { l.Kinds = nil }, "reuse.error.kinds", "kinds"},
			"unknown kind":           {coordinator(), func(l *reuse.Line) { l.Kinds = []string{"scroll"} }, "reuse.error.kinds", "kinds"},
			"unknown strength":       {coordinator(), func(l *reuse.Line) { l.Strength = "pasti" }, "reuse.error.strength", "strength"},
			"no reason":              {coordinator(), func(l *reuse.Line) { l.Why.ID = " " }, "reuse.error.why", "why_id"},
			"a long reason":          {coordinator(), func(l *reuse.Line) { l.Why.EN = strings.Repeat("x", 301) }, "reuse.error.why", "why_en"},
			"a shipped pair":         {coordinator(), func(l *reuse.Line) { l.To = reuse.Ref{Of: "smartcity", Item: "B1"} }, "reuse.error.twice", ""},
			"a shipped pair, turned": {coordinator(), func(l *reuse.Line) { l.From, l.To = reuse.Ref{Of: "smartcity", Item: "B1"}, l.From }, "reuse.error.twice", ""},
		} {
			l := newLine(sc, pemdi)
			c.change(&l)
			if _, err := k.Save(c.ctx, "", l); keyOf(err, c.field) != c.key {
				t.Errorf("%s: %v, want %s", name, err, c.key)
			}
		}
		if _, err := k.Save(coordinator(), "tidak~ada", newLine(sc, pemdi)); !errs.Is(err, errs.NotFound) {
			t.Errorf("an unknown line: %v", err)
		}
		if err := k.Switch(operator("bap"), shippedLine, true, 0); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an operator switches: %v", err)
		}
	})
}

func tableOf(t testing.TB, body string) sheet.Table {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(body), int64(len(body)), "peta.csv", sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	return table
}

const heading = "dari_instrumen,dari_butir,ke_instrumen,ke_butir,jenis_bukti,kekuatan,alasan,alasan_inggris,keadaan\n"

func TestTheDownloadIsReadBackUnchanged(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		if _, err := k.Save(coordinator(), "", newLine(reuse.Ref{Of: "smartcity", Item: "A3"}, reuse.Ref{Of: "pemdi", Item: "I2"})); err != nil {
			t.Fatal(err)
		}
		if err := k.Switch(coordinator(), shippedLine, true, 0); err != nil {
			t.Fatal(err)
		}
		all, err := k.Mapping(leader())
		if err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		if err := sheet.WriteCSV(&b, reuse.Table(all)); err != nil {
			t.Fatal(err)
		}
		rows, err := reuse.ReadTable(tableOf(t, b.String()))
		if err != nil || len(rows) != len(all) {
			t.Fatalf("%d rows of %d lines, %v", len(rows), len(all), err)
		}
		added, changed, _, err := k.Import(coordinator(), rows)
		if err != nil || added != 0 || changed != 0 {
			t.Errorf("added %d, changed %d, %v", added, changed, err)
		}
	})
}

func TestATableIsWrittenWholeOrNotAtAll(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d, furnished())
		bad := heading + "smartcity,A3,pemdi,I2,notula,kuat,rapat,,\nsmartcity,Z9,pemdi,I2,notula,kuat,rapat,,\nspbe,1,pemdi,I2,gulungan,yakin,,,\npemdi,I2,smartcity,A3,notula,kuat,lagi,,\nspbe,1,pemdi,I1,keputusan,kuat,x,,entah\n"
		rows, err := reuse.ReadTable(tableOf(t, bad))
		if err != nil {
			t.Fatal(err)
		}
		_, _, checked, err := k.Import(coordinator(), rows)
		if keyOf(err, "") != "reuse.error.table_wrong" {
			t.Fatalf("written: %v", err)
		}
		wrong := map[int][]string{}
		for _, r := range checked {
			for _, m := range r.Wrong {
				wrong[r.N] = append(wrong[r.N], m.Key)
			}
		}
		for n, want := range map[int][]string{2: nil, 3: {"reuse.error.no_item"}, 4: {"reuse.error.kinds", "reuse.error.strength", "reuse.error.why"}, 5: {"reuse.error.row_twice"}, 6: {"reuse.error.state"}} {
			if !slices.Equal(wrong[n], want) {
				t.Errorf("line %d: %q, want %q", n, wrong[n], want)
			}
		}
		if _, err := k.Line(coordinator(), "smartcity:A3~pemdi:I2"); !errs.Is(err, errs.NotFound) {
			t.Errorf("half a table was written: %v", err)
		}
		good := "from_kind;from_item;to_kind;to_item;kinds;strength;why;why_en;state\nsmartcity;A3;pemdi;2;minutes, photo;strong;rapat;meeting;on\nsmartcity;B1;smartcity;A1;peraturan;kuat;dasar hukum;legal basis;mati\n"
		if rows, err = reuse.ReadTable(tableOf(t, good)); err != nil {
			t.Fatal(err)
		}
		if _, _, _, err := k.Import(operator("bap"), rows); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an operator imports: %v", err)
		}
		added, changed, _, err := k.Import(coordinator(), rows)
		if err != nil || added != 1 || changed != 1 {
			t.Fatalf("added %d, changed %d, %v", added, changed, err)
		}
		if l := k.line(t, "smartcity:A3~pemdi:I2"); l.Origin() != "own" || l.Why.EN != "meeting" || !slices.Equal(l.Kinds, []string{"minutes", "photo"}) {
			t.Errorf("added as %+v", l)
		}
		if l := k.line(t, shippedLine); !l.Off || !l.Changed || l.Why.EN != "legal basis" {
			t.Errorf("changed to %+v", l)
		}
	})
}

func TestTablesThatAreNone(t *testing.T) {
	t.Parallel()
	for body, key := range map[string]string{heading: "reuse.error.table_empty", "kode,nama\na,b\n": "reuse.error.table_column"} {
		if _, err := reuse.ReadTable(tableOf(t, body)); keyOf(err, "") != key {
			t.Errorf("%q: %v, want %s", body, err, key)
		}
	}
}

// FuzzReadTable feeds any table; what is read writes and reads again the same.
func FuzzReadTable(f *testing.F) {
	f.Add(heading + "smartcity,A3,pemdi,I2,notula,kuat,rapat,meeting,aktif\n")
	f.Add(heading + "spbe,1.0,iid,10a,\"peraturan|keputusan\",MUNGKIN,\"a\nb\",,mati\n")
	f.Add("from_kind;from_item;to_kind;to_item;kinds;strength;why\n;;;;;;\n=1;2;3;4;5;6;7\n")
	f.Fuzz(func(t *testing.T, body string) {
		table, err := sheet.Read(strings.NewReader(body), int64(len(body)), "x", sheet.Limits{Rows: 200, Cols: 40})
		if err != nil {
			return
		}
		rows, err := reuse.ReadTable(table)
		if err != nil {
			return
		}
		var lines []reuse.Line
		for _, r := range rows {
			lines = append(lines, r.Line)
		}
		again, err := reuse.ReadTable(sheet.Table{Rows: reuse.Table(lines)})
		if err != nil || len(again) != len(rows) {
			t.Fatalf("%d rows became %d, %v", len(rows), len(again), err)
		}
	})
}
