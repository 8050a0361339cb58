package notice_test

import (
	"context"
	"errors"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// to gives the people who got letters.
func to(all []letter) (out string) {
	for _, l := range all {
		out += l.to + " "
	}
	return strings.TrimSpace(out)
}

func TestOneLetterADayHoldsEverythingNew(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		h.at(t, "2026-11-23 20:00")
		must(t, tell(system(), s, idea("1", "desk", "admin")))
		h.at(t, "2026-11-23 21:00")
		must(t, tell(system(), s, notice.Notice{To: []string{"desk"}, Key: "idea.plain", Once: "plain"}))
		for _, early := range []string{"2026-11-24 00:00", "2026-11-24 05:59"} {
			h.at(t, early)
			run(t, s, "notice.digest")
			if got := h.letters(); len(got) != 0 {
				t.Fatalf("letters at %s: %v", early, got)
			}
		}
		h.at(t, "2026-11-24 06:00")
		run(t, s, "notice.digest")
		got := h.letters()
		if to(got) != "admin desk" {
			t.Fatalf("letters to %q", to(got))
		}
		want := letter{"desk", "Pendapa: 2 kabar baru", "Kabar untuk Anda yang belum dibaca:\n\n- Ada ide baru\n- Ide Antrean <daring> dijawab setelah 7 hari, nilai 2,5.\n  https://pendapa.example/inovasi/1\n\n" +
			"Semua kabar: https://pendapa.example/kabar\nMengatur surel ini: https://pendapa.example/kabar/pengaturan"}
		if got[1] != want {
			t.Errorf("got %q\nwant %q", got[1], want)
		}
		if !strings.Contains(got[0].body, "was answered after 7 days, mark 2.5.") || got[0].subject != "Pendapa: new notices (1)" {
			t.Errorf("the English letter: %q", got[0])
		}
		run(t, s, "notice.digest")
		must(t, tell(system(), s, idea("2", "desk")))
		for _, later := range []string{"2026-11-24 07:00", "2026-11-24 23:59", "2026-11-25 05:59"} {
			h.at(t, later)
			run(t, s, "notice.digest")
			if got := h.letters(); len(got) != 0 {
				t.Errorf("a second letter at %s: %v", later, got)
			}
		}
		h.at(t, "2026-11-25 06:30")
		run(t, s, "notice.digest")
		if got := h.letters(); to(got) != "desk" || !strings.Contains(got[0].body, "/inovasi/2") || strings.Contains(got[0].body, "/inovasi/1") {
			t.Errorf("the next day: %v", got)
		}
		h.at(t, "2026-11-26 06:30")
		run(t, s, "notice.digest")
		if got := h.letters(); len(got) != 0 {
			t.Errorf("nothing new, and a letter: %v", got)
		}
	})
}

// TestEveryRegencyHasItsOwnMorning: the letter of a day goes at six by the clock of the regency, its day is the one there, and
// it leads to the address there.
func TestEveryRegencyHasItsOwnMorning(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		east := func(ctx context.Context) bool { return tenant.From(ctx).Regency == 2 }
		s.Zone = func(ctx context.Context) *time.Location {
			if east(ctx) {
				return time.FixedZone("WIT", 9*60*60)
			}
			return wib()
		}
		s.Address = func(ctx context.Context) string {
			if east(ctx) {
				return "https://timur.example"
			}
			return "https://barat.example"
		}
		there := tenant.With(context.Background(), tenant.SystemOf(2, "job"))
		for n, step := range []struct{ at, west, east string }{ // at by the clock in the west; what comes at six stands for both
			{"2026-11-24 03:59", "", ""},
			{"2026-11-24 04:00", "", "2026-11-24"},
			{"2026-11-24 06:00", "2026-11-24", ""},
			{"2026-11-24 21:59", "", ""}, // the day in the east is not over
			{"2026-11-24 22:30", "", ""}, // it is night there
			{"2026-11-25 04:00", "", "2026-11-25"},
			{"2026-11-25 06:00", "2026-11-25", ""},
		} {
			h.at(t, step.at)
			must(t, tell(system(), s, idea("barat-"+strconv.Itoa(n), "desk")))
			must(t, tell(there, s, idea("timur-"+strconv.Itoa(n), "desk")))
			run(t, s, "notice.digest")
			var west, eastern int
			for _, l := range h.letters() {
				west += strings.Count(l.body, "https://barat.example/kabar\n")
				eastern += strings.Count(l.body, "https://timur.example/kabar\n")
				if strings.Contains(l.body, "barat-") == strings.Contains(l.body, "timur-") {
					t.Errorf("%s: a letter mixes regencies: %s", step.at, l.body)
				}
			}
			if (west == 1) != (step.west != "") || (eastern == 1) != (step.east != "") || west+eastern > 1 {
				t.Errorf("%s: %d letters in the west, %d in the east", step.at, west, eastern)
			}
			for regency, day := range map[int64]string{1: step.west, 2: step.east} {
				if rows, _, err := s.Audit.List(there, regency, audit.Filter{Object: "notice_letter"}, 1, 0); err != nil || day != "" && (len(rows) != 1 || rows[0].ObjectID != "desk "+day) {
					t.Errorf("%s: the letter of %s in regency %d: %+v %v", step.at, day, regency, rows, err)
				}
			}
		}
	})
}

func TestWhatWasReadIsNotMailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		must(t, tell(system(), s, idea("1", "desk")))
		must(t, tell(system(), s, idea("2", "desk")))
		items, _, err := s.List(desk(), false, 10, 0)
		must(t, err)
		if _, err := s.Open(desk(), items[0].ID); err != nil {
			t.Fatal(err)
		}
		run(t, s, "notice.digest")
		got := h.letters()
		if len(got) != 1 || strings.Contains(got[0].body, items[0].Path) || !strings.Contains(got[0].body, items[1].Path) {
			t.Errorf("letters: %q", got)
		}
		now, _, _ := s.List(desk(), false, 10, 0)
		if now[0].MailedAt != h.clock().UnixMilli() || now[0].ReadAt != 0 || now[1].MailedAt != 0 {
			t.Errorf("marked as %+v", now)
		}
	})
}

func TestWhatIsReadAtTheLastMomentCostsNoLetter(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		must(t, tell(system(), s, idea("1", "desk")))
		h.asked = func() {
			if _, err := s.OpenAll(desk(), h.clock().UnixMilli()); err != nil {
				t.Error(err)
			}
		}
		run(t, s, "notice.digest")
		if got := h.letters(); len(got) != 0 {
			t.Fatalf("an empty letter: %v", got)
		}
		h.asked = nil
		h.at(t, "2026-11-24 12:00")
		must(t, tell(system(), s, idea("2", "desk")))
		run(t, s, "notice.digest")
		if got := to(h.letters()); got != "desk" {
			t.Errorf("the letter of the day was used up: %q", got)
		}
	})
}

func TestWhoWantsNoLettersGetsNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		must(t, s.SetMailing(desk(), notice.None))
		h.gone["former"] = true
		must(t, tell(system(), s, idea("1", "desk", "admin", "former")))
		run(t, s, "notice.digest")
		if got := to(h.letters()); got != "admin" {
			t.Errorf("letters to %q", got)
		}
		must(t, s.SetMailing(desk(), notice.Daily))
		run(t, s, "notice.digest")
		if got := to(h.letters()); got != "desk" {
			t.Errorf("after the choice of letters: %q", got)
		}
	})
}

func TestAFailedLetterIsSentLaterAndTheOthersOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		must(t, tell(system(), s, idea("1", "admin", "desk", "head")))
		h.broken["desk"] = errors.New("the outbox is full")
		digest := func() error { return s.Module().Jobs["notice.digest"](context.Background(), jobs.Job{}) }
		if err := digest(); err == nil || !strings.Contains(err.Error(), "outbox is full") {
			t.Errorf("the job hides a failure: %v", err)
		}
		if got := to(h.letters()); got != "admin head" {
			t.Errorf("letters to %q", got)
		}
		trail := audit.New(d, h.clock, nil)
		if size, _ := trail.Size(desk(), 1); size != 2 {
			t.Errorf("%d audit entries for two letters", size)
		}
		delete(h.broken, "desk")
		must(t, digest())
		must(t, digest())
		if got := to(h.letters()); got != "desk" {
			t.Errorf("after mending, letters to %q", got)
		}
	})
}

func TestManyWorkersSendEachLetterOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		var people []string
		for n := range 20 {
			people = append(people, "p"+strconv.Itoa(n+10))
		}
		must(t, tell(system(), s, idea("0", people...)))
		var wait sync.WaitGroup
		for n := range 4 {
			wait.Go(func() {
				for range 3 {
					if err := s.Module().Jobs["notice.digest"](context.Background(), jobs.Job{}); err != nil {
						t.Error(err)
					}
				}
			})
			wait.Go(func() {
				if err := tell(system(), s, idea("later"+strconv.Itoa(n), people...)); err != nil {
					t.Error(err)
				}
			})
		}
		wait.Wait()
		sent := h.letters()
		if to(sent) != strings.Join(people, " ") {
			t.Errorf("%d letters on the first day, to %s", len(sent), to(sent))
		}
		h.at(t, "2026-11-25 06:00")
		run(t, s, "notice.digest")
		told := map[string]string{}
		for _, l := range append(sent, h.letters()...) {
			told[l.to] += l.body + "\n"
		}
		for _, person := range people {
			for _, path := range []string{"0", "later0", "later1", "later2", "later3"} {
				if n := strings.Count(told[person], "/inovasi/"+path+"\n"); n != 1 {
					t.Errorf("%s heard of %s %d times", person, path, n)
				}
			}
		}
	})
}

func TestALongLetterIsCut(t *testing.T) {
	t.Parallel()
	s, h := room(t, storetest.SQLite(t))
	h.lang["desk"] = "" // whoever chose no language reads Indonesian
	for n := range 53 {
		must(t, tell(system(), s, idea(strconv.Itoa(n), "desk")))
	}
	n := idea("x", "desk")
	n.Args["Title"], n.Key = "dua\n\nbaris", "idea.answered"
	h.at(t, "2026-11-24 10:00")
	must(t, tell(system(), s, n))
	run(t, s, "notice.digest")
	got := h.letters()
	if len(got) != 1 || strings.Count(got[0].body, "\n- ") != 50 || !strings.Contains(got[0].body, "dan 4 kabar lain") || got[0].subject != "Pendapa: 54 kabar baru" {
		t.Fatalf("%q", got)
	}
	if !strings.Contains(got[0].body, "- Ide dua baris dijawab") {
		t.Error("a value broke the line of a letter")
	}
	h.at(t, "2026-11-25 10:00")
	run(t, s, "notice.digest")
	if got := h.letters(); len(got) != 0 {
		t.Errorf("what was cut off is mailed again: %v", got)
	}
}

func TestNoticesReadLongAgoAreRemoved(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, h := room(t, d)
		must(t, tell(system(), s, idea("1", "desk", "admin")))
		must(t, tell(as(2, "", ""), s, idea("1", "desk")))
		run(t, s, "notice.digest")
		if _, err := s.OpenAll(desk(), h.clock().UnixMilli()); err != nil {
			t.Fatal(err)
		}
		if _, err := s.OpenAll(as(2, "desk", "id"), h.clock().UnixMilli()); err != nil {
			t.Fatal(err)
		}
		read := h.clock()
		for _, step := range []struct {
			after time.Duration
			want  int
		}{{399 * 24 * time.Hour, 1}, {400 * 24 * time.Hour, 1}, {400*24*time.Hour + time.Millisecond, 0}} {
			h.mu.Lock()
			h.now = read.Add(step.after)
			h.mu.Unlock()
			run(t, s, "notice.sweep")
			if a, b := count(t, s, desk()), count(t, s, as(2, "desk", "id")); a != step.want || b != step.want {
				t.Errorf("after %v: %d and %d, want %d", step.after, a, b, step.want)
			}
			if n := count(t, s, admin()); n != 1 {
				t.Errorf("an unread notice was removed after %v", step.after)
			}
		}
		// Neither what was mailed long ago nor the swept ledger of letters makes anything go out again.
		h.letters()
		run(t, s, "notice.digest")
		if got := h.letters(); len(got) != 0 {
			t.Errorf("mailed again: %v", got)
		}
	})
}
