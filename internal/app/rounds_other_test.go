package app

import (
	"archive/zip"
	"bytes"
	"context"
	"math/big"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/xuri/excelize/v2"

	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// yearOfOthers is a round of another instrument, played by its roles to the end.
type yearOfOthers struct {
	t                          *testing.T
	a                          *App
	ctx                        context.Context
	team, operator, head, desk *visitor
	pack                       *instrument.Pack
	round, dishub              string
}

func openOther(t *testing.T, packID string) *yearOfOthers {
	t.Helper()
	a := sampleHouse(t)
	y := &yearOfOthers{t: t, a: a, ctx: tenant.With(context.Background(), tenant.SystemOf(3509, "test")), team: signIn(t, a, "Koordinator Evaluasi", "id"), operator: signIn(t, a, "Operator Dishub", "id"),
		head: signIn(t, a, "Kepala Dishub", "id"), desk: signIn(t, a, "Meja Inovasi", "id")}
	var err error
	if y.pack, err = instrument.Find(packID); err != nil {
		t.Fatal(err)
	}
	agencies, err := a.Agencies.List(y.ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	for _, one := range agencies {
		if one.Code == dishub {
			y.dishub = one.ID
		}
	}
	res := y.do(y.team, "/evaluasi/baru", url.Values{"pack": {packID}, "title": {"Uji " + packID}, "year": {strconv.Itoa(y.pack.Year)}, "self_from": {days(-1)}, "self_to": {days(20)}})
	y.round = strings.Split(res.Header.Get("Location"), "/")[2]
	y.do(y.team, "/evaluasi/"+y.round+"/penugasan", url.Values{"codes": y.pack.Asked(), "lead": {y.dishub}})
	y.move(evaluation.Open)
	return y
}

func (y *yearOfOthers) do(v *visitor, path string, form url.Values) *http.Response {
	y.t.Helper()
	res, body := v.do("POST", path, form)
	if res.StatusCode != http.StatusSeeOther {
		y.t.Fatalf("%s: %d %s", path, res.StatusCode, errorsOf(body))
	}
	return res
}

func (y *yearOfOthers) move(to string) {
	y.t.Helper()
	r, err := y.a.Evaluation.Round(y.ctx, y.round)
	if err != nil {
		y.t.Fatal(err)
	}
	y.do(y.team, "/evaluasi/"+y.round+"/tahap", url.Values{"to": {to}, "rev": {strconv.FormatInt(r.Rev, 10)}, "reason": {"uji"}})
}

// answer takes every question over agency, head and team; mark gives the own mark, "" where it follows from evidence.
func (y *yearOfOthers) answer(mark func(code string) string) {
	for _, code := range y.pack.Asked() {
		path := "/evaluasi/" + y.round + "/soal/" + code
		rev := func() string {
			i, err := y.a.Evaluation.Item(y.ctx, y.round, code)
			if err != nil {
				y.t.Fatal(err)
			}
			return strconv.FormatInt(i.Rev, 10)
		}
		y.do(y.operator, path, url.Values{"rev": {rev()}, "answer": {"Jawaban " + code}, "mark": {mark(code)}, "do": {"submit"}})
		y.do(y.head, path+"/setujui", url.Values{"rev": {rev()}})
		y.do(y.team, path+"/terima", url.Values{"rev": {rev()}})
	}
}

func (y *yearOfOthers) get(path string) []byte {
	y.t.Helper()
	res, body := y.team.do("GET", path, nil)
	if res.StatusCode != http.StatusOK {
		y.t.Fatalf("%s: %d", path, res.StatusCode)
	}
	return []byte(body)
}

// sheets reads an exported book: sheet -> rows.
func (y *yearOfOthers) sheets() map[string][][]string {
	y.t.Helper()
	f, err := excelize.OpenReader(bytes.NewReader(y.get("/evaluasi/" + y.round + "/evaluasi.xlsx")))
	if err != nil {
		y.t.Fatal(err)
	}
	defer f.Close()
	out := map[string][][]string{}
	for _, name := range f.GetSheetList() {
		if out[name], err = f.GetRows(name); err != nil {
			y.t.Fatal(err)
		}
	}
	return out
}

func (y *yearOfOthers) files() []string {
	y.t.Helper()
	data := y.get("/evaluasi/" + y.round + "/bukti.zip")
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		y.t.Fatal(err)
	}
	var out []string
	for _, f := range z.File {
		out = append(out, f.Name)
	}
	return out
}

func has(names []string, prefix string) bool {
	return slices.ContainsFunc(names, func(n string) bool { return strings.HasPrefix(n, prefix) })
}

// finish ends the round and enters the letter; the result page shows the published index beside the computed one.
func (y *yearOfOthers) finish(index *big.Rat) {
	y.t.Helper()
	y.move(evaluation.Assess)
	y.move(evaluation.Done)
	printed := instrument.Decimal(index, 2)
	y.do(y.team, "/hasil/"+y.round+"/surat", url.Values{"rev": {"0"}, "letter": {"UJI/1"}, "date": {time.Now().Format(time.DateOnly)}, "index": {printed}})
	body := string(y.get("/hasil/" + y.round))
	shown := strings.Replace(printed, ".", ",", 1)
	if !strings.Contains(body, "UJI/1") || !strings.Contains(body, shown) || !strings.Contains(body, "pembulatan") {
		y.t.Errorf("the result page lacks the letter, %s or the explained difference", shown)
	}
}

// TestAPemdiRoundRunsToTheEnd: levels follow from accepted evidence in slots, a gap holds a level back, phases make the
// final index, the export has the official slot names.
func TestAPemdiRoundRunsToTheEnd(t *testing.T) {
	t.Parallel()
	y := openOther(t, "pemdi-2026")
	var proofs []evidence.SampleItem
	for _, code := range y.pack.Asked() {
		q, _, _ := y.pack.Question(code)
		for _, slot := range q.Slots {
			// Every indicator reaches level 2, except I13 whose first level lacks a proof, so that its level 2 does not count.
			if slot.Level > 2 || code == "I13" && slot.Level == 1 && slot.Code == q.Slots[0].Code {
				continue
			}
			id := "uji-" + slot.Code
			proofs = append(proofs, evidence.SampleItem{Item: evidence.Item{ID: id, Title: "Berkas " + slot.Code, Kind: "report", Agency: y.dishub, Confidentiality: "internal", State: evidence.Accepted, URL: "https://contoh.example/" + id, CreatedAt: 1, ChangedAt: 1, Rev: 1},
				Links: []proof.Place{proof.OfRound(y.round).At(code, slot.Code)}})
		}
	}
	if err := y.a.Evidence.Sample(y.ctx, proofs); err != nil {
		t.Fatal(err)
	}
	if list := string(y.get("/evaluasi/" + y.round)); strings.Count(list, `<b class="num">2</b>`) < 10 || !strings.Contains(list, `<b class="num">0</b>`) {
		t.Error("the list of questions lacks the levels that evidence reaches before anybody answers")
	}
	y.answer(func(code string) string {
		if q, _, _ := y.pack.Question(code); q.External {
			return "2,5"
		}
		return ""
	})
	if i, err := y.a.Evaluation.Item(y.ctx, y.round, "I13"); err != nil || i.SelfMark != "0" {
		t.Errorf("I13 reached %q, want 0: level 1 is not complete (%v)", i.SelfMark, err)
	}
	y.move(evaluation.Locked)
	document := y.index()
	for _, phase := range []string{"interview", "visit"} {
		form := url.Values{}
		for _, code := range y.pack.Asked() {
			form.Set("p_"+code, "3")
		}
		y.do(y.team, "/evaluasi/"+y.round+"/fase/"+phase, form)
	}
	final := new(big.Rat).Mul(document, big.NewRat(2, 5))
	final.Add(final, big.NewRat(9, 5)) // 3 in 60 %
	if got := y.index(); got.Cmp(final) != 0 {
		t.Errorf("final %s, want %s from document %s", got.RatString(), final.RatString(), document.RatString())
	}
	y.checkSlots()
	y.finish(final)
}

func (y *yearOfOthers) index() *big.Rat {
	y.t.Helper()
	r, err := y.a.Evaluation.Round(y.ctx, y.round)
	if err != nil {
		y.t.Fatal(err)
	}
	result, err := y.a.Evaluation.Evaluate(y.ctx, r, true)
	if err != nil || result.Index == nil {
		y.t.Fatalf("no index: %v, missing %v", err, result.Missing)
	}
	return result.Index
}

// checkSlots opens the exports: each slot once with its state, files named by slot.
func (y *yearOfOthers) checkSlots() {
	y.t.Helper()
	rows, want := y.sheets()["Slot bukti"], 0
	for _, code := range y.pack.Asked() {
		q, _, _ := y.pack.Question(code)
		want += len(q.Slots)
	}
	if len(rows) != want+1 {
		y.t.Errorf("%d slots in the export, want %d", len(rows)-1, want)
	}
	found := false
	for _, row := range rows {
		if len(row) > 8 && row[3] == "TD_01_01" {
			found = true
			if row[0] != "I1" || row[7] != "diterima" || row[8] != "Berkas TD_01_01" {
				y.t.Errorf("slot row %v", row)
			}
		}
	}
	if names := y.files(); !found || !has(names, "I1/TD_01_01-1_Berkas TD_01_01") {
		y.t.Errorf("TD_01_01 is not in the exports: %v", names[:min(len(names), 8)])
	}
}

// TestAnIIDRoundRunsToTheEnd: regency items over the agencies, innovations from the register, locked as they stand, exports
// with the official numbers.
func TestAnIIDRoundRunsToTheEnd(t *testing.T) {
	t.Parallel()
	y := openOther(t, "iid-2026")
	y.answer(func(string) string { return "3" })
	board, err := y.a.Score.Board(y.ctx)
	if err != nil || board.Round.ID != y.round {
		t.Fatalf("the index uses round %q: %v", board.Round.ID, err)
	}
	if want := big.NewRat(63, 1); board.Result.Divided.Regency.Cmp(want) != 0 {
		t.Errorf("regency items sum to %s, want 63", board.Result.Divided.Regency.RatString())
	}
	y.move(evaluation.Locked)
	if err := y.a.Jobs.RunDue(y.ctx); err != nil {
		t.Fatal(err)
	}
	locked := y.index()
	if locked.Cmp(board.Result.Index) != 0 {
		t.Errorf("locked at %s, the board said %s", locked.RatString(), board.Result.Index.RatString())
	}
	y.changeAfterLock()
	if now := y.index(); now.Cmp(locked) != 0 {
		t.Errorf("later work changed the locked index from %s to %s", locked.RatString(), now.RatString())
	}
	sheets := y.sheets()
	regency, rows, items := sheets["Penilaian mandiri"], sheets["Inovasi"], sheets["Butir inovasi"]
	if n := board.Result.Divided.N; len(rows) != n+1 || len(items) != 20*n+1 || len(rows[0]) != 26 {
		t.Errorf("%d innovations and %d items of them in the export, want %d and %d; %d columns", len(rows)-1, len(items)-1, n, 20*n, len(rows[0]))
	}
	if len(regency) != len(y.pack.Asked())+1 {
		t.Errorf("%d regency rows, sheets %v", len(regency)-1, len(sheets))
	}
	if names := y.files(); !has(names, "inovasi-") {
		t.Errorf("no folder of an innovation in the package: %v", names[:min(len(names), 8)])
	}
	y.finish(locked)
}

// changeAfterLock raises an item of an innovation that counts.
func (y *yearOfOthers) changeAfterLock() {
	y.t.Helper()
	for _, n := range y.board() {
		y.do(y.desk, "/inovasi/"+n+"/skor/16", url.Values{"points": {"3"}, "rev": {y.claimRev(n, "16")}})
		if err := y.a.Evidence.Hang(y.ctx, proof.OfInnovation(n).At("16", ""), "bukti-sk-tim", ""); err != nil {
			y.t.Fatal(err)
		}
	}
}

func (y *yearOfOthers) board() []string {
	b, err := y.a.Score.Board(y.ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	var out []string
	for _, e := range b.Sheet.Entries {
		out = append(out, e.ID)
	}
	return out
}

func (y *yearOfOthers) claimRev(id, item string) string {
	b, err := y.a.Score.Board(y.ctx)
	if err != nil {
		y.t.Fatal(err)
	}
	row, _ := b.Row(id)
	for _, it := range row.Items {
		if it.Question.Code == item {
			return strconv.FormatInt(it.Claim.Rev, 10)
		}
	}
	return "0"
}

// TestOneFileServesThreeInstruments: the sample decree is linked in a smart-city round, an innovation and Pemdi; its page
// names all three.
func TestOneFileServesThreeInstruments(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	v := signIn(t, a, "Koordinator Evaluasi", "id")
	_, body := v.do("GET", "/bukti/bukti-sk-tim", nil)
	for _, want := range []string{"Evaluasi kota cerdas", "Lapor Lubang Satu Foto", "Pemdi 2026", "TD_01_01"} {
		if !strings.Contains(body, want) {
			t.Errorf("the page of the file lacks %q", want)
		}
	}
}
