package idem_test

import (
	"context"
	"errors"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// shop sells one thing: every order is a row.
type shop struct {
	d     *db.DB
	k     *idem.Keeper
	after func(ctx context.Context) // runs when the order is kept and the answer is not yet given
}

func open(t *testing.T, test func(*testing.T, *shop)) {
	t.Helper()
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "idem", idem.Files)
		storetest.Migrate(t, d, "shop", fstest.MapFS{"migrations/0001_shop.sql": {Data: []byte(
			"-- +goose Up\nCREATE TABLE shop_order (regency_id BIGINT NOT NULL, id TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n")}})
		test(t, &shop{d: d, k: keeper(d)})
	})
}

// box is the same for all keepers: a house has one.
var box = sync.OnceValue(keys.Memory)

func keeper(d *db.DB) *idem.Keeper {
	return idem.New(d, slog.New(slog.DiscardHandler), func() time.Time { return time.Unix(1_800_000_000, 0) }, box())
}

func (s *shop) count(t *testing.T) (n int) {
	t.Helper()
	if err := s.d.QueryRow(context.Background(), `SELECT count(*) FROM shop_order WHERE regency_id = 1`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

// order is the handler: one transaction that touches something, then the answer.
func (s *shop) order(w http.ResponseWriter, r *http.Request) {
	name := r.URL.Query().Get("as")
	err := s.d.Tx(r.Context(), func(tx *db.Tx) error {
		var n int
		if err := tx.QueryRow(r.Context(), `SELECT count(*) FROM shop_order WHERE regency_id = 1`).Scan(&n); err != nil {
			return err
		}
		id := name + strconv.Itoa(n)
		_, err := tx.Exec(`INSERT INTO shop_order (regency_id, id) VALUES (1, $1)`, id)
		tx.Touch("shop_order", id)
		return err
	})
	if err != nil {
		w.WriteHeader(http.StatusConflict)
		return
	}
	if s.after != nil {
		s.after(r.Context())
	}
	w.Header().Set("Location", "/orders")
	w.Header().Set("Content-Type", "application/json")
	w.WriteHeader(http.StatusCreated)
	_, _ = w.Write([]byte(`{"done":true}`))
}

func request(user, key, body string) *http.Request {
	r := httptest.NewRequest("POST", "/api/v1/orders", strings.NewReader(body))
	r.Header.Set("Idempotency-Key", key)
	return r.WithContext(tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user}))
}

func (s *shop) send(k *idem.Keeper, user, key, body string) (*httptest.ResponseRecorder, error) {
	w := httptest.NewRecorder()
	return w, k.Do(w, request(user, key, body), s.order)
}

func TestARepeatedWriteIsDoneOnce(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		for i := range 3 {
			w, err := s.send(s.k, "a", "k", "{}")
			again := w.Header().Get("Idempotency-Replayed") == "true"
			if err != nil || w.Code != 201 || w.Body.String() != `{"done":true}` || w.Header().Get("Location") != "/orders" || w.Header().Get("Content-Type") != "application/json" || again != (i > 0) {
				t.Fatalf("got %d %q %v %v", w.Code, w.Body, w.Header(), err)
			}
		}
		if _, err := s.send(s.k, "a", "k", `{"other":1}`); !errs.Is(err, errs.Invalid) {
			t.Errorf("another body under the same key: %v", err)
		}
		elsewhere := request("a", "k", "{}")
		elsewhere.URL.Path = "/api/v1/others"
		if err := s.k.Do(httptest.NewRecorder(), elsewhere, s.order); !errs.Is(err, errs.Invalid) {
			t.Errorf("another address under the same key: %v", err)
		}
		if w, err := s.send(s.k, "b", "k", "{}"); err != nil || w.Code != 201 || s.count(t) != 2 {
			t.Errorf("the key of another person: %d %v, %d orders", w.Code, err, s.count(t))
		}
		if _, err := s.send(s.k, "a", strings.Repeat("k", 201), "{}"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a long key: %v", err)
		}
		large := strings.Repeat("x", 2<<20)
		for range 2 {
			if w, err := s.send(s.k, "a", "large", large); err != nil || w.Code != 201 {
				t.Errorf("a large body: %d %v", w.Code, err)
			}
		}
		if s.count(t) != 3 {
			t.Errorf("%d orders, want 3: a large body was done twice", s.count(t))
		}
		if _, err := s.send(s.k, "a", "large", large+"x"); !errs.Is(err, errs.Invalid) {
			t.Errorf("a large body of another length: %v", err)
		}
		for range 2 { // a stranger has no keys
			if w, err := s.send(s.k, "", "k", "{}"); err != nil || w.Header().Get("Idempotency-Replayed") != "" {
				t.Errorf("a stranger: %v %v", w.Header(), err)
			}
		}
	})
}

// TestAServerThatDiesBeforeItsAnswerDoesNothingTwice ends the handler between commit and answer, as a kill does.
func TestAServerThatDiesBeforeItsAnswerDoesNothingTwice(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		s.after = func(context.Context) { panic("killed") }
		func() {
			defer func() { _ = recover() }()
			_, _ = s.send(s.k, "a", "k", "{}")
		}()
		s.after = nil
		for _, k := range []*idem.Keeper{s.k, keeper(s.d)} {
			_, err := s.send(k, "a", "k", "{}")
			msg, _ := errs.MsgOf(err)
			if msg.Key != "web.error.idem_done" || msg.Args["ID"] != "0" || s.count(t) != 1 {
				t.Errorf("the repeat was told %v, %d orders; want that it is done, 1", err, s.count(t))
			}
		}
	})
}

func TestOneOfManyAtTheSameTimeIsDone(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		keepers := []*idem.Keeper{s.k, keeper(s.d)} // two servers
		var all sync.WaitGroup
		for i := range 16 {
			all.Go(func() {
				w, err := s.send(keepers[i%2], "a", "k", "{}")
				if err != nil && !errs.Is(err, errs.Conflict) || err == nil && w.Code != 201 && w.Code != 409 {
					t.Errorf("%d %v", w.Code, err)
				}
			})
		}
		all.Wait()
		if s.count(t) != 1 {
			t.Errorf("%d orders, want 1", s.count(t))
		}
	})
}

func (s *shop) rename(t *testing.T, from, to string) {
	t.Helper()
	err := s.d.Tx(context.Background(), func(tx *db.Tx) error {
		_, err := tx.Exec("ALTER TABLE " + from + " RENAME TO " + to)
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

// TestAKeyThatCouldNotBeWrittenIsFree: the change was undone with it, so a refusal after that is not kept.
func TestAKeyThatCouldNotBeWrittenIsFree(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		w := httptest.NewRecorder()
		err := s.k.Do(w, request("a", "k", "{}"), func(w http.ResponseWriter, r *http.Request) {
			s.rename(t, "idem_reply", "idem_gone")
			s.order(httptest.NewRecorder(), r)
			s.rename(t, "idem_gone", "idem_reply")
			w.WriteHeader(http.StatusForbidden)
		})
		if err != nil || w.Code != 403 || s.count(t) != 0 {
			t.Errorf("%d %v, %d orders", w.Code, err, s.count(t))
		}
		if w, err := s.send(s.k, "a", "k", "{}"); err != nil || w.Code != 201 || s.count(t) != 1 {
			t.Errorf("asked again: %d %v, %d orders", w.Code, err, s.count(t))
		}
	})
}

// TestAnAnswerThatCannotBeKeptIsSentWhole takes the table away between commit and answer.
func TestAnAnswerThatCannotBeKeptIsSentWhole(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		rename := func(from, to string) { s.rename(t, from, to) }
		s.after = func(context.Context) { rename("idem_reply", "idem_gone") }
		w, err := s.send(s.k, "a", "k", "{}")
		if err != nil || w.Code != 201 || w.Body.String() != `{"done":true}` {
			t.Errorf("got %d %q %v", w.Code, w.Body, err)
		}
		rename("idem_gone", "idem_reply")
		s.after = nil
		if _, err := s.send(s.k, "a", "k", "{}"); !errs.Is(err, errs.Conflict) || s.count(t) != 1 {
			t.Errorf("the repeat: %v, %d orders", err, s.count(t))
		}
	})
}

func TestASecretIsNotKept(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		ask := func() *httptest.ResponseRecorder {
			w := httptest.NewRecorder()
			err := s.k.Do(w, request("a", "k", "{}"), func(w http.ResponseWriter, r *http.Request) {
				s.order(httptest.NewRecorder(), r)
				idem.Instead(r.Context(), map[string]string{"id": "1"})
				_, _ = w.Write([]byte(`{"id":"1","secret":"rahasia"}`))
			})
			if err != nil {
				t.Fatal(err)
			}
			return w
		}
		if w := ask(); !strings.Contains(w.Body.String(), "rahasia") {
			t.Errorf("the first answer hides the secret: %s", w.Body)
		}
		w, kept := ask(), ""
		if err := s.d.QueryRow(context.Background(), `SELECT body FROM idem_reply WHERE regency_id = 1`).Scan(&kept); err != nil {
			t.Fatal(err)
		}
		if w.Body.String() != `{"id":"1"}` || w.Header().Get("Idempotency-Redacted") != "true" || strings.Contains(kept, "rahasia") {
			t.Errorf("repeat %s %v, kept %s", w.Body, w.Header(), kept)
		}
	})
}

// TestWhatChangedNothingMayBeAskedAgain: failures of ours and refusals are not kept, other answers are.
func TestWhatChangedNothingMayBeAskedAgain(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		for status, want := range map[int]int{500: 2, 503: 2, 403: 2, 429: 2, 422: 1, 409: 1} {
			calls := 0
			for range 2 {
				w := httptest.NewRecorder()
				err := s.k.Do(w, request("a", strconv.Itoa(status), "{}"), func(w http.ResponseWriter, r *http.Request) {
					calls++
					_ = s.d.Tx(r.Context(), func(tx *db.Tx) error {
						tx.Touch("x", "x")
						return errors.New("undone")
					})
					_ = s.d.Tx(r.Context(), func(*db.Tx) error { return nil }) // touches nothing: no change to remember
					w.WriteHeader(status)
				})
				if err != nil || w.Code != status {
					t.Errorf("%d: %d %v", status, w.Code, err)
				}
			}
			if calls != want {
				t.Errorf("%d: asked %d times, want %d", status, calls, want)
			}
		}
	})
}

// TestAnAnswerAfterAChangeIsKeptWhateverItWas: a refusal too, once something was changed; one that is too large is not kept,
// and a repeat is told that it is done.
func TestAnAnswerAfterAChangeIsKeptWhateverItWas(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		send := func(key string, status, size int) (*httptest.ResponseRecorder, error) {
			w := httptest.NewRecorder()
			return w, s.k.Do(w, request("a", key, "{}"), func(w http.ResponseWriter, r *http.Request) {
				s.order(httptest.NewRecorder(), r)
				w.WriteHeader(status)
				_, _ = w.Write(make([]byte, size))
			})
		}
		for range 2 {
			if w, err := send("refused", 403, 5); err != nil || w.Code != 403 || w.Body.Len() != 5 || s.count(t) != 1 {
				t.Errorf("%d %v, %d orders", w.Code, err, s.count(t))
			}
		}
		if w, err := send("large", 201, 1<<20+1); err != nil || w.Body.Len() != 1<<20+1 {
			t.Errorf("the first large answer: %d %v", w.Body.Len(), err)
		}
		if _, err := send("large", 201, 1<<20+1); !errs.Is(err, errs.Conflict) || s.count(t) != 2 {
			t.Errorf("the repeat of a large answer: %v, %d orders", err, s.count(t))
		}
	})
}

// TestTheAnswerOfAnotherServerStays: one that began before the other had taken the key changes nothing, neither the orders nor
// what the other answered.
func TestTheAnswerOfAnotherServerStays(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		w := httptest.NewRecorder()
		err := s.k.Do(w, request("a", "k", "{}"), func(w http.ResponseWriter, r *http.Request) {
			if w, err := s.send(keeper(s.d), "a", "k", "{}"); err != nil || w.Code != 201 {
				t.Errorf("the other server: %d %v", w.Code, err)
			}
			s.order(w, r)
		})
		if err != nil || w.Code != 409 || s.count(t) != 1 {
			t.Errorf("the late one: %d %v, %d orders", w.Code, err, s.count(t))
		}
		if w, err := s.send(s.k, "a", "k", "{}"); err != nil || w.Code != 201 || w.Body.String() != `{"done":true}` {
			t.Errorf("the repeat: %d %q %v", w.Code, w.Body, err)
		}
	})
}

func TestAnswersAreForgottenAfterADay(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		_, _ = s.send(s.k, "a", "k", "{}")
		later := idem.New(s.d, slog.New(slog.DiscardHandler), func() time.Time { return time.Unix(1_800_000_000, 0).Add(25 * time.Hour) }, box())
		if err := later.Sweep(context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		if _, err := s.send(s.k, "a", "k", "{}"); err != nil || s.count(t) != 2 {
			t.Errorf("%v, %d orders, want 2", err, s.count(t))
		}
	})
}

// TestAnswersAreKeptSealed: an answer may show a secret once, and the store must not show it again.
func TestAnswersAreKeptSealed(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		if _, err := s.send(s.k, "a", "k1", "{}"); err != nil {
			t.Fatal(err)
		}
		var body string
		err := s.d.QueryRow(t.Context(), `SELECT body FROM idem_reply WHERE regency_id >= 0 AND key = 'k1'`).Scan(&body)
		if err != nil || !keys.IsSealed(body) {
			t.Errorf("the answer stands as %q, %v", body, err)
		}
	})
}

// TestARefusalAfterAChangeIsKept: the change stands, so the key stays taken whatever was answered.
func TestARefusalAfterAChangeIsKept(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		for i := range 2 {
			w := httptest.NewRecorder()
			err := s.k.Do(w, request("a", "k", "{}"), func(w http.ResponseWriter, r *http.Request) {
				s.order(httptest.NewRecorder(), r)
				w.WriteHeader(http.StatusForbidden)
				w.WriteHeader(http.StatusOK) // the first one counts
			})
			if again := w.Header().Get("Idempotency-Replayed") == "true"; err != nil || w.Code != 403 || again != (i > 0) {
				t.Errorf("%d %v %v", w.Code, w.Header(), err)
			}
		}
		if s.count(t) != 1 {
			t.Errorf("%d orders", s.count(t))
		}
	})
}

// TestAnAnswerThatIsTooLongIsNotKeptInPart: the change is told as done.
func TestAnAnswerThatIsTooLongIsNotKeptInPart(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		long := strings.Repeat("x", 1<<20+1)
		do := func() (*httptest.ResponseRecorder, error) {
			w := httptest.NewRecorder()
			return w, s.k.Do(w, request("a", "k", "{}"), func(w http.ResponseWriter, r *http.Request) {
				s.order(httptest.NewRecorder(), r)
				_, _ = w.Write([]byte(long))
			})
		}
		if w, err := do(); err != nil || w.Body.String() != long {
			t.Errorf("the first answer: %d bytes, %v", w.Body.Len(), err)
		}
		if _, err := do(); !errs.Is(err, errs.Conflict) || s.count(t) != 1 {
			t.Errorf("the repeat: %v, %d orders", err, s.count(t))
		}
	})
}

// TestALateAnswerReplacesNoOther: a server that was away for so long that its key was forgotten and used again keeps nothing.
func TestALateAnswerReplacesNoOther(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		slow := httptest.NewRecorder()
		err := s.k.Do(slow, request("a", "k", "{}"), func(w http.ResponseWriter, _ *http.Request) {
			if other, err := s.send(keeper(s.d), "a", "k", "{}"); err != nil || other.Code != 201 {
				t.Errorf("the other server: %d %v", other.Code, err)
			}
			w.WriteHeader(http.StatusConflict)
		})
		if err != nil || slow.Code != 409 {
			t.Errorf("the late one: %d %v", slow.Code, err)
		}
		if w, err := s.send(s.k, "a", "k", "{}"); err != nil || w.Code != 201 || s.count(t) != 1 {
			t.Errorf("the repeat: %d %v, %d orders", w.Code, err, s.count(t))
		}
	})
}

// TestAKeyThatIsBeingAnsweredIsToldSo at the same server, before anything is done.
func TestAKeyThatIsBeingAnsweredIsToldSo(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		err := s.k.Do(httptest.NewRecorder(), request("a", "k", "{}"), func(http.ResponseWriter, *http.Request) {
			ran := false
			err := s.k.Do(httptest.NewRecorder(), request("a", "k", "{}"), func(http.ResponseWriter, *http.Request) { ran = true })
			if key, _ := errs.KeyOf(err); key != "web.error.idem_running" || ran {
				t.Errorf("the second one ran: %v, %v", ran, err)
			}
		})
		if err != nil {
			t.Fatal(err)
		}
	})
}
