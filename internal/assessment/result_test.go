package assessment_test

import (
	"encoding/json"
	"fmt"
	"math/big"
	"net/http"
	"slices"
	"strings"
	"testing"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

const marksHead = "item,entry,assessor,value\n"

// malang are the published marks of Kabupaten Malang 2022 (letter B-1004/DJAI/AI.01.04/12/2022), question by question.
func malang() string {
	var b strings.Builder
	b.WriteString(marksHead)
	for _, c := range []struct{ code, marks string }{{"A", "2 1 2 1 1"}, {"B", "2 1 2 2.75 1 1 1"},
		{"C", "2.75 4 4 1 3 3.5 2 3 2 3 3 2 3.5 3 3 4 4 3.25 2 3.25 4 4 4 4 2 3 4 1 1.25 2 2"}, {"D", "2.25 2 3 3"}, {"E", "2.25 3 2.75 4 3 2.75 3 2.5 3.75 3.75 2.5 3.75"}} {
		for i, mark := range strings.Fields(c.marks) {
			fmt.Fprintf(&b, "%s%d,,,%s\n", c.code, i+1, mark)
		}
	}
	return b.String()
}

func TestMalang2022FromTheLetter(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		if n, err := k.ImportMarks(coordinator(), "r", malang()); err != nil || n != 59 {
			t.Fatalf("%d marks, %v", n, err)
		}
		printed := map[string]string{"A": "1,40", "B": "1,54", "C": "2,92", "D": "2,56", "E": "3,08"}
		if err := k.Publish(coordinator(), assessment.Published{Round: "r", Letter: "B-1004/DJAI/AI.01.04/12/2022", Date: k.clock.ms(), Index: "2,51", Components: printed}); err != nil {
			t.Fatal(err)
		}
		r, err := k.Result(coordinator(), "r")
		if err != nil {
			t.Fatal(err)
		}
		for _, c := range r.Sum.Components {
			if got := instrument.Decimal(c.Value, 2); got != strings.Replace(printed[c.Code], ",", ".", 1) || r.Published.Components[c.Code] == "" {
				t.Errorf("component %s = %s, printed %s", c.Code, got, printed[c.Code])
			}
		}
		diff, explained := r.Difference()
		if diff == nil || !explained || new(big.Rat).Abs(diff).Cmp(big.NewRat(15, 1000)) > 0 || instrument.Decimal(r.Sum.Index, 4) != "2.5042" {
			t.Errorf("index %s, difference %v, explained %v", instrument.Decimal(r.Sum.Index, 4), diff, explained)
		}
		if err := k.Publish(coordinator(), assessment.Published{Round: "r", Letter: "lain", Date: 1, Index: "4"}); !errs.Is(err, errs.Conflict) {
			t.Errorf("the letter was overwritten: %v", err)
		}
		k.supersedeMarks(t, "r", " ")
		if r, _ = k.Result(coordinator(), "r"); r.Sum.Index != nil || r.Source != assessment.FromMarks || r.Official() == nil {
			t.Errorf("without marks: %v from %s, official %v", r.Sum.Index, r.Source, r.Official())
		}
		for name, err := range map[string]error{"operator": second(k.ImportMarks(operator(), "r", malang())), "leader": k.Publish(leader(), assessment.Published{Round: "r"})} {
			if !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

func second(_ int, err error) error { return err }

func TestMarksFromALetterAndFromAssessorsDoNotMix(t *testing.T) {
	t.Parallel()
	each(t, func(t *testing.T, k *desk) {
		k.invite(t, "p1")
		k.give(t, "p1", "A1", "3")
		if _, err := k.ImportMarks(coordinator(), "r", malang()); !errs.Is(err, errs.Conflict) {
			t.Errorf("both: %v", err)
		}
		for _, in := range []string{"x", marksHead + "A1,,,2\nA1,,,3\n", marksHead + "Z1,,,2\n", marksHead + "A,,,2\nA1,,,2\n", "item,value\nA1,2\n"} {
			if _, err := k.ImportMarks(coordinator(), "tua", in); !errs.Is(err, errs.Invalid) {
				t.Errorf("%q: %v", in, err)
			}
		}
	})
}

// TestTheServiceAndTheCommandLineAgree reads the answer of the API and compares it with the instrument to the last digit.
func TestTheServiceAndTheCommandLineAgree(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.invite(t, "p1", "p2", "p3")
	p, err := instrument.Find(kppn)
	if err != nil {
		t.Fatal(err)
	}
	var marks []instrument.Mark
	for n, user := range []string{"p1", "p2", "p3"} {
		for i, code := range p.Codes() {
			value := []string{"0", "1.333333333333", "2.5", "3", "4"}[(i+2*n)%5]
			v.give(t, user, code, value)
			m, _ := p.ParseMark(value)
			marks = append(marks, instrument.Mark{Item: code, Assessor: user, Value: m})
		}
	}
	want := p.Evaluate(marks, instrument.Options{})
	v.state("r", "done")
	status, body, _ := v.call(t, in(operator(), "en"), "GET", "/api/v1/rounds/r/result", "")
	var got struct {
		Instrument, Index string
		Components        []struct{ Code, Name, Weight, Value string }
		Answered          int
		Missing           []string
	}
	if err := json.Unmarshal([]byte(body), &got); err != nil || status != http.StatusOK {
		t.Fatalf("%d %s %v", status, body, err)
	}
	if got.Instrument != kppn || got.Index != instrument.Decimal(want.Index, 12) || got.Answered != 59 || got.Missing == nil || len(got.Missing) != 0 {
		t.Errorf("got %s, want %s; %+v", got.Index, instrument.Decimal(want.Index, 12), got)
	}
	for i, c := range want.Components {
		one := got.Components[i]
		if one.Code != c.Code || one.Name != c.Name.EN || one.Weight != strings.TrimSuffix(c.Weight.FloatString(0), ".") || one.Value != instrument.Decimal(c.Value, 12) {
			t.Errorf("component %+v, want %s", one, instrument.Decimal(c.Value, 12))
		}
	}
}

// TestEveryMarkStandsUnderWhoGaveIt leaves a gap where an assessor gave no mark.
func TestEveryMarkStandsUnderWhoGaveIt(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.invite(t, "p1", "p2")
	v.give(t, "p1", "A1", "4")
	v.give(t, "p2", "A2", "2.5")
	if _, err := v.Save(marker("p2"), "r", assessment.Entry{Item: "A1", Value: "1", Comment: "Kurang <b>bukti</b>", Submit: true}); err != nil {
		t.Fatal(err)
	}
	row := func(doc *goquery.Document, code string) []string {
		var out []string
		doc.Find("section[aria-labelledby=h-q-A] tbody tr").Each(func(_ int, tr *goquery.Selection) {
			if tr.Find("th .num").Text() == code {
				tr.Find("td").Each(func(_ int, td *goquery.Selection) { out = append(out, strings.TrimSpace(td.Text())) })
			}
		})
		return out
	}
	doc := v.page(t, in(coordinator(), "id"), "/hasil/r")
	if got := row(doc, "A2"); !slices.Equal(got, []string{"–", "2,5", "2,5", "0/0"}) {
		t.Errorf("A2: %v", got)
	}
	if got := row(doc, "A1"); !slices.Equal(got, []string{"4", "1", "2,5", "1/2"}) {
		t.Errorf("A1: %v", got)
	}
	if !strings.Contains(doc.Text(), "Kurang <b>bukti</b>") {
		t.Error("the remark is not shown as it was written")
	}
	if got := row(v.page(t, in(operator(), "id"), "/hasil/r"), "A1"); !slices.Equal(got, []string{"–", "–", "–", "1/2"}) {
		t.Errorf("an agency sees the running assessment: %v", got)
	}
}

func TestASimulationSaysSoAndChangesNothing(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	if _, err := v.ImportMarks(coordinator(), "r", malang()); err != nil {
		t.Fatal(err)
	}
	for _, lang := range i18n.Languages() {
		doc := v.page(t, in(leader(), lang), "/hasil/r/simulasi?n_A1=4&n_A2=4")
		label := map[string]string{"id": "Simulasi, bukan nilai resmi", "en": "Simulation, not an official"}[lang]
		if n := strings.Count(doc.Find("main").Text(), label); n < 2 {
			t.Errorf("%s: said %d times", lang, n)
		}
	}
	r, err := v.Result(leader(), "r")
	if err != nil || instrument.Decimal(r.Sum.Index, 4) != "2.5042" {
		t.Errorf("after simulating: %s %v", instrument.Decimal(r.Sum.Index, 4), err)
	}
	sim, err := v.Simulate(leader(), r, map[string]string{"A1": "4", "A2": "4", "B1": ""})
	if err != nil || instrument.Decimal(sim.Delta(), 4) != "0.1000" || !slices.Equal(sim.Changed, []string{"A1", "A2"}) {
		t.Errorf("five more marks of five at 10 percent are 0.1: %s, %v, %v", instrument.Decimal(sim.Delta(), 4), sim.Changed, err)
	}
	status, body, _ := v.call(t, in(leader(), "id"), "GET", "/hasil/r/simulasi?n_A1=9", "")
	if status != http.StatusUnprocessableEntity || !strings.Contains(body, `value="9"`) {
		t.Errorf("a mark of 9: %d", status)
	}
}

func TestYearsAreComparedOnlyWithinOneInstrument(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.furnish(t)
	if err := v.Publish(coordinator(), assessment.Published{Round: "r", Letter: "B-2", Date: v.clock.ms(), Index: "2.51"}); err != nil {
		t.Fatal(err)
	}
	if _, err := v.Years(leader()); err != nil {
		t.Fatal(err)
	}
	asked := 0
	stop := v.DB.Trace(func(string) { asked++ })
	all, err := v.Years(leader())
	if stop(); asked > 2+len(v.x.all) {
		t.Errorf("%d statements for %d rounds that are known: want the letters in one, and one a round", asked, len(v.x.all))
	}
	if err != nil || len(all) != 2 || all[0].Round.ID != "tua" || all[1].Official().RatString() != "251/100" {
		t.Fatalf("years: %d %v", len(all), err)
	}
	text := v.page(t, in(leader(), "id"), "/hasil").Find("main").Text()
	for _, want := range []string{"3,31", "3,315", "2,51", "−0,80", "instrumen berbeda"} {
		if !strings.Contains(text, want) {
			t.Errorf("the list of years does not say %s", want)
		}
	}
}

func TestTheLeaderReadsItAtAGlance(t *testing.T) {
	t.Parallel()
	v := doorOf(t, open(t, storetest.SQLite(t)))
	v.furnish(t)
	v.supersedeMarks(t, "tua", "")
	v.x.all[2].Pack = kppn
	v.supersedeMarks(t, "tua", malang())
	doc := v.page(t, in(leader(), "id"), "/papan")
	text := doc.Find("main").Text()
	for _, want := range []string{"3,31", "Permintaan bukti A1", "Dishub", "Lewat 2 hari", "Cadangan tidak terbukti", "Pekerjaan 0", "Hitungan sendiri"} {
		if !strings.Contains(text, want) {
			t.Errorf("the board does not say %q", want)
		}
	}
	if n := doc.Find("section[aria-labelledby=h-lemah] tbody tr").Length(); n != 6 {
		t.Errorf("%d weakest questions", n)
	}
	v.x.proofAt = v.clock.ms() - 47*oneDay/24
	if text := v.page(t, in(leader(), "id"), "/papan").Find("main").Text(); strings.Contains(text, "Cadangan tidak terbukti") {
		t.Error("a restore of 47 hours ago is called unproven")
	}
	if status, _, _ := v.call(t, tenant.From(operator()), "GET", "/papan", ""); status != http.StatusForbidden {
		t.Errorf("an operator reads the board: %d", status)
	}
}
