package bench

import (
	"log/slog"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/app"
)

// place is what the benchmark knows of a house: its routes and ids that fit their wildcards, the best first.
type place struct {
	routes []string
	people map[string]string
	ids    map[string][]string
}

// look opens a filled house once, before it is served.
func look(b testing.TB, dir string) *place {
	b.Helper()
	a, err := app.New(b.Context(), config(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		b.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	var id string
	p := &place{people: map[string]string{}, ids: map[string][]string{
		"round": {"besar-2", "besar-1", "besar-0", "contoh-iid", "contoh-pemdi"}, "code": {"A1", "35.09.01", "C3"},
		"phase": {"visit"}, "component": {"A"}, "regency": {"3509"}, "day": {"2026-08-17"},
	}}
	for _, r := range a.Mux.Routes() {
		if pattern, ok := strings.CutPrefix(r.Pattern, "GET "); ok {
			p.routes = append(p.routes, pattern)
		}
	}
	for _, role := range roles() {
		if err := a.DB.SQL().QueryRow(`SELECT id FROM access_user WHERE regency_id = 3509 AND sample AND name = $1`, role).Scan(&id); err != nil {
			b.Fatal(role, err)
		}
		p.people[role] = id
	}
	p.some(b, a, "/bukti/{", `SELECT 'b-0000100' UNION ALL SELECT 'bukti-A1'`)
	p.some(b, a, "/inovasi/{", `SELECT id FROM innovation_innovation WHERE regency_id = 3509 AND stage = 'live' AND id LIKE '%-7' ORDER BY id LIMIT 2`)
	p.some(b, a, "/publik/inovasi/{", `SELECT id FROM innovation_innovation WHERE regency_id = 3509 AND published ORDER BY id LIMIT 2`)
	p.some(b, a, "/opd/{", `SELECT id FROM agency_agency WHERE regency_id = 3509 ORDER BY code LIMIT 1`)
	p.some(b, a, "/pengguna/{", `SELECT id FROM access_user WHERE regency_id = 3509 AND NOT sample ORDER BY id LIMIT 1`)
	p.some(b, a, "/tindak-lanjut/{", `SELECT id FROM assessment_followup WHERE regency_id = 3509 ORDER BY id LIMIT 3`)
	p.some(b, a, "/adopsi/{", `SELECT id FROM adoption_adoption WHERE regency_id = 3509 ORDER BY id LIMIT 3`)
	p.some(b, a, "/kait/{", `SELECT id FROM webhook_hook WHERE regency_id = 3509 LIMIT 1`)
	p.ids["/instrumen/{"] = []string{pack}
	return p
}

func (p *place) some(b testing.TB, a *app.App, prefix, query string) {
	b.Helper()
	rows, err := a.DB.SQL().Query(query)
	if err != nil {
		b.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var id string
		if err := rows.Scan(&id); err != nil {
			b.Fatal(err)
		}
		p.ids[prefix] = append(p.ids[prefix], id)
	}
}

// variants are pages that differ by what is asked of them.
func variants() []string {
	return []string{"/bukti?q=bukti", "/bukti?q=smart+city", "/bukti?lepas=1", "/bukti?keadaan=submitted", "/inovasi?q=antre", "/inovasi?tahap=live", "/inovasi?hal=3", "/audit?tindakan=evidence", "/audit?dari=2023-10-01&sampai=2023-10-02",
		"/adopsi/cari?q=antre", "/publik/inovasi?q=antre", "/api/v1/evidence?q=bukti", "/api/v1/innovations?limit=20", "/pengguna?q=dishub"}
}

// paths fills the wildcards of a route: each way that might exist, the likely one first.
func (p *place) paths(pattern string) []string {
	if !strings.Contains(pattern, "{") {
		return []string{pattern}
	}
	pattern = strings.TrimSuffix(pattern, "{$}")
	out := []string{pattern}
	for strings.Contains(out[0], "{") {
		var next []string
		for _, one := range out {
			before, rest, _ := strings.Cut(one, "{")
			name, after, _ := strings.Cut(rest, "}")
			for _, id := range p.choose(pattern, strings.TrimSuffix(name, "...")) {
				next = append(next, before+url.PathEscape(id)+after)
			}
		}
		if out = next; len(out) == 0 {
			return nil
		}
	}
	return out
}

func (p *place) choose(pattern, name string) []string {
	if name != "id" {
		return p.ids[name]
	}
	path := strings.TrimPrefix(pattern, "/api/v1")
	path = strings.NewReplacer("/evidence/", "/bukti/", "/innovations/", "/inovasi/").Replace(path)
	best := ""
	for prefix := range p.ids {
		if strings.HasPrefix(path, prefix) && len(prefix) > len(best) {
			best = prefix
		}
	}
	if strings.HasPrefix(path, "/publik/inovasi/") {
		best = "/publik/inovasi/{"
	}
	return p.ids[best]
}
