package app

import (
	"net/http"
	"runtime"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/admit"
	"github.com/pendapa/pendapa/internal/platform/metrics"
	bundle "github.com/pendapa/pendapa/web"
)

// The classes of requests. What is reserved (health, styles) has none and is never refused; sign-in has places of its own.
const (
	classSignIn = "signin"
	classPage   = "page"  // a page somebody reads
	classSave   = "save"  // a change somebody or a program makes
	classAPI    = "api"   // what a program reads
	classFile   = "file"  // files coming
	classFetch  = "fetch" // files going
	classHeavy  = "heavy" // exports, printed reports
)

// The largest body of a question (sign-in is one) and of a plain change, larger changes come like files; and what bodies
// may hold together.
const (
	mostAsk, purseAsk   = 64 << 10, 4 << 20
	mostSave, purseSave = 1 << 20, 32 << 20
)

// limits gives the room of every class. What computes is bounded by the cores, so that health is answered between; saves
// mostly wait for the disk and share its syncs, so many may run.
func limits() []admit.Limit {
	cores := runtime.GOMAXPROCS(0)
	return []admit.Limit{
		{Class: classSignIn, Running: 8, Waiting: 64, Patience: 5 * time.Second, Most: mostAsk, Bodies: purseAsk,
			Shared: true, Each: 3},
		{Class: classPage, Running: 6 * cores, Waiting: 256, Patience: time.Second, Most: mostAsk, Bodies: purseAsk},
		{Class: classSave, Running: 64, Waiting: 256, Patience: time.Second, Most: mostSave, Bodies: purseSave},
		{Class: classAPI, Running: 4 * cores, Waiting: 128, Patience: time.Second, Most: mostAsk, Bodies: purseAsk},
		{Class: classFile, Running: 64, Waiting: 64, Patience: 5 * time.Second, Streams: true, Each: 32},
		{Class: classFetch, Running: 64, Waiting: 64, Patience: 5 * time.Second, Most: mostAsk, Bodies: purseAsk,
			Shared: true, Each: 16},
		{Class: classHeavy, Running: max(2, cores), Waiting: 16, Patience: 10 * time.Second, Most: mostAsk, Bodies: purseAsk,
			Shared: true},
	}
}

// classOf sorts a request. The empty class is never refused.
func classOf(r *http.Request) string {
	path := r.URL.Path
	read := r.Method == http.MethodGet || r.Method == http.MethodHead
	switch {
	case path == "/healthz", path == "/readyz", path == "/metrics", strings.HasPrefix(path, bundle.Prefix):
		return ""
	case path == "/masuk", strings.HasPrefix(path, "/masuk/"):
		return classSignIn
	case !read && (r.ContentLength > mostSave || strings.HasPrefix(r.Header.Get("Content-Type"), "multipart/form-data")):
		return classFile
	case !read:
		return classSave
	case heavy(path):
		return classHeavy
	case strings.HasPrefix(path, "/api/"):
		return classAPI
	case strings.HasSuffix(path, "/berkas"):
		return classFetch
	}
	return classPage
}

// heavy are exports and pages for paper: they read a whole table.
func heavy(path string) bool {
	for _, end := range []string{".csv", ".xlsx", ".zip", "/cetak"} {
		if strings.HasSuffix(path, end) {
			return true
		}
	}
	return false
}

// gate builds the admission of requests. Key stays nil until places are shared between regencies.
func (a *App) gate() (*admit.Gate, error) {
	busy, err := a.Web.Busy()
	if err != nil {
		return nil, err
	}
	return admit.New(admit.Rules{Limits: limits(), Class: classOf, Source: a.source, Refuse: busy}), nil
}

// source is who shares one part of a class: an address, of IPv6 the network that one customer may hold. What a person
// claims to be counts only after the gate.
func (a *App) source(r *http.Request) string {
	const network = 48
	at := a.Web.Origin.Client(r)
	if p, err := at.Prefix(network); err == nil && at.Is6() {
		return p.String()
	}
	return at.String()
}

// gateGauges shows what the gate does.
func gateGauges(g *admit.Gate) []metrics.Series {
	var out []metrics.Series
	for name, read := range map[string]func(admit.Stats) float64{
		"running":        func(s admit.Stats) float64 { return float64(s.Running) },
		"waiting":        func(s admit.Stats) float64 { return float64(s.Waiting) },
		"admitted":       func(s admit.Stats) float64 { return float64(s.Admitted) },
		"refused":        func(s admit.Stats) float64 { return float64(s.Refused) },
		"body_bytes":     func(s admit.Stats) float64 { return float64(s.Bodies) },
		"oldest_seconds": func(s admit.Stats) float64 { return s.Oldest.Seconds() },
	} {
		out = append(out, metrics.Series{Name: "pendapa_requests_" + name, Help: "Requests " + name + " by class.", Label: "class",
			Read: func() map[string]float64 {
				all := map[string]float64{}
				for _, s := range g.Stats() {
					all[s.Class] = read(s)
				}
				return all
			}})
	}
	return out
}
