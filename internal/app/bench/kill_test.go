package bench

import (
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/app"
)

// order is one write of a program with the key it is repeated under.
type order struct{ key, body string }

// buyer sends orders one after the other and keeps the one whose answer it never saw.
type buyer struct {
	name    string
	n       int
	pending *order
	done    int
}

// send gives the status, 0 when there was no whole answer, and the code of a problem.
func (v *visitor) send(o order) (status int, code string) {
	r, err := http.NewRequest("POST", v.base+"/api/v1/innovations", strings.NewReader(o.body))
	if err != nil {
		return 0, ""
	}
	r.AddCookie(v.cookie)
	r.Header.Set("Sec-Fetch-Site", "same-origin")
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("Idempotency-Key", o.key)
	res, err := v.client.Do(r)
	if err != nil {
		return 0, ""
	}
	defer res.Body.Close()
	var said struct {
		Code string `json:"code"`
	}
	body, err := io.ReadAll(res.Body)
	if err != nil || json.Unmarshal(body, &said) != nil {
		return 0, ""
	}
	return res.StatusCode, said.Code
}

// shop sends until the server is gone. What was not answered before is sent again first, under its key.
func (b *buyer) shop(t *testing.T, v *visitor) {
	for {
		if b.pending == nil {
			b.n++
			name := fmt.Sprintf("%s-%d", b.name, b.n)
			b.pending = &order{name, `{"problem":"Antrean terlalu panjang","sufferer":"Warga","idea":"Usulan ` + name + `","number":"60 -> 10 menit"}`}
		}
		status, code := v.send(*b.pending)
		switch {
		case status == http.StatusCreated, status == http.StatusConflict && code == "web.error.idem_done":
			b.pending = nil
			b.done++
		case status == 0:
			return
		case status != http.StatusServiceUnavailable && code != "web.error.idem_running":
			t.Errorf("%s: %d %s", b.pending.key, status, code)
			return
		}
	}
}

// TestKillsNeitherLoseNorDouble kills a server that takes repeated writes of programs: what was answered is there once, what
// was not is there once after its repeat.
func TestKillsNeitherLoseNorDouble(t *testing.T) {
	dir, kills := t.TempDir(), 3
	if n, err := strconv.Atoi(os.Getenv("PENDAPA_TEST_KILLS")); err == nil && n > 0 {
		kills = n
	}
	a, err := app.New(t.Context(), config(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LoadSample(t.Context()); err != nil {
		t.Fatal(err)
	}
	if err := a.Close(); err != nil {
		t.Fatal(err)
	}
	who := look(t, dir).people["Pegawai Dishub"]
	buyers, sent := []*buyer{{name: "a"}, {name: "b"}, {name: "c"}, {name: "d"}}, 0
	var cookie *http.Cookie
	for range kills {
		c := start(t, dir)
		if cookie == nil {
			cookie = signIn(t, c, "Pegawai Dishub", who).cookie
		}
		v := &visitor{base: c.addr, client: client(), cookie: cookie}
		kill := time.AfterFunc(time.Duration(100+rand.IntN(400))*time.Millisecond, func() { _ = c.cmd.Process.Kill() })
		var all sync.WaitGroup
		for _, b := range buyers {
			all.Go(func() { b.shop(t, v) })
		}
		all.Wait()
		kill.Stop()
		c.stop()
	}
	c := start(t, dir)
	for _, b := range buyers {
		if b.pending != nil {
			v := &visitor{base: c.addr, client: client(), cookie: cookie}
			if status, code := v.send(*b.pending); status != http.StatusCreated && code != "web.error.idem_done" {
				t.Errorf("%s: %d %s", b.pending.key, status, code)
			}
			b.done++
		}
		sent += b.done
	}
	c.stop()
	a, err = app.New(t.Context(), config(dir), slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer func() { _ = a.Close() }()
	var kept, different int
	err = a.DB.QueryRow(t.Context(), `SELECT count(*), count(DISTINCT idea) FROM innovation_innovation
		WHERE regency_id = $1 AND idea LIKE 'Usulan %-%'`, regency).Scan(&kept, &different)
	if err != nil || kept != sent || different != sent || sent < kills {
		t.Errorf("%d sent, %d kept, %d different, %v", sent, kept, different, err)
	}
	t.Logf("%d kills, %d writes, %d kept, %d doubled", kills, sent, kept, kept-different)
}
