package app

import (
	"context"
	"encoding/json"
	"fmt"
	"maps"
	"net/http/httptest"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"

	"github.com/pendapa/pendapa/internal/tenant"
)

// journey is the whole job of a year, played by its roles in a browser.
type journey struct {
	t      *testing.T
	a      *App
	server *httptest.Server
	chrome func(role string) *tab
	people map[string]*visitor
	round  string
	marks  map[string][]string // question -> marks by assessor
}

// TestTheWholeJob plays: request -> upload -> answer -> approve -> check -> five assessors mark -> the result equals
// `pendapa score` -> follow-up -> leader's page -> public page; in Indonesian with script, in English without.
func TestTheWholeJob(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		lang   string
		script bool
	}{{"id", true}, {"en", false}} {
		t.Run(fmt.Sprintf("%s script %v", c.lang, c.script), func(t *testing.T) {
			t.Parallel()
			j := start(t, c.lang, c.script)
			j.openRound()
			j.ask()
			j.answer()
			j.approve()
			j.check()
			j.fillTheRest()
			j.lockAndInvite()
			j.assess()
			j.find()
			j.finish()
			j.followUp()
			j.publish()
		})
	}
}

func start(t *testing.T, lang string, script bool) *journey {
	t.Helper()
	a := sampleHouse(t)
	j := &journey{t: t, a: a, server: httptest.NewServer(a.Handler()), people: map[string]*visitor{}, marks: map[string][]string{}}
	t.Cleanup(j.server.Close)
	chrome := browser(t)
	tabs := map[string]*tab{}
	j.chrome = func(role string) *tab {
		if tabs[role] == nil {
			if role != "" {
				j.people[role] = signIn(t, a, role, lang)
			}
			v := j.people[role]
			if v == nil {
				v = &visitor{cookies: map[string]string{"lang": lang}}
			}
			tabs[role] = open(t, chrome, j.server, v, 1280, "light", script)
		}
		return tabs[role]
	}
	return j
}

func days(n int) string { return time.Now().AddDate(0, 0, n).Format(time.DateOnly) }

// openRound: the coordinator makes a round, gives all questions to Dishub and opens it.
func (j *journey) openRound() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/evaluasi/baru")
	b.set("#pack", samplePack)
	b.fill("#title", "Putaran uji")
	b.fill("#year", strconv.Itoa(time.Now().Year()+1))
	b.set("#self_from", days(-1))
	b.set("#self_to", days(20))
	b.set("#assess_from", days(21))
	b.set("#assess_to", days(40))
	b.press("main form button[type=submit]")
	at := value(b, chromedp.Location())
	parts := strings.Split(at, "/")
	j.round = parts[len(parts)-2]
	// Ticking 59 boxes by hand proves nothing: one is ticked in the page, the others go with the same form.
	v := j.people["Koordinator Evaluasi"]
	dishubID := ""
	agencies, err := j.a.Agencies.List(j.system(), false)
	if err != nil {
		j.t.Fatal(err)
	}
	for _, agency := range agencies {
		if agency.Code == dishub {
			dishubID = agency.ID
		}
	}
	value(b, chromedp.Click("input[name=codes][value=A1]"))
	b.set("#lead", dishubID)
	b.press("main form[action*='penugasan?'] button[type=submit]")
	res, _ := v.do("POST", "/evaluasi/"+j.round+"/penugasan", url.Values{"codes": j.codes(), "lead": {dishubID}})
	if res.StatusCode != 303 {
		j.t.Fatalf("assigning: %d", res.StatusCode)
	}
	b.visit("/evaluasi/" + j.round + "/atur")
	b.press("form[action*='tahap?'] button")
}

// system acts as the program itself in the sample regency.
func (j *journey) system() context.Context {
	b, err := j.a.Access.Brand(context.Background(), 0)
	if err != nil {
		j.t.Fatal(err)
	}
	return tenant.With(context.Background(), tenant.SystemOf(b.Regency, "test"))
}

func (j *journey) codes() []string {
	p, err := j.a.Evaluation.PackOf(j.system(), j.round)
	if err != nil {
		j.t.Fatal(err)
	}
	return p.Codes()
}

func (j *journey) question() string { return "/evaluasi/" + j.round + "/soal/A1" }

func (j *journey) ask() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/evaluasi/" + j.round + "/permintaan")
	b.set("#due", days(5))
	b.fill("#text", "Perbup masterplan yang berlaku")
	value(b, chromedp.Click("input[name=codes][value=A1]"))
	b.press("form[action*='permintaan?'] button.primary")
	b.want("Perbup masterplan yang berlaku")
}

// answer: the operator finds the request at home, uploads the proof, marks and explains, and hands it in.
func (j *journey) answer() {
	b := j.chrome("Operator Dishub")
	b.visit("/pekerjaan")
	b.want("Perbup masterplan yang berlaku")
	file := filepath.Join(j.t.TempDir(), "Perbup 12-2026 masterplan.pdf")
	if err := os.WriteFile(file, onePage([]string{"Perbup 12/2026"}), 0o600); err != nil {
		j.t.Fatal(err)
	}
	b.visit(j.question())
	value(b, chromedp.SetUploadFiles("#files", []string{file}))
	b.press("form[action^='/bukti?'] button[type=submit]")
	b.want("Perbup 12-2026 masterplan")
	value(b, chromedp.Click("input[name=mark][value='3']"))
	b.fill("#answer", "Perbup 12/2026 pasal 4 menetapkan masterplan.")
	b.press("button[value=submit]")
}

func (j *journey) approve() {
	b := j.chrome("Kepala Dishub")
	b.visit("/pekerjaan")
	b.visit(j.question())
	b.want("Perbup 12/2026 pasal 4")
	b.press("form[action*='setujui?'] button")
}

// check: the coordinator accepts the proof and the answer.
func (j *journey) check() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit(j.question())
	b.load(chromedp.Click("ul.card.list a[href^='/bukti/']"))
	b.press("button[value=accepted]")
	b.visit(j.question())
	b.press("form[action*='terima?'] button")
}

// fillTheRest lets the same people answer the other questions the same way, without the browser.
func (j *journey) fillTheRest() {
	op, head, team := j.people["Operator Dishub"], j.people["Kepala Dishub"], j.people["Koordinator Evaluasi"]
	for _, code := range j.codes()[1:] {
		path := "/evaluasi/" + j.round + "/soal/" + code
		rev := func() string {
			i, err := j.a.Evaluation.Item(j.system(), j.round, code)
			if err != nil {
				j.t.Fatal(err)
			}
			return strconv.FormatInt(i.Rev, 10)
		}
		for _, step := range []struct {
			v    *visitor
			path string
			form url.Values
		}{{op, path, url.Values{"answer": {"Ada."}, "mark": {"2"}, "do": {"submit"}}}, {head, path + "/setujui", url.Values{}}, {team, path + "/terima", url.Values{}}} {
			step.form.Set("rev", rev())
			if res, body := step.v.do("POST", step.path, step.form); res.StatusCode != 303 {
				j.t.Fatalf("%s: %d %s", step.path, res.StatusCode, body)
			}
		}
	}
}

func (j *journey) lockAndInvite() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/evaluasi/" + j.round + "/atur")
	b.press("form[action*='tahap?'] button") // open -> locked
	b.press("form[action*='tahap?'] button") // locked -> assess
	for n := 1; n <= 5; n++ {
		b.visit("/hasil/" + j.round + "/penilai")
		id := value(b, chromedp.Evaluate[string](fmt.Sprintf(`[...document.querySelectorAll("#user option")].find(o=>o.text==="Penilai %d").value`, n)))
		b.set("#user", id)
		b.press("form[action*='penilai?'] button.primary")
	}
}

// assess: every assessor marks the first question in the page and the others with the same form.
func (j *journey) assess() {
	codes := j.codes()
	for n := 1; n <= 5; n++ {
		role := "Penilai " + strconv.Itoa(n)
		b := j.chrome(role)
		b.visit("/penilaian/" + j.round + "/soal/" + codes[0])
		b.want("Perbup 12/2026 pasal 4")
		mark := strconv.Itoa(pick(role+codes[0], 5))
		value(b, chromedp.Click("input[name=value][value='"+mark+"']"))
		b.fill("#comment", "Catatan "+role)
		b.press("button[value=submit]")
		j.marks[codes[0]] = append(j.marks[codes[0]], mark)
		for _, code := range codes[1:] {
			mark := strconv.Itoa(pick(role+code, 5))
			j.marks[code] = append(j.marks[code], mark)
			form := url.Values{"rev": {"0"}, "value": {mark}, "comment": {""}, "do": {"submit"}}
			if res, body := j.people[role].do("POST", "/penilaian/"+j.round+"/soal/"+code, form); res.StatusCode != 303 {
				j.t.Fatalf("%s %s: %d %s", role, code, res.StatusCode, body)
			}
		}
	}
}

// finish: the round ends, and the result is what the command line computes from the same marks.
func (j *journey) finish() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/evaluasi/" + j.round + "/atur")
	b.press("form[action*='tahap?'] button.primary")
	var csv strings.Builder
	csv.WriteString("item,entry,assessor,value\n")
	for _, code := range slices.Sorted(maps.Keys(j.marks)) {
		for n, mark := range j.marks[code] {
			fmt.Fprintf(&csv, "%s,,%d,%s\n", code, n+1, mark)
		}
	}
	file := filepath.Join(j.t.TempDir(), "marks.csv")
	if err := os.WriteFile(file, []byte(csv.String()), 0o600); err != nil {
		j.t.Fatal(err)
	}
	out, err := exec.Command("go", "run", "../../cmd/pendapa", "score", "--instrument", samplePack, "--marks", file, "--json").Output()
	if err != nil {
		j.t.Fatal(err)
	}
	var want, got struct {
		Index      string
		Components []struct{ Code, Value string }
	}
	if err := json.Unmarshal(out, &want); err != nil {
		j.t.Fatal(err)
	}
	_, body := j.people["Koordinator Evaluasi"].do("GET", "/api/v1/rounds/"+j.round+"/result", nil)
	if err := json.Unmarshal([]byte(body), &got); err != nil {
		j.t.Fatal(err)
	}
	if trimZero(got.Index) != trimZero(want.Index) || len(got.Components) != len(want.Components) {
		j.t.Errorf("the page has %s, the command line %s", got.Index, want.Index)
	}
	b.visit("/hasil/" + j.round)
	b.want(strings.Replace(want.Index[:4], ".", map[string]string{"id": ",", "en": "."}[value(b, chromedp.Evaluate[string](`document.documentElement.lang`))], 1)[:3])
}

func trimZero(text string) string { return strings.TrimRight(text, "0") }

// find writes down what was said, while the round is assessed.
func (j *journey) find() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/hasil/" + j.round + "/temuan")
	b.set("#kind", "recommendation")
	b.fill("#text", "Perkuat bukti tata kelola")
	b.press("form[action*='temuan?'] button.primary")
}

func (j *journey) followUp() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/hasil/" + j.round)
	b.load(chromedp.Click("a[href^='/tindak-lanjut/baru']"))
	id := value(b, chromedp.Evaluate[string](`[...document.querySelectorAll("#agency option")].find(o=>o.text==="Dinas Perhubungan").value`))
	b.set("#agency", id)
	b.set("#due", days(10))
	b.press("main form button.primary")
	o := j.chrome("Operator Dishub")
	o.visit("/pekerjaan")
	o.want("Perkuat bukti tata kelola")
}

func (j *journey) publish() {
	b := j.chrome("Koordinator Evaluasi")
	b.visit("/hasil/" + j.round + "/terbit")
	value(b, chromedp.Click("input[name=shown]"))
	value(b, chromedp.Click("input[name=result]"))
	b.press("main form button.primary")
	leader := j.chrome("Sekretaris Daerah")
	leader.visit("/papan")
	leader.want(strconv.Itoa(time.Now().Year() + 1))
	public := j.chrome("")
	public.visit("/publik")
	public.want("Putaran uji")
}
