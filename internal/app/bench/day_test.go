package bench

import (
	"bytes"
	"cmp"
	"context"
	"crypto/rand"
	"encoding/base64"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/url"
	"os"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/PuerkitoBio/goquery"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/instrument"
)

const (
	dayPeople  = 750 // in dayMinutes; a shorter day has fewer people, not more at a time
	dayMinutes = 10
	daySaves   = 5
	dayFile    = 2 << 20
)

// pause is between two steps of a person: what reading, typing and looking for a file take at least.
const pause = 5 * time.Second

// day fills a house for the last day before a deadline: 200,000 links, and a question of its own for each of n people.
func day(b testing.TB, dir string, n int) {
	b.Helper()
	ctx := context.Background()
	a, err := app.New(ctx, config(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	if err := a.LoadSample(ctx); err != nil {
		b.Fatal(err)
	}
	f := &filler{b, a.DB.SQL(), 10}
	f.must(`PRAGMA synchronous = OFF`)
	f.must(`BEGIN`)
	f.lists()
	f.rounds()
	f.evidence()
	f.words()
	f.times = 1
	f.innovations()
	f.people()
	f.audit()
	f.quiet()
	f.answerers(n)
	f.must(`COMMIT`)
	if err := errors.Join(a.DB.Optimise(ctx), a.Close()); err != nil {
		b.Fatal(err)
	}
}

// answerers copies an operator of the sample n times, over all agencies, and gives each a question that nobody has answered.
func (f *filler) answerers(n int) {
	f.t.Helper()
	agency := "(SELECT o.id FROM office o WHERE o.i = n.i % (SELECT most FROM offices))"
	f.copies("access_user", "name = 'Operator Dishub'", n, map[string]string{"id": "'hari-' || n.i", "name": "'Operator ' || n.i",
		"email": "'operator' || n.i || '@contoh.example'", "agency_id": agency})
	f.copies("access_grant", "user_id = (SELECT id FROM access_user WHERE regency_id = {R} AND name = 'Operator Dishub')", n,
		map[string]string{"id": "x.id || '-hari-' || n.i", "user_id": "'hari-' || n.i", "agency_id": agency})
	f.must(`INSERT INTO evaluation_round (regency_id, id, title, year, pack, state, self_from, self_to, check_to, assess_from,
			assess_to, previous_id, created_at, rev)
		SELECT {R}, 'hari-' || i, 'Hari terakhir ' || i, 2026, '` + pack + `', 'open', 1700000000000, 1900000000000, 1900000000000,
			1900000000000, 1900000000000, 'besar-0', 1700000000000, 1 FROM n WHERE i <= ` + strconv.Itoa(n/59))
	f.must(`INSERT INTO evaluation_item (regency_id, round_id, code, lead, due, state, answer, self_mark, note, reason, answered_by,
			submitted_by, approved_by, changed_at, rev)
		SELECT {R}, 'hari-' || (n.i / 59), q.code, `+agency+`, 1900000000000, 'empty', '', '', '', '', '', '', '', 1700000000000, 1
		FROM n JOIN question q ON q.i = n.i % 59 WHERE n.i BETWEEN 1 AND $1`, n)
}

// diary is what everybody met that day, by the kind of step.
type diary struct {
	mu    sync.Mutex
	took  map[string][]time.Duration
	wrong []string
}

func (d *diary) note(kind string, took time.Duration, wrong string) {
	d.mu.Lock()
	defer d.mu.Unlock()
	d.took[kind] = append(d.took[kind], took)
	if wrong != "" {
		d.wrong = append(d.wrong, kind+": "+wrong)
	}
}

// deskWorker is one of the people: a browser with its cookies.
type deskWorker struct {
	base    string
	n       int
	client  *http.Client
	cookies map[string]*http.Cookie
	d       *diary
}

// step sends one request and notes how long it took; only status is right.
func (w *deskWorker) step(kind, method, path, as string, body []byte, status int) (page []byte, ok bool) {
	r, err := http.NewRequest(method, w.base+path, bytes.NewReader(body))
	if err != nil {
		return nil, false
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	if as != "" {
		r.Header.Set("Content-Type", as)
	}
	if kind == "save" {
		r.Header.Set("X-Pendapa-Autosave", "1")
	}
	for _, c := range w.cookies {
		r.AddCookie(c)
	}
	began, wrong := time.Now(), ""
	res, err := w.client.Do(r)
	if err == nil {
		page, err = io.ReadAll(res.Body)
		_ = res.Body.Close()
	}
	switch {
	case err != nil:
		wrong = err.Error()
	case res.StatusCode != status:
		wrong = fmt.Sprintf("%d %s %.200s", res.StatusCode, path, page)
	default:
		for _, c := range res.Cookies() {
			w.cookies[c.Name] = c
		}
	}
	w.d.note(kind, time.Since(began), wrong)
	return page, wrong == ""
}

const formed = "application/x-www-form-urlencoded"

// live is the evening of one person: sign in, look at the work, answer a question, bring its file, hand it in.
func (w *deskWorker) live() {
	code := w.question()
	if _, ok := w.step("sign in", "POST", "/masuk/contoh", formed,
		[]byte(url.Values{"user": {fmt.Sprintf("hari-%d", w.n)}}.Encode()), http.StatusSeeOther); !ok {
		return
	}
	round, _, _ := strings.Cut(code, "/soal/")
	for _, path := range []string{"/pekerjaan", round, code} {
		time.Sleep(pause / 2)
		if _, ok := w.step("page", "GET", path, "", nil, http.StatusOK); !ok {
			return
		}
	}
	rev, text := 1, ""
	for range daySaves {
		time.Sleep(pause)
		text += "Sudah ada, dengan surat keputusan dan laporan bulanan yang terlampir. "
		v := url.Values{"rev": {strconv.Itoa(rev)}, "mark": {"3"}, "answer": {text}}
		if _, ok := w.step("save", "POST", code, formed, []byte(v.Encode()), http.StatusOK); !ok {
			return
		}
		rev++
	}
	time.Sleep(pause)
	if !w.upload(code) {
		return
	}
	time.Sleep(pause)
	page, ok := w.step("page", "GET", code, "", nil, http.StatusOK)
	if !ok {
		return
	}
	v := url.Values{"rev": {strconv.Itoa(rev)}, "mark": {"3"}, "answer": {text}, "do": {"submit"}}
	w.step("submit", "POST", action(page, "form[data-autosave]"), formed, []byte(v.Encode()), http.StatusSeeOther)
}

// question gives the page of the question that answerers gave to this person.
func (w *deskWorker) question() string {
	p, err := instrument.Find(pack)
	if err != nil {
		return ""
	}
	codes := p.Codes()
	return fmt.Sprintf("/evaluasi/hari-%d/soal/%s", w.n/len(codes), codes[w.n%len(codes)])
}

// action gives where a form of a page is sent, with its mark.
func action(page []byte, selector string) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return ""
	}
	return doc.Find(selector).First().AttrOr("action", "")
}

// upload brings a file with the form on the page of the question.
func (w *deskWorker) upload(code string) bool {
	page, ok := w.step("page", "GET", code, "", nil, http.StatusOK)
	if !ok {
		return false
	}
	f, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil {
		return false
	}
	var body bytes.Buffer
	m := multipart.NewWriter(&body)
	form := f.Find("form[action^='/bukti?']").First()
	form.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		_ = m.WriteField(in.AttrOr("name", ""), in.AttrOr("value", "")) // into memory
	})
	part, err := m.CreateFormFile("files", fmt.Sprintf("Laporan %d.txt", w.n))
	if err != nil {
		return false
	}
	content := make([]byte, dayFile*3/4)
	_, _ = rand.Read(content)
	_, _ = fmt.Fprintf(part, "Laporan %d\n", w.n)
	_, _ = base64.NewEncoder(base64.StdEncoding, part).Write(content)
	_ = m.Close()
	_, ok = w.step("upload", "POST", form.AttrOr("action", "/bukti"), m.FormDataContentType(), body.Bytes(), http.StatusSeeOther)
	return ok
}

// at gives the time that so many of a hundred were not longer than.
func at(percent int, all []time.Duration) float64 {
	if len(all) == 0 {
		return 0
	}
	slices.SortFunc(all, cmp.Compare[time.Duration])
	return ms(all[min(len(all)-1, len(all)*percent/100)])
}

// BenchmarkDeadlineDay lets the people of a deadline's last minutes work at a started server, at the rate of 750 in ten
// minutes; PENDAPA_TEST_DAY says for how many minutes people come. Client and server share the machine.
func BenchmarkDeadlineDay(b *testing.B) {
	minutes := 1
	if n, err := strconv.Atoi(os.Getenv("PENDAPA_TEST_DAY")); err == nil && n > 0 {
		minutes = n
	}
	n, dir := dayPeople*minutes/dayMinutes, b.TempDir()
	day(b, dir, n)
	c := start(b, dir)
	client := client()
	client.Transport = &http.Transport{MaxIdleConnsPerHost: n}
	for b.Loop() {
		d := &diary{took: map[string][]time.Duration{}}
		cpu, _ := c.used(b)
		var all sync.WaitGroup
		for i := 1; i <= n; i++ {
			w := &deskWorker{base: c.addr, n: i, client: client, cookies: map[string]*http.Cookie{}, d: d}
			all.Go(w.live)
			time.Sleep(time.Duration(minutes) * time.Minute / time.Duration(n))
		}
		all.Wait()
		after, _ := c.used(b)
		d.report(b, n)
		b.ReportMetric((after-cpu).Seconds()/float64(n)*1000, "cpu-ms/person")
		b.ReportMetric(highest(b, c.cmd.Process.Pid), "MB")
	}
}

func (d *diary) report(b *testing.B, people int) {
	var whole []time.Duration
	for kind, took := range d.took {
		b.Logf("%-8s %6d times: p50 %.0f, p95 %.0f, p99 %.0f, most %.0f ms", kind, len(took), at(50, took), at(95, took),
			at(99, took), at(100, took))
		whole = append(whole, took...)
	}
	for i, wrong := range d.wrong {
		if i < 10 {
			b.Log(wrong)
		}
	}
	if done := len(d.took["submit"]); done != people || len(d.wrong) > 0 {
		b.Errorf("%d of %d people handed in, %d errors", done, people, len(d.wrong))
	}
	b.ReportMetric(at(50, whole), "ms-p50")
	b.ReportMetric(at(95, whole), "ms-p95")
	b.ReportMetric(at(99, whole), "ms-p99")
	b.ReportMetric(float64(len(d.wrong)), "errors")
}
