package app

import (
	"bytes"
	"context"
	"fmt"
	"math/big"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"

	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestAnIdeaBecomesAnAdoptedInnovation plays the whole way of an innovation in a browser: idea -> answered -> trial -> live ->
// evidence -> the index rises by exactly the simulated gain -> sent -> adopted by a second agency -> replication rises.
func TestAnIdeaBecomesAnAdoptedInnovation(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang   string
		script bool
	}{{"id", true}, {"en", false}} {
		t.Run(fmt.Sprintf("%s script %v", c.lang, c.script), func(t *testing.T) {
			t.Parallel()
			j := &innovationJourney{journey: start(t, c.lang, c.script)}
			j.holiday()
			j.propose(c.script)
			j.accept()
			j.gate(innovation.Trial, "2024-03-01", url.Values{"hypothesis": {"Papan tarif menaikkan setoran"}, "place": {"Kaliwates"}, "end": {"2024-06-30"}, "stop_rule": {"Berhenti bila setoran turun"}, "proof": {"Rencana uji coba sudah dibahas dengan juru parkir"}})
			decree := j.upload("gate", "SK tim parkir", "2024-05-20")
			j.gate(innovation.Live, "2024-07-01", url.Values{"decree": {"SK 188/2024"}, "sop": {"SOP parkir"}, "owner": {"Bidang lalu lintas"}, "indicator": {"persen tercatat"}, "evidence": {decree}})
			j.form()
			j.dossier()
			j.evidence()
			j.adopt()
		})
	}
}

// innovationJourney is the journey of one innovation.
type innovationJourney struct {
	*journey
	id string
}

func (j *innovationJourney) now() innovation.Innovation {
	j.t.Helper()
	i, err := j.a.Innovation.Get(j.system(), j.id)
	if err != nil {
		j.t.Fatal(err)
	}
	return i
}

// as gives a signed-in visitor without a window, for steps whose page was seen already.
func (j *innovationJourney) as(role string) *visitor {
	j.t.Helper()
	j.chrome(role)
	return j.people[role]
}

func (j *innovationJourney) post(role, path string, form url.Values) {
	j.t.Helper()
	if form.Get("rev") == "" {
		form.Set("rev", strconv.FormatInt(j.now().Rev, 10))
	}
	if res, body := j.as(role).do("POST", path, form); res.StatusCode != http.StatusSeeOther {
		j.t.Fatalf("%s as %s: %d %s", path, role, res.StatusCode, errorsOf(body))
	}
}

// errorsOf gives what a page says is wrong.
func errorsOf(body string) string {
	at := strings.Index(body, "error-summary")
	if at < 0 {
		at = strings.Index(body, "<h1")
	}
	return body[max(0, at):min(len(body), max(0, at)+900)]
}

// holiday makes the last day of the clock a day off in the calendar; the clock of a new idea then ends a working day later.
func (j *innovationJourney) holiday() {
	j.t.Helper()
	due := func() int64 {
		at, err := j.a.Calendar.Due(j.system(), time.Now().UnixMilli(), innovation.AnswerDays)
		if err != nil {
			j.t.Fatal(err)
		}
		return at
	}
	was := due()
	off := time.UnixMilli(was).In(jakarta()).Format(time.DateOnly)
	res, body := j.as("Meja Inovasi").do("POST", "/kalender", url.Values{"day": {off}, "name": {"Hari jadi kabupaten (uji)"}, "kind": {calendar.Local}, "source": {"Keputusan bupati (uji)"}})
	if res.StatusCode != http.StatusSeeOther {
		j.t.Fatalf("holiday: %d %s", res.StatusCode, errorsOf(body))
	}
	b := j.chrome("Meja Inovasi")
	b.visit("/kalender?tahun=" + off[:4])
	b.want("Hari jadi kabupaten (uji)")
	if now := due(); now <= was {
		j.t.Errorf("with %s off the clock ends at %v, before it did at %v", off, time.UnixMilli(now), time.UnixMilli(was))
	}
}

func jakarta() *time.Location { return time.FixedZone("WIB", 7*60*60) }

// propose types four fields with the keyboard only; the clock of ten working days starts.
func (j *innovationJourney) propose(script bool) {
	b := j.chrome("Pegawai Dishub")
	b.visit("/inovasi/ajukan")
	if script {
		value(b, chromedp.KeyEvent("Juru parkir tidak memberi karcis"+kb.Tab+"Pengguna jalan"+kb.Tab+"Papan tarif dan pembayaran nontunai di tepi jalan"+kb.Tab+"38 -> 85 persen tercatat"))
		if status := b.load(chromedp.KeyEvent(kb.Enter)); status != http.StatusOK {
			j.t.Fatalf("the idea was not taken: %d %s", status, b.text("main"))
		}
	} else {
		b.fill("#problem", "Juru parkir tidak memberi karcis")
		b.fill("#sufferer", "Pengguna jalan")
		b.fill("#idea", "Papan tarif dan pembayaran nontunai di tepi jalan")
		b.fill("#number", "38 -> 85 persen tercatat")
		b.press("#usulan button.primary")
	}
	parts := strings.Split(strings.TrimSuffix(value(b, chromedp.Location()), "/"), "/")
	j.id = parts[len(parts)-1]
	i := j.now()
	due, err := j.a.Calendar.Due(j.system(), i.ProposedAt, innovation.AnswerDays)
	if err != nil || i.AnswerDue != due || i.Measure != (innovation.Measure{Now: "38", Wanted: "85", Unit: "persen tercatat"}) {
		j.t.Errorf("clock %v, want %v (%v); measure %+v", time.UnixMilli(i.AnswerDue), time.UnixMilli(due), err, i.Measure)
	}
}

// accept: the desk sees the idea in its queue and accepts it; the proposer gets a notice.
func (j *innovationJourney) accept() {
	b := j.chrome("Meja Inovasi")
	b.visit("/inovasi/meja?pilih=" + j.id)
	b.want("Juru parkir tidak memberi karcis")
	value(b, chromedp.Click("input[name=answer][value=accept]"))
	b.press("#usulan form button.primary")
	if i := j.now(); i.Stage != innovation.Idea {
		j.t.Fatalf("stage %s, want idea", i.Stage)
	}
	p := j.chrome("Pegawai Dishub")
	p.visit("/kabar")
	p.want(j.now().Title)
}

// gate: the team asks with one proof and one decider; the head lets it pass.
func (j *innovationJourney) gate(to, day string, form url.Values) {
	people, err := j.a.Innovation.Deciders(j.system(), j.now())
	if err != nil || len(people) == 0 {
		j.t.Fatalf("no decider: %v", err)
	}
	form.Set("day", day)
	form.Set("decider", people[0].ID)
	j.post("Pegawai Dishub", "/inovasi/"+j.id+"/gerbang", form)
	head := j.chrome("Kepala Dishub")
	head.visit("/inovasi/" + j.id)
	head.press("form[action^='/gerbang/'] button[value=pass]")
	if i := j.now(); i.Stage != to {
		j.t.Fatalf("stage %s, want %s", i.Stage, to)
	}
}

// upload keeps a link as proof of an item and gives its id.
func (j *innovationJourney) upload(item, title, date string) string {
	j.t.Helper()
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	for name, v := range map[string]string{"url": "https://contoh.example/" + item, "title": title, "kind": "decree", "confidentiality": "internal", "round": proof.OfInnovation(j.id).String(), "item": item, "date": date} {
		if err := m.WriteField(name, v); err != nil {
			j.t.Fatal(err)
		}
	}
	if err := m.Close(); err != nil {
		j.t.Fatal(err)
	}
	r := httptest.NewRequest("POST", "/bukti", &body)
	r.Header.Set("Content-Type", m.FormDataContentType())
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	for name, v := range j.as("Pegawai Dishub").cookies {
		r.AddCookie(&http.Cookie{Name: name, Value: v})
	}
	w := httptest.NewRecorder()
	j.a.Handler().ServeHTTP(w, r)
	held, err := j.a.Evidence.Held(j.system(), proof.OfInnovation(j.id))
	if err != nil || w.Code != http.StatusSeeOther {
		j.t.Fatalf("upload: %d %v %s", w.Code, err, errorsOf(w.Body.String()))
	}
	for _, h := range held {
		if h.Item == item && h.Title == title {
			return h.Card.ID
		}
	}
	j.t.Fatalf("%s was not linked to %s", title, item)
	return ""
}

// form fills the national form as the team does.
func (j *innovationJourney) form() {
	i := j.now()
	design := strings.Repeat("Data contoh rancang bangun inovasi parkir tepi jalan tanpa karcis dengan papan tarif terbuka bagi semua pengguna jalan. ", 5)
	form := url.Values{"title": {"Parkir Terang Tepi Jalan"}, "problem": {i.Problem}, "sufferer": {i.Sufferer}, "idea": {i.Idea}, "number": {"38 -> 85 persen tercatat"}, "affair": {"transport"},
		"category": {"opd"}, "kind": {"digital"}, "form": {"service"}, "initiator": {"servant"}, "type": {"method"}, "aims": {"Setoran tercatat"}, "benefit_public": {"Tarif jelas"}, "results": {"Dari 38 menjadi 85 persen"},
		"person_name": {"Kepala bidang lalu lintas"}, "person_contact": {"Kantor Dishub"}, "criteria": innovation.Criteria()}
	for _, h := range innovation.Headings() {
		form.Set("design_"+h, design)
	}
	j.post("Pegawai Dishub", "/inovasi/"+j.id+"/ubah", form)
	j.post("Pegawai Dishub", "/inovasi/"+j.id+"/tim", url.Values{"names": {"Anggota contoh A\nAnggota contoh B"}, "role": {"member"}})
	j.post("Pegawai Dishub", "/inovasi/"+j.id+"/pakta", url.Values{"pact": {"ya"}})
}

// dossier goes from the team over desk and head to sent; nobody approves what they handed in.
func (j *innovationJourney) dossier() {
	for _, step := range []struct{ role, to string }{{"Pegawai Dishub", innovation.Submitted}, {"Meja Inovasi", innovation.Validated}, {"Meja Inovasi", innovation.Approved}, {"Kepala Dishub", innovation.Authorised},
		{"Meja Inovasi", innovation.Review}, {"Meja Inovasi", innovation.Ready}} {
		j.post(step.role, "/inovasi/"+j.id+"/status", url.Values{"to": {step.to}})
	}
	if i := j.now(); i.State != innovation.Ready {
		j.t.Fatalf("dossier %s, want ready", i.State)
	}
}

func (j *innovationJourney) board() *score.Board {
	j.t.Helper()
	b, err := j.a.Score.Board(j.system())
	if err != nil {
		j.t.Fatal(err)
	}
	return b
}

// evidence: the simulated gain of a step is exactly what the index gains once the level is claimed and its proof linked.
func (j *innovationJourney) evidence() {
	before := j.board()
	row, ok := before.Row(j.id)
	if !ok || !row.Counts {
		j.t.Fatalf("the innovation does not count: %s", row.Why)
	}
	sim := before.Simulate([]score.Change{{Entry: j.id, Item: "16", Points: 2}}, nil, nil)
	var step *score.Next
	for _, n := range before.Steps(j.id, 0) {
		if n.Item == "16" && n.To == 2 {
			step = &n
			break
		}
	}
	if step == nil || step.Gain.Cmp(sim.Delta) != 0 || sim.Delta.Sign() <= 0 {
		j.t.Fatalf("step %+v, simulated %v", step, sim.Delta)
	}
	b := j.chrome("Pegawai Dishub")
	b.visit("/inovasi/" + j.id + "/skor")
	b.want("16")
	j.post("Pegawai Dishub", "/inovasi/"+j.id+"/skor/16", url.Values{"points": {"2"}, "rev": {"0"}})
	if same := j.board(); same.Result.Index.Cmp(before.Result.Index) != 0 {
		j.t.Errorf("a claim without proof moved the index")
	}
	j.upload("16", "Perbup parkir", "2025-02-01")
	after := j.board()
	if rise := new(big.Rat).Sub(after.Result.Index, before.Result.Index); rise.Cmp(sim.Delta) != 0 {
		j.t.Errorf("the index rose by %s, simulated was %s", rise.RatString(), sim.Delta.RatString())
	}
	j.post("Meja Inovasi", "/inovasi/"+j.id+"/status", url.Values{"to": {innovation.Sent}})
	j.post("Meja Inovasi", "/inovasi/"+j.id+"/terbit", url.Values{"show": {"ya"}})
}

func (j *innovationJourney) replication() int8 {
	j.t.Helper()
	b := j.board()
	row, _ := b.Row(j.id)
	for _, it := range row.Items {
		if it.Question.Code == replicationItem {
			return max(it.Points, 0)
		}
	}
	j.t.Fatal("no replication item")
	return 0
}

// adopt: the health office takes the innovation over, its head signs, and the original's replication rises.
func (j *innovationJourney) adopt() {
	was := j.replication()
	dinkesID := ""
	agencies, err := j.a.Agencies.List(j.system(), false)
	for _, a := range agencies {
		if a.Code == dinkes {
			dinkesID = a.ID
		}
	}
	if err != nil || dinkesID == "" {
		j.t.Fatal(err)
	}
	regency := strconv.FormatInt(tenant.From(j.system()).Regency, 10)
	res, body := j.as("Operator Dinkes").do("POST", "/adopsi", url.Values{"regency": {regency}, "innovation": {j.id}, "agency": {dinkesID}, "started": {days(-20)}})
	if res.StatusCode != http.StatusSeeOther {
		j.t.Fatalf("adoption: %d %s", res.StatusCode, errorsOf(body))
	}
	at := strings.Split(res.Header.Get("Location"), "?")[0]
	if res, body := j.people["Operator Dinkes"].do("POST", "/adopsi", url.Values{"regency": {regency}, "innovation": {j.id}, "agency": {dinkesID}, "started": {days(-20)}}); res.StatusCode != http.StatusConflict {
		j.t.Errorf("double adoption: %d %s", res.StatusCode, errorsOf(body))
	}
	note := url.Values{"changes": {"Dipakai untuk parkir rumah sakit, papan diganti layar"}, "result": {"Setoran tercatat naik dari 40 menjadi 80 persen"}, "users": {"1.200"}, "started": {days(-20)}, "rev": {"1"}}
	if res, body := j.people["Operator Dinkes"].do("POST", at+"/catatan", note); res.StatusCode != http.StatusSeeOther {
		j.t.Fatalf("note: %d %s", res.StatusCode, errorsOf(body))
	}
	head := j.chrome("Kepala Dinkes")
	head.visit(at)
	head.want("Dipakai untuk parkir rumah sakit")
	value(head, chromedp.Evaluate[chromedp.Void]("window.confirm = () => true"))
	head.press("form[action*='/tanda-tangan?'] button")
	if now := j.replication(); now <= was || j.now().Stage != innovation.Replicated {
		j.t.Errorf("replication %d, was %d; stage %s", now, was, j.now().Stage)
	}
	public := j.chrome("")
	public.visit("/publik/inovasi/" + regency + "/" + j.id)
	public.want("Dipakai untuk parkir rumah sakit")
}

// TestDeclinedAndStoppedKeepTheirLesson plays the two ways that end early: a declined idea, and a trial that stops; both
// stay searchable.
func TestDeclinedAndStoppedKeepTheirLesson(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	desk, head := signIn(t, a, "Meja Inovasi", "id"), signIn(t, a, "Kepala Dishub", "id")
	ctx := tenant.With(context.Background(), tenant.SystemOf(3509, "test"))
	why := "Sudah ada kalender bersama; pakai itu dan latih pemakaiannya"
	if res, body := desk.do("POST", "/inovasi/inv-antre/jawab", url.Values{"answer": {"decline"}, "reason": {why}, "rev": {"1"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("decline: %d %s", res.StatusCode, errorsOf(body))
	}
	lesson := "Papan tarif rusak setiap hujan; pakai bahan yang tahan air sebelum dicoba lagi"
	if res, body := head.do("POST", "/inovasi/inv-parkir/berhenti", url.Values{"lesson": {lesson}, "rev": {"1"}}); res.StatusCode != http.StatusSeeOther {
		t.Fatalf("stop: %d %s", res.StatusCode, errorsOf(body))
	}
	for id, text := range map[string]string{"inv-antre": why, "inv-parkir": lesson} {
		i, err := a.Innovation.Get(ctx, id)
		if err != nil || i.Stage != innovation.Stopped || i.Lesson != text {
			t.Errorf("%s: %s %q %v", id, i.Stage, i.Lesson, err)
		}
	}
	_, body := head.do("GET", "/inovasi/pelajaran?q=papan+tarif+hujan", nil)
	if !strings.Contains(body, "tahan air") {
		t.Error("the lesson is not found")
	}
	if res, _ := desk.do("POST", "/inovasi/inv-antre/jawab", url.Values{"answer": {"accept"}, "rev": {"2"}}); res.StatusCode != http.StatusConflict {
		t.Errorf("answered twice: %d", res.StatusCode)
	}
}
