package app

import (
	"context"
	"encoding/json"
	"fmt"
	"net/http/httptest"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/tenant"
)

// browser starts one headless Chromium for a test.
func browser(t testing.TB) context.Context {
	t.Helper()
	options := append(chromedp.DefaultExecAllocatorOptions[:], chromedp.NoSandbox, chromedp.DisableGPU, chromedp.Flag("disable-dev-shm-usage", true), chromedp.WSURLReadTimeout(time.Minute))
	alloc, stop := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(stop)
	ctx, end := chromedp.NewContext(alloc)
	t.Cleanup(end)
	if _, err := chromedp.Run(ctx, chromedp.Location()); err != nil {
		t.Fatalf("Chromium could not be started (Debian package chromium): %v", err)
	}
	return ctx
}

// tab is one window of a person who is signed in.
type tab struct {
	t    testing.TB
	ctx  context.Context
	site string

	started bool
}

// open gives a window of the given width with the session of a visitor. Script may be switched off.
func open(t testing.TB, chrome context.Context, server *httptest.Server, v *visitor, width int64, theme string, script bool) *tab {
	t.Helper()
	ctx, stop := chromedp.NewContext(chrome, chromedp.WithNewBrowserContext())
	t.Cleanup(stop)
	b := &tab{t: t, ctx: ctx, site: server.URL}
	value(b, chromedp.Location())
	call(b, emulation.SetDeviceMetricsOverride, emulation.SetDeviceMetricsOverrideParams{Width: width, Height: 900, DeviceScaleFactor: 1, Mobile: width < 600})
	call(b, emulation.SetScriptExecutionDisabled, emulation.SetScriptExecutionDisabledParams{Value: !script})
	cookies := map[string]string{"theme": theme}
	if v != nil {
		for name, value := range v.cookies {
			cookies[name] = value
		}
	}
	for name, value := range cookies {
		call(b, network.SetCookie, network.SetCookieParams{Name: name, Value: value, URL: server.URL})
	}
	return b
}

const patience = 30 * time.Second

func call[P, R any](b *tab, command cdp.Command[P, R], params P) {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	if _, err := chromedp.Call(ctx, command, params); err != nil {
		b.t.Fatal(err)
	}
}

func value[T any](b *tab, action chromedp.Action[T]) T {
	b.t.Helper()
	ctx := b.ctx
	if b.started {
		limited, stop := context.WithTimeout(b.ctx, patience)
		defer stop()
		ctx = limited
	}
	b.started = true
	out, err := chromedp.Run(ctx, action)
	if err != nil {
		b.t.Fatal(err)
	}
	return out
}

// visit opens a page and gives its status.
func (b *tab) visit(path string) int64 {
	b.t.Helper()
	return b.load(chromedp.Navigate(b.site + path))
}

// load runs an action that leads to another page and waits for it.
func (b *tab) load(action chromedp.Action[chromedp.Void]) int64 {
	b.t.Helper()
	ctx, stop := context.WithTimeout(b.ctx, patience)
	defer stop()
	res, err := chromedp.RunResponse(ctx, action)
	if err != nil {
		at, _ := chromedp.Run(b.ctx, chromedp.Location())
		b.t.Fatalf("at %s: %v", at, err)
	}
	return res.Status
}

// press clicks a button that sends a form.
func (b *tab) press(selector string) {
	b.t.Helper()
	if status := b.load(chromedp.Click(selector)); status != 200 {
		b.t.Fatalf("%s led to %d: %s", selector, status, b.text("main"))
	}
}

func (b *tab) fill(selector, text string) {
	b.t.Helper()
	value(b, chromedp.Evaluate[chromedp.Void](fmt.Sprintf("document.querySelector(%q).value = \"\"", selector)))
	value(b, chromedp.SendKeys(selector, text))
}

// set gives a date or a select its value.
func (b *tab) set(selector, text string) {
	b.t.Helper()
	value(b, chromedp.SetValue(selector, text))
}

func (b *tab) text(selector string) string {
	b.t.Helper()
	return value(b, chromedp.Text(selector))
}

// want fails unless the page holds a text.
func (b *tab) want(text string) {
	b.t.Helper()
	if body := b.text("body"); !strings.Contains(body, text) {
		b.t.Errorf("the page lacks %q:\n%s", text, body[:min(len(body), 1500)])
	}
}

type violation struct {
	ID, Help string
	Nodes    []struct{ HTML string }
}

// axe gives what the accessibility checker, loaded into the page before, finds wrong; options come before the others of a run.
func (b *tab) axe(options string) []violation {
	b.t.Helper()
	out := value(b, chromedp.Evaluate[string](`axe.run(document,{`+options+`resultTypes:["violations"]}).then(r=>JSON.stringify(r.violations))`, chromedp.EvalAwaitPromise))
	var all []violation
	if err := json.Unmarshal([]byte(out), &all); err != nil {
		b.t.Fatal(err)
	}
	return all
}

// shot keeps a picture of the whole page when PENDAPA_SHOTS names a folder.
func (b *tab) shot(name string) {
	dir := os.Getenv("PENDAPA_SHOTS")
	if dir == "" {
		return
	}
	b.t.Helper()
	data := value(b, chromedp.FullScreenshot(100))
	if err := os.WriteFile(filepath.Join(dir, name+".png"), data, 0o600); err != nil {
		b.t.Fatal(err)
	}
}

func axeSource(t testing.TB) string {
	t.Helper()
	data, err := os.ReadFile("../../web/dist-test/axe.min.js")
	if err != nil {
		t.Fatalf("run make web first: %v", err)
	}
	return string(data)
}

// stops are the pages that are looked at, by role.
func stops() map[string][]string {
	y := time.Now().Year()
	now, last := fmt.Sprintf("contoh-%d", y), fmt.Sprintf("contoh-%d", y-1)
	return map[string][]string{
		"":                     {"/masuk", "/lupa", "/publik", "/publik/inovasi", "/publik/inovasi/3509/inv-lubang", "/bantuan", "/tidak-ada"},
		"Admin Diskominfo":     {"/pekerjaan", "/opd", "/opd/baru", "/opd/impor", "/opd/gabung", "/pengguna", "/pengguna/baru", "/pengguna/peran", "/pengguna/impor", "/akun", "/audit", "/kesehatan", "/cadangan", "/wilayah", "/wilayah/35.09.19", "/wilayah/impor", "/kait", "/kait/baru", "/kalender/impor"},
		"Koordinator Evaluasi": {"/pekerjaan", "/evaluasi", "/evaluasi/baru", "/evaluasi/" + now, "/evaluasi/" + now + "/penugasan", "/evaluasi/" + now + "/kelengkapan", "/evaluasi/" + now + "/permintaan", "/evaluasi/" + now + "/atur", "/evaluasi/" + now + "/cetak", "/evaluasi/" + now + "/soal/A1", "/angka", "/hasil", "/hasil/" + last, "/hasil/" + last + "/simulasi", "/hasil/" + last + "/surat", "/hasil/" + last + "/penilai", "/hasil/" + last + "/temuan", "/hasil/" + last + "/terbit", "/tindak-lanjut", "/tindak-lanjut/baru", "/bukti", "/bukti/bukti-A1", "/bukti/bukti-tabel", "/bukti/kedaluwarsa", "/instrumen", "/instrumen/smartcity-2022-kppn", "/instrumen/impor", "/instrumen/iid-2026", "/instrumen/pemdi-2026", "/evaluasi/contoh-iid", "/evaluasi/contoh-iid/soal/10b", "/evaluasi/contoh-pemdi", "/evaluasi/contoh-pemdi/soal/I13", "/evaluasi/contoh-pemdi/fase/visit", "/evaluasi/contoh-pemdi/atur", "/hasil/contoh-iid", "/hasil/contoh-pemdi", "/bukti/pakai-ulang", "/bukti/pakai-ulang?tempat=contoh-pemdi", "/bukti/pakai-ulang/semua?tempat=contoh-pemdi", "/bukti/pakai-ulang/inovasi", "/bukti/peta", "/bukti/peta/baris"},
		"Operator Dishub":      {"/pekerjaan", "/bukti/unggah", "/evaluasi/" + now + "/soal/B2"},
		"Penilai 1":            {"/penilaian", "/penilaian/" + last, "/penilaian/" + last + "/soal/A1", "/penilaian/" + last + "/temuan"},
		"Sekretaris Daerah":    {"/papan", "/inovasi/muda"},
		"Meja Inovasi":         {"/inovasi", "/inovasi?tampil=daftar", "/inovasi/ajukan", "/inovasi/meja", "/inovasi/pelajaran", "/inovasi/impor", "/inovasi/inv-lubang", "/inovasi/inv-antre", "/inovasi/inv-lubang/cetak", "/iid", "/iid/simulasi?tanpa=inv-lubang", "/iid/atur", "/inovasi/inv-nib/skor", "/adopsi", "/adopsi/cari", "/kabar", "/kabar/pengaturan", "/kalender"},
		"Pegawai Dishub":       {"/pekerjaan", "/inovasi/inv-halte/ubah", "/inovasi/inv-halte/angka", "/inovasi/inv-halte/skor?butir=17", "/inovasi/ajukan"},
	}
}

// more adds the pages that stand on ids made while the sample was loaded.
func more(t *testing.T, a *App) map[string][]string {
	t.Helper()
	b, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	ctx := tenant.With(context.Background(), tenant.SystemOf(b.Regency, "test"))
	agencies, err := a.Agencies.List(ctx, false)
	if err != nil {
		t.Fatal(err)
	}
	users, err := a.Access.Users(ctx, "", "", "")
	if err != nil {
		t.Fatal(err)
	}
	follow, err := a.Assessment.Followups(ctx, assessment.FollowFilter{})
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Packs.Copy(ctx, samplePack, "salinan-contoh", "Salinan"); err != nil {
		t.Fatal(err)
	}
	return map[string][]string{
		"Admin Diskominfo": {"/opd/" + agencies[0].ID, "/pengguna/" + users[0].ID},
		"Koordinator Evaluasi": {"/tindak-lanjut/" + follow[0].ID, "/instrumen/salinan-contoh/ubah", "/instrumen/salinan-contoh/ubah/A", "/bukti/bukti-A1/ubah",
			fmt.Sprintf("/hasil/contoh-%d", time.Now().Year())},
		"Kepala Dishub": {"/pekerjaan", fmt.Sprintf("/evaluasi/contoh-%d/soal/B2", time.Now().Year())},
	}
}

// TestPagesAreAccessible opens every kind of page at two widths, in both themes and languages: axe finds nothing, and no
// page is wider than its window.
func TestPagesAreAccessible(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	chrome, axe := browser(t), axeSource(t)
	fresh := house(t)
	empty := httptest.NewServer(fresh.Handler())
	t.Cleanup(empty.Close)
	secret, err := fresh.Access.SetupLink(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	for _, width := range []int64{360, 1280} {
		open(t, chrome, empty, nil, width, "light", true).look("/mulai?q=jember&kunci="+secret, axe, fmt.Sprintf("/mulai id %d light", width))
	}
	all := stops()
	for role, paths := range more(t, a) {
		all[role] = append(all[role], paths...)
	}
	for role, paths := range all {
		for _, lang := range []string{"id", "en"} {
			v := &visitor{t: t, h: a.Handler(), cookies: map[string]string{"lang": lang}}
			if role != "" {
				v = signIn(t, a, role, lang)
			}
			for _, width := range []int64{360, 1280} {
				b := open(t, chrome, server, v, width, "light", true)
				for _, path := range paths {
					name := fmt.Sprintf("%s %s %d", path, lang, width)
					b.look(path, axe, name+" light")
					b.darken(name + " dark")
				}
			}
		}
	}
}

func (b *tab) look(path, axe, name string) {
	b.t.Helper()
	b.visit(path)
	value(b, chromedp.Evaluate[chromedp.Void](axe))
	b.complain(name, b.axe(""))
	over := value(b, chromedp.Evaluate[int](`document.documentElement.scrollWidth - window.innerWidth`))
	if over > 0 {
		b.t.Errorf("%s: %d pixels wider than the window", name, over)
	}
	b.shot(picture(name))
}

// darken looks at the page that is open in the other theme. Only colours differ there, so only their contrast is asked for.
func (b *tab) darken(name string) {
	b.t.Helper()
	value(b, chromedp.Evaluate[chromedp.Void](`document.documentElement.dataset.theme = "dark"; document.body.offsetWidth; document.getAnimations().forEach((a) => a.finish())`))
	b.complain(name, b.axe(`runOnly:["color-contrast"],`))
	b.shot(picture(name))
}

func (b *tab) complain(name string, all []violation) {
	b.t.Helper()
	for _, v := range all {
		html := ""
		if len(v.Nodes) > 0 {
			html = v.Nodes[0].HTML
		}
		b.t.Errorf("%s: %s (%s): %d places, first %.200s", name, v.ID, v.Help, len(v.Nodes), html)
	}
}

func picture(name string) string {
	return strings.ReplaceAll(strings.ReplaceAll(strings.Trim(name, "/"), "/", "_"), " ", "-")
}
