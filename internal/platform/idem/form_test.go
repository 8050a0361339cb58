package idem_test

import (
	"bytes"
	"context"
	"log/slog"
	"mime/multipart"
	"net/http"
	"net/http/httptest"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/tenant"
)

// form is one sending of a form of a page.
type form struct{ user, mark, body, kind string }

func (s *shop) form(k *idem.Keeper, f form, h func(http.ResponseWriter, *http.Request)) (*httptest.ResponseRecorder, string, bool, error) {
	r := httptest.NewRequest("POST", "/pesan", strings.NewReader(f.body))
	r.Header.Set("Content-Type", "application/x-www-form-urlencoded")
	if f.kind != "" {
		r.Header.Set("Content-Type", f.kind)
	}
	r = r.WithContext(tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: f.user}))
	w := httptest.NewRecorder()
	place, done, err := k.Form(w, r, f.mark, h)
	return w, place, done, err
}

func TestAFormIsDoneOnce(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		one := form{user: "a", mark: "m.1", body: "name=x"}
		for n := range 3 {
			w, place, done, err := s.form(s.k, one, s.order)
			if first := n == 0; err != nil || done == first || first && w.Code != 201 || !first && place != "/orders" {
				t.Fatalf("sending %d: %d %q %v %v", n, w.Code, place, done, err)
			}
		}
		for name, other := range map[string]form{
			"other words":    {user: "a", mark: "m.1", body: "name=y"},
			"another form":   {user: "a", mark: "m.2", body: "name=x"},
			"another person": {user: "b", mark: "m.1", body: "name=x"},
		} {
			if w, _, done, err := s.form(s.k, other, s.order); err != nil || done || w.Code != 201 {
				t.Errorf("%s: %d %v %v", name, w.Code, done, err)
			}
		}
		if s.count(t) != 4 {
			t.Errorf("%d orders, want 4", s.count(t))
		}
		var kept string
		err := s.d.QueryRow(t.Context(), `SELECT body FROM idem_reply WHERE regency_id = 1 AND user_id = 'b'`).Scan(&kept)
		if err != nil || !keys.IsSealed(kept) {
			t.Errorf("where the form led stands as %q, %v", kept, err)
		}
	})
}

// TestARequestDoneInPartsIsTold: killed between two changes it would count as done, so who writes the program must hear of it.
// What comes before the change itself may be done again and takes no mark.
func TestARequestDoneInPartsIsTold(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		var said bytes.Buffer
		k := idem.New(s.d, slog.New(slog.NewTextHandler(&said, nil)), time.Now, box())
		change := func(ctx context.Context, id string) {
			if err := s.d.Tx(ctx, func(tx *db.Tx) error { tx.Touch("shop_order", id); return nil }); err != nil {
				t.Error(err)
			}
		}
		for mark, first := range map[string]func(context.Context) context.Context{
			"before": db.Before, "in parts": func(ctx context.Context) context.Context { return ctx }} {
			said.Reset()
			_, _, _, err := s.form(k, form{user: "a", mark: mark, body: "x"}, func(_ http.ResponseWriter, r *http.Request) {
				change(first(r.Context()), "first")
				change(r.Context(), "second")
			})
			if told := strings.Contains(said.String(), "a request was done in parts"); err != nil || told != (mark == "in parts") {
				t.Errorf("%s: %v, told %v", mark, err, told)
			}
		}
	})
}

// TestAFormWithoutMarkOrPersonIsNotKept: forms of strangers keep their own rules, and so do programs that send forms.
func TestAFormWithoutMarkOrPersonIsNotKept(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		for _, f := range []form{{user: "", mark: "m", body: "x"}, {user: "a", mark: "", body: "x"}, {user: "a", mark: strings.Repeat("m", 101), body: "x"}} {
			for range 2 {
				if w, _, done, err := s.form(s.k, f, s.order); err != nil || done || w.Code != 201 {
					t.Errorf("%+v: %d %v %v", f, w.Code, done, err)
				}
			}
		}
		if s.count(t) != 6 {
			t.Errorf("%d orders, want 6", s.count(t))
		}
	})
}

// TestAServerThatDiesBeforeTheAnswerOfAForm ends the handler between commit and answer, as a kill does.
func TestAServerThatDiesBeforeTheAnswerOfAForm(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		one := form{user: "a", mark: "m.1", body: "name=x"}
		s.after = func(context.Context) { panic("killed") }
		func() {
			defer func() { _ = recover() }()
			_, _, _, _ = s.form(s.k, one, s.order)
		}()
		s.after = nil
		for _, k := range []*idem.Keeper{s.k, keeper(s.d)} {
			if _, place, done, err := s.form(k, one, s.order); err != nil || !done || place != "" || s.count(t) != 1 {
				t.Errorf("sent again: %q %v %v, %d orders, want 1", place, done, err, s.count(t))
			}
		}
	})
}

func TestOneOfManyFormsAtTheSameTimeIsDone(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		keepers := []*idem.Keeper{s.k, keeper(s.d)} // two servers
		var all sync.WaitGroup
		for n := range 12 {
			all.Go(func() {
				w, _, done, err := s.form(keepers[n%2], form{user: "a", mark: "m.1", body: "x"}, s.order)
				if err != nil || !done && w.Code != 201 {
					t.Errorf("%d %v %v", w.Code, done, err)
				}
			})
		}
		all.Wait()
		if s.count(t) != 1 {
			t.Errorf("%d orders, want 1", s.count(t))
		}
	})
}

// TestAFormThatWasTooLateIsLedToWhatWasDone, also when its page makes something else of the refusal than an error.
func TestAFormThatWasTooLateIsLedToWhatWasDone(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		one := form{user: "a", mark: "m", body: "x"}
		_, place, done, err := s.form(s.k, one, func(w http.ResponseWriter, r *http.Request) {
			if w, _, done, err := s.form(keeper(s.d), one, s.order); err != nil || done || w.Code != 201 {
				t.Errorf("the other server: %d %v %v", w.Code, done, err)
			}
			s.order(httptest.NewRecorder(), r)
			http.Redirect(w, r, "/elsewhere", http.StatusSeeOther)
		})
		if err != nil || !done || place != "/orders" || s.count(t) != 1 {
			t.Errorf("%q %v %v, %d orders", place, done, err, s.count(t))
		}
	})
}

// TestARefusedFormMayBeSentAgain also when something was noted on the way, as a wrong password is.
func TestARefusedFormMayBeSentAgain(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		for status, want := range map[int]int{422: 2, 403: 2, 409: 2, 500: 1, 200: 1, 303: 1} {
			before := s.count(t)
			for range 2 {
				_, _, _, err := s.form(s.k, form{user: "a", mark: "m", body: http.StatusText(status)}, func(w http.ResponseWriter, r *http.Request) {
					s.order(httptest.NewRecorder(), r)
					w.WriteHeader(status)
					_, _ = w.Write([]byte("rahasia"))
				})
				if err != nil {
					t.Error(err)
				}
			}
			if got := s.count(t) - before; got != want {
				t.Errorf("%d: done %d times, want %d", status, got, want)
			}
		}
		for range 2 {
			calls := 0
			w, _, done, err := s.form(s.k, form{user: "a", mark: "idle", body: "x"}, func(w http.ResponseWriter, _ *http.Request) {
				calls++
				_, _ = w.Write([]byte("page"))
			})
			if err != nil || done || calls != 1 || w.Body.String() != "page" {
				t.Errorf("a form that changes nothing: %v %d %q %v", done, calls, w.Body, err)
			}
		}
	})
}

// TestAFormThatWaitedForAFailureIsDone: the first sender left, and what it did was undone.
func TestAFormThatWaitedForAFailureIsDone(t *testing.T) {
	open(t, func(t *testing.T, s *shop) {
		one, inside, leave := form{user: "a", mark: "m", body: "x"}, make(chan struct{}), make(chan struct{})
		var all sync.WaitGroup
		all.Go(func() {
			_, _, _, _ = s.form(s.k, one, func(http.ResponseWriter, *http.Request) { close(inside); <-leave })
		})
		<-inside
		all.Go(func() {
			if w, _, done, err := s.form(s.k, one, s.order); err != nil || done || w.Code != 201 {
				t.Errorf("%d %v %v", w.Code, done, err)
			}
		})
		close(leave)
		all.Wait()
		if s.count(t) != 1 {
			t.Errorf("%d orders, want 1", s.count(t))
		}
	})
}

// upload writes a form with a file, under another boundary each time, as browsers do.
func upload(t *testing.T, edge string, file []byte) form {
	t.Helper()
	var body bytes.Buffer
	w := multipart.NewWriter(&body)
	if err := w.SetBoundary(edge); err != nil {
		t.Fatal(err)
	}
	_ = w.WriteField("title", "Renstra")
	part, err := w.CreateFormFile("file", "renstra.pdf")
	if err != nil {
		t.Fatal(err)
	}
	_, _ = part.Write(file)
	_ = w.Close()
	return form{user: "a", mark: "m", body: body.String(), kind: w.FormDataContentType()}
}

func TestAFormWithAFileIsDoneOnce(t *testing.T) {
	small, large := []byte("isi"), bytes.Repeat([]byte("isi "), 1<<20)
	changed := bytes.Clone(large)
	open(t, func(t *testing.T, s *shop) {
		for _, x := range []struct {
			name, edge string
			file       []byte
			done       bool
		}{
			{"small", "first", small, false}, {"small again", "second-one", small, true},
			{"large", "first", large, false}, {"large again", "second-one", large, true},
			{"longer", "third", append(changed, '.'), false},
		} {
			_, _, done, err := s.form(s.k, upload(t, x.edge, x.file), func(w http.ResponseWriter, r *http.Request) {
				f, _, err := r.FormFile("file")
				if err != nil {
					t.Error(x.name, err)
					return
				}
				got := new(bytes.Buffer)
				if _, err := got.ReadFrom(f); err != nil || !bytes.Equal(got.Bytes(), x.file) {
					t.Errorf("%s: the file came as %d bytes, %v", x.name, got.Len(), err)
				}
				s.order(w, r)
			})
			if err != nil || done != x.done {
				t.Errorf("%s: done before %v, want %v, %v", x.name, done, x.done, err)
			}
		}
		if s.count(t) != 3 {
			t.Errorf("%d orders, want 3", s.count(t))
		}
	})
}
