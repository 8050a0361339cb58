package notice_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"math"
	"slices"
	"strconv"
	"strings"
	"sync"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func wib() *time.Location { return time.FixedZone("WIB", 7*60*60) }

// house is the world outside of the room: the clock, the outbox, who reads which language.
type house struct {
	mu     sync.Mutex
	now    time.Time
	n      int
	sent   []letter
	broken map[string]error // person -> why no letter can be left
	lang   map[string]string
	gone   map[string]bool
	asked  func() // runs when a letter is about to be written
	texts  *i18n.Catalogue
}

type letter struct{ to, subject, body string }

func (h *house) Send(_ context.Context, _ *db.Tx, to, subject, body string) error {
	h.mu.Lock()
	defer h.mu.Unlock()
	if err := h.broken[to]; err != nil {
		return err
	}
	h.sent = append(h.sent, letter{to, subject, body})
	return nil
}

func (h *house) Lang(_ context.Context, person string) (string, error) {
	if h.asked != nil {
		h.asked()
	}
	h.mu.Lock()
	defer h.mu.Unlock()
	if h.gone[person] {
		return "", errs.E(errs.NotFound, "access.error.no_user", nil)
	}
	return h.lang[person], nil
}

func (h *house) clock() time.Time {
	h.mu.Lock()
	defer h.mu.Unlock()
	return h.now
}

func (h *house) at(t testing.TB, text string) {
	t.Helper()
	moment, err := time.ParseInLocation("2006-01-02 15:04", text, wib())
	must(t, err)
	h.mu.Lock()
	defer h.mu.Unlock()
	h.now = moment
}

func (h *house) newID() string {
	h.mu.Lock()
	defer h.mu.Unlock()
	h.n++
	return fmt.Sprintf("k%03d", h.n)
}

// letters gives what was sent since the last question, by person.
func (h *house) letters() []letter {
	h.mu.Lock()
	defer h.mu.Unlock()
	out := h.sent
	h.sent = nil
	slices.SortFunc(out, func(a, b letter) int { return strings.Compare(a.to, b.to) })
	return out
}

func must(t testing.TB, err error) {
	t.Helper()
	if err != nil {
		t.Fatal(err)
	}
}

// words are the texts of a room that tells people something.
func words() fstest.MapFS {
	return fstest.MapFS{
		"locale/id.json": {Data: []byte(`{"idea.answered": "Ide {{.Title}} dijawab setelah {{.Days}} hari, nilai {{.Mark}}.", "idea.plain": "Ada ide baru"}`)},
		"locale/en.json": {Data: []byte(`{"idea.answered": "Idea {{.Title}} was answered after {{.Days}} days, mark {{.Mark}}.", "idea.plain": "There is a new idea"}`)},
	}
}

func room(t testing.TB, d *db.DB) (*notice.Service, *house) {
	t.Helper()
	h := &house{broken: map[string]error{}, lang: map[string]string{"desk": "id", "admin": "en"}, gone: map[string]bool{}, texts: i18n.New()}
	h.at(t, "2026-11-24 09:00")
	s := notice.New(notice.Deps{DB: d, Audit: audit.New(d, h.clock, nil), Now: h.clock, NewID: h.newID, Zone: tenant.OneZone(wib()), Mail: h, People: h, Address: tenant.OneAddress("https://pendapa.example/"),
		Text: func(lang, key string, pairs ...any) string { return h.texts.Msg(lang, errs.M(key, pairs...)) }})
	for _, files := range []fs.FS{web.Files, s.Module().Files, words()} {
		must(t, h.texts.Add(files))
	}
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "notice", s.Module().Files)
	return s, h
}

func as(regency int64, person, lang string) context.Context {
	return tenant.With(context.Background(), tenant.Actor{Regency: regency, UserID: person, Name: person, Lang: lang})
}

func desk() context.Context   { return as(1, "desk", "id") }
func admin() context.Context  { return as(1, "admin", "en") }
func system() context.Context { return tenant.With(context.Background(), tenant.SystemOf(1, "job")) }

// tell notifies in a transaction of its own.
func tell(ctx context.Context, s *notice.Service, n notice.Notice) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error { return s.Notify(ctx, tx, n) })
}

func idea(once string, to ...string) notice.Notice {
	return notice.Notice{To: to, Key: "idea.answered", Args: map[string]any{"Title": "Antrean <daring>", "Days": 7, "Mark": 2.5}, Path: "/inovasi/" + once, Once: "idea.answered:" + once}
}

func run(t testing.TB, s *notice.Service, kind string) {
	t.Helper()
	must(t, s.Module().Jobs[kind](context.Background(), jobs.Job{Kind: kind}))
}

func count(t testing.TB, s *notice.Service, ctx context.Context) int {
	t.Helper()
	_, n, err := s.List(ctx, false, 10, 0)
	must(t, err)
	return n
}

func TestTheSameHappeningIsToldOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		for range 3 {
			must(t, tell(system(), s, idea("1", "desk", "desk", "admin")))
		}
		must(t, tell(system(), s, idea("2", "desk")))
		must(t, tell(as(2, "", ""), s, idea("1", "desk")))
		if a, b := count(t, s, desk()), count(t, s, admin()); a != 2 || b != 1 {
			t.Errorf("desk has %d, admin %d, want 2 and 1", a, b)
		}
		if n := count(t, s, as(2, "desk", "id")); n != 1 {
			t.Errorf("another regency: %d, want its own one", n)
		}
		items, _, err := s.List(desk(), false, 1, 0)
		must(t, err)
		if _, err := s.Open(desk(), items[0].ID); err != nil {
			t.Fatal(err)
		}
		must(t, tell(system(), s, idea("2", "desk")))
		if n := s.Unread(desk()); n != 1 {
			t.Errorf("told again after it was read: %d unread", n)
		}
	})
}

func TestNobodyHearsOfTheirOwnAct(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	must(t, tell(desk(), s, idea("1", "desk", "admin", "")))
	n := idea("2", "desk", "admin")
	n.By = "admin"
	must(t, tell(system(), s, n))
	if a, b := count(t, s, desk()), count(t, s, admin()); a != 1 || b != 1 {
		t.Errorf("desk has %d, admin %d, want the other's act each", a, b)
	}
}

func TestANoticeIsPartOfTheChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, _ := room(t, d)
		undone := errors.New("undone")
		err := s.DB.Tx(system(), func(tx *db.Tx) error { return errors.Join(s.Notify(system(), tx, idea("1", "desk")), undone) })
		if !errors.Is(err, undone) || count(t, s, desk()) != 0 {
			t.Errorf("%v; a notice of a change that was undone", err)
		}
	})
}

func TestMistakesOfProgrammersAreRefused(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	for name, change := range map[string]func(*notice.Notice){
		"no key": func(n *notice.Notice) { n.Key = "" }, "no name": func(n *notice.Notice) { n.Once = "" },
		"another site": func(n *notice.Notice) { n.Path = "//evil.example" }, "an address": func(n *notice.Notice) { n.Path = "https://evil.example" },
		"a backslash": func(n *notice.Notice) { n.Path = "/\\evil.example" }, "a line break": func(n *notice.Notice) { n.Path = "/x\nBcc: y" },
		"a list": func(n *notice.Notice) { n.Args = map[string]any{"X": []string{"a"}} }, "not a number": func(n *notice.Notice) { n.Args = map[string]any{"X": math.NaN()} },
	} {
		n := idea("1", "desk")
		change(&n)
		if err := tell(system(), s, n); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
	plain := notice.Notice{To: []string{"desk"}, Key: "idea.plain", Once: "x"}
	must(t, tell(system(), s, plain))
	if count(t, s, desk()) != 1 {
		t.Error("a notice without values and path was not kept")
	}
}

func TestReading(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		for n := range 5 {
			h.at(t, "2026-11-24 09:0"+strconv.Itoa(n))
			must(t, tell(system(), s, idea(strconv.Itoa(n), "desk", "admin")))
		}
		order := func(ctx context.Context, unread bool) (out string) {
			t.Helper()
			items, total, err := s.List(ctx, unread, 10, 0)
			must(t, err)
			if total != len(items) {
				t.Errorf("%d in all, %d shown", total, len(items))
			}
			for _, i := range items {
				mark := "."
				if i.Unread() {
					mark = "!"
				}
				out += strings.TrimPrefix(i.Path, "/inovasi/") + mark
			}
			return out
		}
		if got := order(desk(), false); got != "4!3!2!1!0!" {
			t.Fatalf("newest first: %s", got)
		}
		items, _, _ := s.List(desk(), false, 10, 0)
		h.at(t, "2026-11-24 10:00")
		opened, err := s.Open(desk(), items[1].ID)
		if err != nil || opened.Path != "/inovasi/3" || opened.ReadAt != h.clock().UnixMilli() {
			t.Errorf("opened %+v %v", opened, err)
		}
		h.at(t, "2026-11-24 11:00")
		if again, err := s.Open(desk(), items[1].ID); err != nil || again.ReadAt != opened.ReadAt {
			t.Errorf("opened again: %+v %v", again, err)
		}
		if got := order(desk(), false) + " " + order(desk(), true); got != "4!2!1!0!3. 4!2!1!0!" {
			t.Errorf("unread first: %s", got)
		}
		if _, err := s.Open(admin(), items[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("somebody else's notice was opened: %v", err)
		}
		if _, err := s.Open(as(2, "desk", "id"), items[0].ID); !errs.Is(err, errs.NotFound) {
			t.Errorf("a notice of another regency was opened: %v", err)
		}
		if n, err := s.OpenAll(desk(), items[2].At); err != nil || n != 3 {
			t.Errorf("read up to the third: %d %v", n, err)
		}
		if got := order(desk(), false); got != "4!3.2.1.0." || s.Unread(desk()) != 1 || s.Unread(admin()) != 5 {
			t.Errorf("%s, %d and %d unread", got, s.Unread(desk()), s.Unread(admin()))
		}
		if page, total, err := s.List(desk(), false, 2, 4); err != nil || total != 5 || len(page) != 1 {
			t.Errorf("the last page: %d of %d %v", len(page), total, err)
		}
	})
}

func TestStrangersHaveNoNotices(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	stranger := as(1, "", "id")
	_, _, listed := s.List(stranger, false, 10, 0)
	_, opened := s.Open(stranger, "k001")
	_, all := s.OpenAll(stranger, 1)
	_, mailing := s.Mailing(stranger)
	for name, err := range map[string]error{"list": listed, "open": opened, "open all": all, "mailing": mailing, "set mailing": s.SetMailing(stranger, notice.None)} {
		if !errs.Is(err, errs.Forbidden) {
			t.Errorf("%s: %v, want forbidden", name, err)
		}
	}
	if s.Unread(stranger) != 0 {
		t.Error("a stranger has a bell")
	}
}

func TestSettingIsKeptPerPersonAndAudited(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		trail := audit.New(d, h.clock, nil)
		for n, step := range []struct {
			mail string
			want int64
		}{{notice.Daily, 0}, {notice.None, 1}, {notice.None, 1}, {notice.Daily, 2}, {notice.None, 3}} {
			must(t, s.SetMailing(desk(), step.mail))
			got, err := s.Mailing(desk())
			size, _ := trail.Size(desk(), 1)
			if err != nil || got != step.mail || size != step.want {
				t.Errorf("step %d: %q %v, %d entries, want %+v", n, got, err, size, step)
			}
		}
		if err := s.SetMailing(desk(), "hourly"); !errs.Is(err, errs.Invalid) {
			t.Errorf("an unknown choice: %v", err)
		}
		if got, _ := s.Mailing(admin()); got != notice.Daily {
			t.Errorf("the other person has %q", got)
		}
	})
}
