package bench

import (
	"cmp"
	"fmt"
	"io"
	"maps"
	"net/http"
	"net/url"
	"os"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"
	"time"
)

// visitor is a browser of one role at the started server. Answers come compressed, as browsers ask for them.
type visitor struct {
	base, role string
	client     *http.Client
	cookie     *http.Cookie
}

func (v *visitor) ask(method, path string, form url.Values) (status int, kind string, body []byte, cookie *http.Cookie, err error) {
	r, err := http.NewRequest(method, v.base+path, strings.NewReader(form.Encode()))
	if err != nil {
		return 0, "", nil, nil, err
	}
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Accept-Encoding", "gzip")
	if form != nil {
		r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
		r.Header.Del("Accept-Encoding")
	}
	if v.cookie != nil {
		r.AddCookie(v.cookie)
	}
	res, err := v.client.Do(r)
	if err != nil {
		return 0, "", nil, nil, err
	}
	defer res.Body.Close()
	body, err = io.ReadAll(res.Body)
	for _, c := range res.Cookies() {
		if c.Name == "pendapa" {
			cookie = c
		}
	}
	return res.StatusCode, res.Header.Get("Content-Type"), body, cookie, err
}

func client() *http.Client {
	return &http.Client{Timeout: 20 * time.Minute, CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse }}
}

// signIn enters by one click; people gives the ids of the sample accounts by name.
func signIn(b testing.TB, c *child, role, id string) *visitor {
	b.Helper()
	v := &visitor{base: c.addr, role: role, client: client()}
	status, _, _, cookie, err := v.ask("POST", "/masuk/contoh", url.Values{"user": {id}})
	if err != nil || status != http.StatusSeeOther || cookie == nil {
		b.Fatal("sign-in as ", role, ": ", status, err)
	}
	v.cookie = cookie
	return v
}

func roles() []string {
	return []string{"Admin Diskominfo", "Koordinator Evaluasi", "Operator Dishub", "Kepala Dishub", "Penilai 1", "Sekretaris Daerah", "Inspektur", "Meja Inovasi", "Pegawai Dishub"}
}

// figure is what one page of one role costs.
type figure struct {
	cpu, wall time.Duration
	bytes     uint64
	wire      int
	file      bool // a file to keep, not a page
}

// asked is how often a page is asked for; a collection of garbage that one request starts is paid by all of them.
func asked() int {
	if n, err := strconv.Atoi(os.Getenv("PENDAPA_TEST_ASKED")); err == nil && n > 0 {
		return n
	}
	return 10
}

// long is when a file of all rows is asked for once only and by one role.
const long = 2 * time.Second

// measure asks for the first way of a route that this visitor may read.
func (v *visitor) measure(b testing.TB, c *child, paths []string) (f figure, ok bool) {
	b.Helper()
	once := func(path string) (status int, f figure) {
		cpu, bytes := c.used(b)
		began := time.Now()
		status, kind, body, _, err := v.ask("GET", path, nil)
		if err != nil {
			b.Fatal(path, err)
		}
		f.wall, f.wire = time.Since(began), len(body)
		f.file = !strings.HasPrefix(kind, "text/html") && !strings.HasPrefix(kind, "application/json") && !strings.HasPrefix(kind, "image/")
		cpu2, bytes2 := c.used(b)
		f.cpu, f.bytes = cpu2-cpu, bytes2-bytes
		return status, f
	}
	for _, path := range paths {
		status, first := once(path)
		if status != http.StatusOK {
			continue
		}
		if first.file && first.wall > long {
			return first, true
		}
		n, sum, walls := asked(), first, []time.Duration{}
		sum.cpu, sum.bytes = 0, 0
		for range n {
			status, f := once(path)
			if status != http.StatusOK {
				b.Fatal(path, status)
			}
			sum.cpu, sum.bytes, walls = sum.cpu+f.cpu, sum.bytes+f.bytes, append(walls, f.wall)
		}
		slices.Sort(walls)
		sum.cpu, sum.bytes, sum.wall = sum.cpu/time.Duration(n), sum.bytes/uint64(n), walls[n/2]
		return sum, true
	}
	return f, false
}

// BenchmarkPages asks the started server for every page of every role, prints what each costs and how it grows with ten times the
// rows, and reports the worst. Files to keep (exports) are listed apart: they hold all rows. PENDAPA_TEST_PAGES is a regular
// expression of the routes to ask for, PENDAPA_TEST_ASKED how often, PENDAPA_BENCH_PROFILE a folder for the server's profiles.
func BenchmarkPages(b *testing.B) {
	all := map[int]map[string]map[string]figure{} // times -> page -> role
	wanted := regexp.MustCompile(os.Getenv("PENDAPA_TEST_PAGES"))
	for _, times := range sizes() {
		began := time.Now()
		dir := filled(b, times)
		p := look(b, dir)
		b.Logf("x%d filled in %s", times, time.Since(began).Round(time.Second))
		c := start(b, dir)
		who := []*visitor{{base: c.addr, role: "-", client: client()}}
		for _, role := range roles() {
			who = append(who, signIn(b, c, role, p.people[role]))
		}
		all[times] = map[string]map[string]figure{}
		for _, pattern := range append(slices.Sorted(slices.Values(p.routes)), variants()...) {
			if skip(pattern) || !wanted.MatchString(pattern) {
				continue
			}
			for _, v := range who {
				if f, ok := v.measure(b, c, p.paths(pattern)); ok {
					if all[times][pattern] == nil {
						all[times][pattern] = map[string]figure{}
					}
					all[times][pattern][v.role] = f
					if f.file && f.wall > long {
						break
					}
				}
			}
		}
		c.stop()
	}
	text := report(all)
	b.Log("\n" + text)
	if file := os.Getenv("PENDAPA_BENCH_OUT"); file != "" {
		if err := os.WriteFile(file, []byte(text), 0o600); err != nil {
			b.Fatal(err)
		}
	}
	for b.Loop() {
		_ = all
	}
}

// skip leaves out the ways that are no pages: they lead elsewhere or end a session.
func skip(pattern string) bool {
	return strings.HasPrefix(pattern, "/masuk/oidc") || pattern == "/undangan/{secret}"
}

// worst gives the role for which a page costs most.
func worst(of map[string]figure) (string, figure) {
	names := slices.SortedFunc(maps.Keys(of), func(a, b string) int { return cmp.Compare(of[b].cpu, of[a].cpu) })
	return names[0], of[names[0]]
}

func report(all map[int]map[string]map[string]figure) string {
	var out strings.Builder
	smallest := slices.Min(slices.Collect(maps.Keys(all)))
	one := all[smallest]
	fmt.Fprintf(&out, "%-44s %-22s %8s %8s %8s %6s %8s %6s %8s\n", "page", "slowest role", "cpu ms", "p50 ms", "kB", "gz kB", "x10 ms", "ratio", "x10 kB")
	for _, file := range []bool{false, true} {
		pages := slices.SortedFunc(maps.Keys(one), func(a, b string) int {
			_, x := worst(one[a])
			_, y := worst(one[b])
			return cmp.Or(cmp.Compare(y.cpu, x.cpu), cmp.Compare(a, b))
		})
		for _, page := range pages {
			role, f := worst(one[page])
			if f.file != file {
				continue
			}
			fmt.Fprintf(&out, "%-44s %-22s %8.1f %8.1f %8d %6.1f", page, role, ms(f.cpu), ms(f.wall), f.bytes/1024, float64(f.wire)/1024)
			ten, ok := all[10][page][role]
			if !ok && file && len(all[10][page]) > 0 { // large files are asked for by one role
				_, ten = worst(all[10][page])
				ok = true
			}
			if ok && smallest != 10 {
				fmt.Fprintf(&out, " %8.1f %6.2f %8d", ms(ten.cpu), float64(ten.cpu)/float64(max(f.cpu, 1)), ten.bytes/1024)
			}
			out.WriteString("\n")
		}
	}
	return out.String()
}

func ms(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }
