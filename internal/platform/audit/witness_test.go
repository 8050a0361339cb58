package audit_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/storetest"
)

// province is another installation, with a store of its own, that witnesses the trail of an estate.
func province(t *testing.T, e *estate) (*httptest.Server, *audit.Witness) {
	t.Helper()
	d := storetest.SQLite(t)
	storetest.Migrate(t, d, "audit", audit.Files)
	ring, err := keys.Open(keys.Options{Dir: t.TempDir()})
	if err != nil {
		t.Fatal(err)
	}
	w := audit.NewWitness(audit.New(d, time.Now, audit.NewSigner(ring.Audit())), ring.Witness(),
		map[string]note.Verifier{trail.Origin(mine): e.ring.Audit().Verifier})
	s := httptest.NewServer(w)
	t.Cleanup(s.Close)
	v, err := trail.Verifier(w.Public())
	if err != nil {
		t.Fatal(err)
	}
	e.log.Places(audit.Remote{URL: s.URL, Key: v, Client: s.Client(), Last: func(ctx context.Context, _ string) int64 {
		states, err := e.log.OutsideOf(ctx, mine)
		if err != nil || len(states) == 0 {
			return 0
		}
		return states[0].Size
	}})
	return s, w
}

func (e *estate) state() audit.Outside {
	e.t.Helper()
	states, err := e.log.OutsideOf(context.Background(), mine)
	if err != nil || len(states) != 1 {
		e.t.Fatalf("%+v, %v", states, err)
	}
	return states[0]
}

func TestAWitnessCosignsAndRemembers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		e := settled(t, d)
		_, w := province(t, e)
		e.minute()
		e.write(mine, 6)
		e.minute()
		e.minute() // nothing new
		s := e.state()
		if s.State != audit.OutsideOK || s.Size != 23 || strings.Count(s.Note, "\n— ") != 2 {
			t.Fatalf("state %+v", s)
		}
		kept, err := w.Last(context.Background(), trail.Origin(mine))
		if err != nil || !strings.Contains(kept, "\n23\n") {
			t.Errorf("the witness keeps %q, %v", kept, err)
		}
		e.exec(`DELETE FROM audit_outside WHERE regency_id >= 0`) // the sender forgot; the witness tells where it is
		e.write(mine, 1)
		e.minute()
		if s := e.state(); s.State != audit.OutsideOK || s.Size != 24 {
			t.Errorf("after forgetting: %+v", s)
		}
	})
}

// TestAWitnessRefusesAnotherHistory lets the owner of the whole data and key folder rewrite the trail.
func TestAWitnessRefusesAnotherHistory(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(r []audit.Row) []audit.Row{
		"altered": altered,
		"cut":     func(r []audit.Row) []audit.Row { return r[:9] },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			e := settled(t, storetest.SQLite(t))
			_, w := province(t, e)
			e.minute()
			e.forge(mine, change(e.rows(mine)), e.ring.Audit().Signer)
			e.minute()
			if s := e.state(); s.State != audit.OutsideDiffers || s.Size != 17 {
				t.Errorf("state %+v", s)
			}
			e.write(mine, 30) // growing past what was cosigned does not help
			e.minute()
			if s := e.state(); s.State != audit.OutsideDiffers {
				t.Errorf("state %+v", s)
			}
			if kept, err := w.Last(context.Background(), trail.Origin(mine)); err != nil || !strings.Contains(kept, "\n17\n") {
				t.Errorf("the witness keeps %q, %v", kept, err)
			}
		})
	}
}

func TestAWitnessAnswersInTheWordsOfTheStandard(t *testing.T) {
	t.Parallel()
	e := settled(t, storetest.SQLite(t))
	s, _ := province(t, e)
	c, _, ok, err := e.log.Newest(context.Background(), mine)
	if err != nil || !ok {
		t.Fatal(err)
	}
	foreign, _, _, err := e.log.Newest(context.Background(), other)
	if err != nil {
		t.Fatal(err)
	}
	forged := strings.Replace(c.Text, "\n17\n", "\n18\n", 1)
	for _, x := range []struct {
		name, body string
		want       int
	}{
		{"nonsense", "hello", http.StatusBadRequest},
		{"no number", "old x\n\n" + c.Text, http.StatusBadRequest},
		{"a line that is no hash", "old 0\nabc\n\n" + c.Text, http.StatusBadRequest},
		{"a log that is not known", "old 0\n\n" + foreign.Text, http.StatusNotFound},
		{"not signed", "old 0\n\n" + forged, http.StatusForbidden},
		{"old beyond new", "old 99\n\n" + c.Text, http.StatusBadRequest},
		{"another old", "old 3\n\n" + c.Text, http.StatusConflict},
		{"a proof where none is due", "old 0\n" + c.Root.String() + "\n\n" + c.Text, http.StatusUnprocessableEntity},
		{"well", "old 0\n\n" + c.Text, http.StatusOK},
		{"again", "old 17\n\n" + c.Text, http.StatusOK},
	} {
		resp, err := s.Client().Post(s.URL+"/add-checkpoint", "text/plain", strings.NewReader(x.body))
		if err != nil {
			t.Fatal(err)
		}
		if err := resp.Body.Close(); err != nil || resp.StatusCode != x.want {
			t.Errorf("%s: status %d, %v; want %d", x.name, resp.StatusCode, err, x.want)
		}
	}
}
