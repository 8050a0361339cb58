package adoption_test

import (
	"context"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func TestTheWholeWay(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		name            string
		adopter, origin int64
		agency, id      string
		who             string // how the original's regency is told
		told            int    // regencies that hear of it
	}{
		{"within one regency", home, home, "kes", "lubang", "Dinas Kesehatan", 1},
		{"an own one that is not published", home, home, "hub", "antre", "Dinas Perhubungan", 1},
		{"from a regency with a higher number", near, home, "hub7", "lubang", "Dinas Perhubungan Malang, Kabupaten Malang", 2},
		{"from a regency with a lower number", third, near, "kom10", "kopi", "Dinas Kominfo Banyuwangi, Kabupaten Banyuwangi", 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				k := open(t, d)
				id, err := k.Start(operator(c.adopter, c.agency), adoption.Begin{Regency: c.origin, Innovation: c.id, Agency: c.agency})
				if err != nil {
					t.Fatal(err)
				}
				if a := k.get(t, c.adopter, id); a.State != adoption.Planned || k.Owes(t.Context(), a) != adoption.OwesStart || a.Users != -1 {
					t.Errorf("just begun: %+v", a)
				}
				first := k.clock.ms()
				if err := k.SaveNote(operator(c.adopter, c.agency), id, adoption.Note{Changes: "Sedikit", StartedAt: &first, Rev: 1}); err != nil {
					t.Fatal(err)
				}
				if a := k.get(t, c.adopter, id); a.State != adoption.Running || k.Owes(t.Context(), a) != adoption.OwesWait {
					t.Errorf("running: %+v", a)
				}
				k.clock.pass(adoption.SignDays * oneDay)
				if a := k.get(t, c.adopter, id); k.Owes(t.Context(), a) != adoption.OwesNote || k.Days(t.Context(), a) != adoption.SignDays {
					t.Errorf("after the first days it owes %q on day %d", k.Owes(t.Context(), a), k.Days(t.Context(), a))
				}
				k.written(t, c.adopter, c.agency, id)
				if err := k.SignOff(head(c.adopter, c.agency), id, 3); err != nil {
					t.Fatal(err)
				}
				k.finished(t, id, c.adopter, c.origin, c.agency, c.id, c.who, c.told)
			})
		})
	}
}

// finished checks both sides of a signature and who was told.
func (k *room) finished(t *testing.T, id string, adopter, origin int64, agency, innovation, who string, told int) {
	t.Helper()
	a := k.get(t, adopter, id)
	if a.State != adoption.Signed || a.SignedBy != "kepala-"+agency || a.SignedAt != k.clock.ms() || a.Users != 1250 || k.Owes(t.Context(), a) != "" {
		t.Errorf("the adopter's row: %+v", a)
	}
	all, err := k.Adopters(desk(origin), innovation)
	if err != nil || len(all) != 1 {
		t.Fatalf("the original's side: %v %v", all, err)
	}
	want := adoption.Replica{ID: id, Innovation: innovation, Title: k.x.at(origin, innovation).Title, OriginAgency: k.x.at(origin, innovation).Agency, Regency: adopter, RegencyName: names()[adopter],
		Agency: agency, AgencyName: offices(adopter)[agency], Changes: changes, Result: result, Users: 1250, SignedAt: k.clock.ms()}
	if all[0] != want {
		t.Errorf("the original's row: %+v\nwant %+v", all[0], want)
	}
	if want := fmt.Sprint(origin, " ", innovation, " ", who); !slices.Equal(k.x.replicated, []string{want}) {
		t.Errorf("the innovation heard %q, want %q", k.x.replicated, want)
	}
	if want := fmt.Sprint(origin, " ", innovation, " ", id, " ", all[0].Title, " · ", who); !slices.Equal(k.x.proofs, []string{want}) {
		t.Errorf("proof %q, want %q", k.x.proofs, want)
	}
	if err := k.jobs.RunDue(context.Background()); err != nil {
		t.Fatal(err)
	}
	var heard, hooked []string
	for _, regency := range slices.Compact([]int64{adopter, origin}) {
		heard = append(heard, fmt.Sprint(regency, " ", innovation, " ", origin, " ", id))
		hooked = append(hooked, fmt.Sprint(regency, " adoption.signed ", id))
	}
	slices.Sort(k.x.told)
	slices.Sort(heard)
	slices.Sort(k.x.hooks)
	slices.Sort(hooked)
	if len(heard) != told || !slices.Equal(k.x.told, heard) || !slices.Equal(k.x.hooks, hooked) {
		t.Errorf("told %q, hooks %q, want %d: %q", k.x.told, k.x.hooks, told, heard)
	}
	if trail := k.trail(t, origin); origin != adopter && strings.Contains(trail, "kepala-") {
		t.Errorf("the other regency learns who signed: %s", trail)
	}
	if trail := k.trail(t, origin); !strings.Contains(trail, "adoption.replicated") {
		t.Errorf("no entry on the original's side: %s", trail)
	}
}

func TestWhatCannotBeAdopted(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.begun(t, home, "kes", home, "lubang", 3)
		for _, c := range []struct {
			name  string
			ctx   context.Context
			in    adoption.Begin
			kind  errs.Kind
			field string
			key   string
		}{
			{"the same again", operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "kes"}, errs.Conflict, "", "adoption.error.twice"},
			{"the owner's own", operator(home, "hub"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "hub"}, errs.Invalid, "agency", "adoption.error.own"},
			{"with people on the team", operator(home, "dlh"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "dlh"}, errs.Invalid, "agency", "adoption.error.own"},
			{"not published elsewhere", operator(near, "hub7"), adoption.Begin{Regency: home, Innovation: "antre", Agency: "hub7"}, errs.NotFound, "", "adoption.error.original"},
			{"on trial", operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "coba", Agency: "kes"}, errs.Conflict, "", "adoption.error.not_live"},
			{"unknown", operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "hantu", Agency: "kes"}, errs.NotFound, "", "adoption.error.original"},
			{"of no regency of this host", operator(home, "kes"), adoption.Begin{Regency: 9999, Innovation: "lubang", Agency: "kes"}, errs.NotFound, "", "adoption.error.original"},
			{"for another agency", operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "antre", Agency: "hub"}, errs.Forbidden, "", "adoption.error.scope"},
			{"for an agency of another regency", desk(home), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "hub7"}, errs.Invalid, "agency", "adoption.error.agency"},
			{"for an agency that ended", desk(home), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "lama"}, errs.Invalid, "agency", "adoption.error.agency"},
			{"for no agency", operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "lubang"}, errs.Invalid, "agency", "adoption.error.agency"},
			{"by a reader", leader(home), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "kes"}, errs.Forbidden, "", "adoption.error.scope"},
			{"before the original was in use", operator(near, "hub7"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "hub7", StartedAt: k.clock.ago(201)}, errs.Invalid, "started", "adoption.error.before_live"},
			{"in a far year", operator(near, "hub7"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "hub7", StartedAt: k.clock.ago(-400)}, errs.Invalid, "started", "adoption.error.far_ahead"},
		} {
			_, err := k.Start(c.ctx, c.in)
			if got := keyOf(err, c.field); !errs.Is(err, c.kind) || got != c.key {
				t.Errorf("%s: %v, want %s", c.name, err, c.key)
			}
		}
		// The same innovation by another agency, and the id of an own agency in another regency, are no conflicts.
		k.begun(t, near, "hub7", home, "lubang", 200)
		k.begun(t, near, "kes7", home, "lubang", 1)
		if all, total, err := k.List(leader(home), adoption.Filter{}, 10, 0); err != nil || total != 1 || len(all) != 1 {
			t.Errorf("refused adoptions left something: %v %d %v", all, total, err)
		}
	})
}

func TestTwoAtTheSameMomentMakeOne(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		results := make(chan error, 4)
		for n := range cap(results) {
			other := adoption.New(k.Deps)
			other.NewID = func() string { return fmt.Sprint("w", n) }
			go func() {
				_, err := other.Start(operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "kes"})
				results <- err
			}()
		}
		good := 0
		for range cap(results) {
			if err := <-results; err == nil {
				good++
			} else if keyOf(err, "") != "adoption.error.twice" {
				t.Error(err)
			}
		}
		if good != 1 {
			t.Errorf("%d of them began", good)
		}
	})
}

func TestWhoSignsAndWhen(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.begun(t, home, "kes", home, "lubang", 13)
		refused := func(name string, ctx context.Context, kind errs.Kind, field, key string) {
			t.Helper()
			err := k.SignOff(ctx, id, k.rev(t, home, id))
			if got := keyOf(err, field); !errs.Is(err, kind) || got != key {
				t.Errorf("%s: %v, want %s", name, err, key)
			}
		}
		boss := head(home, "kes")
		refused("without a note", boss, errs.Invalid, "changes", "adoption.error.changes")
		refused("without a result", boss, errs.Invalid, "result", "adoption.error.result")
		k.written(t, home, "kes", id)
		refused("a day too early", boss, errs.Invalid, "started", "adoption.error.early")
		k.clock.pass(oneDay)
		refused("an operator", operator(home, "kes"), errs.Forbidden, "", "adoption.error.not_head")
		refused("the desk", desk(home), errs.Forbidden, "", "adoption.error.not_head")
		refused("the head of another agency", head(home, "hub"), errs.Forbidden, "", "adoption.error.not_head")
		if err := k.SignOff(boss, id, 1); keyOf(err, "") != "adoption.error.changed" {
			t.Errorf("a text the head did not see: %v", err)
		}
		k.x.at(home, "lubang").MemberAgencies = []string{"kes"}
		refused("an agency that joined the team meanwhile", boss, errs.Conflict, "", "adoption.error.own")
		k.x.at(home, "lubang").MemberAgencies = nil
		if err := k.SignOff(boss, id, k.rev(t, home, id)); err != nil {
			t.Fatal(err)
		}
		refused("twice", boss, errs.Conflict, "", "adoption.error.closed")
		if n := len(k.x.replicated); n != 1 {
			t.Errorf("the innovation heard it %d times", n)
		}
	})
}

func TestNobodySignsTheirOwnWork(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		boss, second := head(home, "kes"), in(actor(home, "sekretaris-kes", tenant.RoleHead, "kes"))
		id, err := k.Start(boss, adoption.Begin{Regency: home, Innovation: "lubang", Agency: "kes", StartedAt: k.clock.ago(30)})
		if err != nil {
			t.Fatal(err)
		}
		k.written(t, home, "kes", id)
		if err := k.SignOff(boss, id, 2); keyOf(err, "") != "adoption.error.self" || !errs.Is(err, errs.Forbidden) {
			t.Errorf("who began it: %v", err)
		}
		if err := k.SaveNote(second, id, adoption.Note{Changes: changes, Result: result, Rev: 2}); err != nil {
			t.Fatal(err)
		}
		if err := k.SignOff(second, id, 3); keyOf(err, "") != "adoption.error.self" {
			t.Errorf("who wrote it: %v", err)
		}
		k.written(t, home, "kes", id)
		if err := k.SignOff(second, id, 4); err != nil {
			t.Errorf("another head: %v", err)
		}
	})
}

func TestAPlanBeginsByItself(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id, err := k.Start(operator(home, "kes"), adoption.Begin{Regency: home, Innovation: "lubang", Agency: "kes", StartedAt: k.clock.ago(-5)})
		if err != nil {
			t.Fatal(err)
		}
		k.written(t, home, "kes", id)
		if err := k.SignOff(head(home, "kes"), id, 2); keyOf(err, "started") != "adoption.error.starts_later" {
			t.Errorf("signed before it began: %v", err)
		}
		if a := k.get(t, home, id); a.State != adoption.Planned || k.Owes(t.Context(), a) != adoption.OwesWait {
			t.Errorf("before its day: %+v", a)
		}
		k.clock.pass(5 * oneDay)
		if a := k.get(t, home, id); a.State != adoption.Running || k.Days(t.Context(), a) != 0 {
			t.Errorf("on its day: %+v", a)
		}
		for state, want := range map[string]int{adoption.Running: 1, adoption.Planned: 0, "": 1} {
			if all, total, err := k.List(leader(home), adoption.Filter{State: state}, 10, 0); err != nil || total != want || len(all) != want {
				t.Errorf("state %q: %v %d %v, want %d", state, all, total, err, want)
			}
		}
		if tally, err := k.Tally(leader(home)); err != nil || tally[adoption.Running] != 1 || tally[adoption.Planned] != 0 {
			t.Errorf("tally %v %v", tally, err)
		}
	})
}

func TestNotes(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.begun(t, home, "kes", home, "lubang", 1)
		early := k.clock.ago(300)
		for name, c := range map[string]struct {
			ctx   context.Context
			note  adoption.Note
			field string
			key   string
		}{
			"a fraction of a user":        {operator(home, "kes"), adoption.Note{Users: "12,5", Rev: 1}, "users", "adoption.error.users"},
			"fewer than nobody":           {operator(home, "kes"), adoption.Note{Users: "-3", Rev: 1}, "users", "adoption.error.users"},
			"too long":                    {operator(home, "kes"), adoption.Note{Changes: strings.Repeat("é", 4001), Rev: 1}, "changes", "adoption.error.long"},
			"before the original":         {operator(home, "kes"), adoption.Note{StartedAt: &early, Rev: 1}, "started", "adoption.error.before_live"},
			"by another agency":           {operator(home, "hub"), adoption.Note{Rev: 1}, "", "adoption.error.scope"},
			"on what somebody changed":    {operator(home, "kes"), adoption.Note{Rev: 9}, "", "adoption.error.changed"},
			"by a reader":                 {leader(home), adoption.Note{Rev: 1}, "", "adoption.error.scope"},
			"by the regency it came from": {operator(near, "hub7"), adoption.Note{Rev: 1}, "", "adoption.error.not_found"},
		} {
			if err := k.SaveNote(c.ctx, id, c.note); keyOf(err, c.field) != c.key {
				t.Errorf("%s: %v, want %s", name, err, c.key)
			}
		}
		for typed, want := range map[string]int64{"1.250": 1250, "1,250": 1250, " 7 ": 7, "0": 0, "": -1} {
			if err := k.SaveNote(operator(home, "kes"), id, adoption.Note{Users: typed, Rev: k.rev(t, home, id)}); err != nil {
				t.Fatalf("%q: %v", typed, err)
			}
			if got := k.get(t, home, id).Users; got != want {
				t.Errorf("%q was understood as %d, want %d", typed, got, want)
			}
		}
		k.x.notices = nil
		k.written(t, home, "kes", id)
		k.written(t, home, "kes", id) // said once
		if len(k.x.notices) != 1 || k.x.notices[0].Key != "adoption.notice.written" || len(k.x.notices[0].To) != 2 {
			t.Errorf("notices to the heads: %+v", k.x.notices)
		}
	})
}

func TestWithdrawnAndBegunAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.begun(t, home, "kes", home, "lubang", 20)
		k.written(t, home, "kes", id)
		if err := k.Withdraw(operator(home, "kes"), id, 2, "tidak"); keyOf(err, "reason") != "adoption.error.reason" {
			t.Errorf("without a reason: %v", err)
		}
		if err := k.Withdraw(operator(home, "hub"), id, 2, "Bukan urusan saya"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("by another agency: %v", err)
		}
		if err := k.Withdraw(operator(home, "kes"), id, 2, "Anggaran dialihkan ke banjir"); err != nil {
			t.Fatal(err)
		}
		a := k.get(t, home, id)
		if a.State != adoption.Withdrawn || a.Reason != "Anggaran dialihkan ke banjir" || a.Changes != changes {
			t.Errorf("withdrawn: %+v", a)
		}
		for name, err := range map[string]error{
			"signed": k.SignOff(head(home, "kes"), id, a.Rev), "noted": k.SaveNote(operator(home, "kes"), id, adoption.Note{Rev: a.Rev}),
			"withdrawn": k.Withdraw(operator(home, "kes"), id, a.Rev, "Sekali lagi saja"),
		} {
			if keyOf(err, "") != "adoption.error.closed" {
				t.Errorf("%s after the end: %v", name, err)
			}
		}
		again := k.begun(t, home, "kes", home, "lubang", 2)
		if a := k.get(t, home, id); again != id || a.State != adoption.Running || a.Changes != "" || a.Reason != "" || a.NotedBy != "" {
			t.Errorf("begun again as %s: %+v", again, a)
		}
		if trail := k.trail(t, home); !strings.Contains(trail, "adoption.restart") || !strings.Contains(trail, "Anggaran dialihkan ke banjir") {
			t.Errorf("the trail forgot: %s", trail)
		}
	})
}

func TestASignedOneIsCorrectedNotWithdrawn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.signed(t, near, "hub7", home, "lubang")
		at := k.get(t, near, id).SignedAt
		if err := k.Withdraw(operator(near, "hub7"), id, 3, "Ternyata tidak jadi"); keyOf(err, "") != "adoption.error.signed" || !errs.Is(err, errs.Conflict) {
			t.Errorf("withdrawn after the signature: %v", err)
		}
		if err := k.SaveNote(operator(near, "hub7"), id, adoption.Note{Rev: 3}); keyOf(err, "") != "adoption.error.closed" {
			t.Errorf("noted after the signature: %v", err)
		}
		fix := adoption.Correction{Changes: "Alur laporan menjadi tiga langkah saja", Result: "Waktu tanggap turun menjadi 5 hari", Users: "99", Why: "Jumlah pengguna salah hitung", Rev: 3}
		short := adoption.Correction{Changes: "Pendek", Result: "x", Users: "satu", Why: "?", Rev: 3}
		err := k.Correct(head(near, "hub7"), id, short)
		for _, field := range []string{"changes", "result", "users", "why"} {
			if keyOf(err, field) == "" {
				t.Errorf("a wrong %s was taken: %v", field, err)
			}
		}
		if err := k.Correct(operator(near, "hub7"), id, fix); !errs.Is(err, errs.Forbidden) {
			t.Errorf("by the operator: %v", err)
		}
		if err := k.Correct(head(home, "hub"), id, fix); !errs.Is(err, errs.NotFound) {
			t.Errorf("by the regency of the original: %v", err)
		}
		k.clock.pass(3 * oneDay)
		if err := k.Correct(head(near, "hub7"), id, fix); err != nil {
			t.Fatal(err)
		}
		a := k.get(t, near, id)
		all, err := k.Adopters(leader(home), "lubang")
		if err != nil || len(all) != 1 || all[0].Changes != fix.Changes || all[0].Result != fix.Result || all[0].Users != 99 || all[0].SignedAt != at {
			t.Errorf("the original's side: %+v %v", all, err)
		}
		if a.Changes != fix.Changes || a.Users != 99 || a.State != adoption.Signed || a.SignedAt != at {
			t.Errorf("the adopter's side: %+v", a)
		}
		for regency, want := range map[int64]string{near: "adoption.correct", home: "adoption.corrected"} {
			if trail := k.trail(t, regency); !strings.Contains(trail, want) || !strings.Contains(trail, changes) {
				t.Errorf("the trail of %d forgot the old text: %s", regency, trail)
			}
		}
		open := k.begun(t, near, "kes7", home, "lubang", 20)
		if err := k.Correct(head(near, "kes7"), open, fix); keyOf(err, "") != "adoption.error.not_signed" {
			t.Errorf("corrected before the signature: %v", err)
		}
	})
}

func TestBothRowsOrNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.begun(t, near, "hub7", home, "lubang", 20)
		k.written(t, near, "hub7", id)
		k.x.broken = errBroken
		if err := k.SignOff(head(near, "hub7"), id, 2); err == nil {
			t.Fatal("a broken library was not noticed")
		}
		all, err := k.Adopters(leader(home), "lubang")
		if a := k.get(t, near, id); a.State != adoption.Running || err != nil || len(all) != 0 {
			t.Errorf("half a signature: %s, %v %v", a.State, all, err)
		}
		if trail := k.trail(t, home) + k.trail(t, near); strings.Contains(trail, "adoption.sign") || strings.Contains(trail, "adoption.replicated") {
			t.Errorf("the trail tells of what did not happen: %s", trail)
		}
	})
}

// TestTwoRegenciesSignEachOthersAtTheSameMoment would wait for itself if the two sides were written in the order of who signs.
func TestTwoRegenciesSignEachOthersAtTheSameMoment(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		one := k.begun(t, near, "hub7", home, "lubang", 20)
		k.written(t, near, "hub7", one)
		two := k.begun(t, home, "dlh", near, "kopi", 20)
		k.written(t, home, "dlh", two)
		quiet := k.Deps
		quiet.Evidence, quiet.Hooks, quiet.Notices, quiet.Innovations = nil, nil, nil, silent{k.x}
		s := adoption.New(quiet)
		done := make(chan error, 2)
		go func() { done <- s.SignOff(head(near, "hub7"), one, 2) }()
		go func() { done <- s.SignOff(head(home, "dlh"), two, 2) }()
		for range 2 {
			if err := <-done; err != nil {
				t.Error(err)
			}
		}
	})
}

// silent is the room of innovations without a memory, for use by several at once.
type silent struct{ *world }

func (silent) Replicated(context.Context, *db.Tx, int64, string, string) error { return nil }

func TestNumbers(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		steps := []struct {
			regency int64
			agency  string
			times   adoption.Replication
		}{{home, "kes", adoption.Replication{Times: 1, Regions: 1}}, {near, "hub7", adoption.Replication{Times: 2, Regions: 2}},
			{near, "kes7", adoption.Replication{Times: 3, Regions: 2}}, {third, "hub10", adoption.Replication{Times: 4, Regions: 3}}}
		for _, c := range steps {
			k.signed(t, c.regency, c.agency, home, "lubang")
			if all, err := k.Replications(leader(home)); err != nil || all["lubang"] != c.times {
				t.Errorf("after %s: %+v %v, want %+v", c.agency, all, err, c.times)
			}
		}
		k.signed(t, home, "hub", near, "kopi")
		k.begun(t, home, "dlh", near, "kopi", 20) // not signed, not counted
		k.signed(t, home, "hub", home, "antre")
		flows, err := k.ByAgency(leader(home))
		signed := func(f adoption.Flow) adoption.Flow { f.Last = 0; return f }
		if err != nil || len(flows) != 2 || signed(flows["hub"]) != (adoption.Flow{In: 2, Out: 4}) || signed(flows["kes"]) != (adoption.Flow{In: 1, Out: 1}) {
			t.Errorf("by agency: %v %v", flows, err)
		}
		if flows["hub"].Last == 0 || flows["kes"].Last == 0 {
			t.Errorf("last signed: %v", flows)
		}
		asked := 0
		stop := k.DB.Trace(func(string) { asked++ })
		if _, err := k.ByAgency(leader(home)); err != nil || asked != 1 {
			t.Errorf("%d statements for the same counts again, want one: %v", asked, err)
		}
		stop()
		times, err := k.ByInnovation(leader(home))
		if err != nil || fmt.Sprint(times) != fmt.Sprint(map[string]int{"lubang": 4, "antre": 1}) {
			t.Errorf("by innovation: %v %v", times, err)
		}
		if flows, err := k.ByAgency(leader(near)); err != nil || signed(flows["kes7"]) != (adoption.Flow{In: 1, Out: 1}) || signed(flows["hub7"]) != (adoption.Flow{In: 1}) {
			t.Errorf("by agency of the other regency: %v %v", flows, err)
		}
		taken, total, err := k.Taken(leader(home), 2, 1)
		if err != nil || total != 5 || len(taken) != 2 {
			t.Errorf("a page of what was taken: %v %d %v", taken, total, err)
		}
	})
}

func TestAThirdRegencySeesNeitherRow(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		id := k.signed(t, near, "hub7", home, "lubang")
		for regency, mine := range map[int64]bool{near: true, home: false, third: false} {
			_, err := k.Get(desk(regency), id)
			if mine != (err == nil) || !mine && !errs.Is(err, errs.NotFound) {
				t.Errorf("the adopter's row in %d: %v", regency, err)
			}
		}
		ctx := desk(third)
		all, total, err := k.List(ctx, adoption.Filter{}, 10, 0)
		taken, times, err2 := k.Taken(ctx, 10, 0)
		if err != nil || err2 != nil || total != 0 || times != 0 || len(all)+len(taken) != 0 {
			t.Errorf("lists of the third: %v %v %v %v", all, taken, err, err2)
		}
		adopters, err := k.Adopters(ctx, "lubang")
		flows, err2 := k.ByAgency(ctx)
		counts, err3 := k.Replications(ctx)
		if err != nil || err2 != nil || err3 != nil || len(adopters)+len(flows)+len(counts) != 0 {
			t.Errorf("numbers of the third: %v %v %v", adopters, flows, counts)
		}
		if trail := k.trail(t, third); trail != "" {
			t.Errorf("the trail of the third: %s", trail)
		}
		for _, err := range []error{k.SaveNote(desk(third), id, adoption.Note{Rev: 3}), k.Withdraw(desk(third), id, 3, "Bukan milik kita"),
			k.SignOff(in(actor(third, "kepala", tenant.RoleHead, "")), id, 3), k.Correct(in(actor(third, "kepala", tenant.RoleHead, "")), id, adoption.Correction{Rev: 3})} {
			if !errs.Is(err, errs.NotFound) {
				t.Errorf("the third changes it: %v", err)
			}
		}
	})
}

func TestWithoutRightsNothingIsRead(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	id := k.signed(t, home, "kes", home, "lubang")
	for name, ctx := range map[string]context.Context{"an assessor": in(actor(home, "penilai", tenant.RoleAssessor, "")), "a stranger": context.Background()} {
		_, err := k.Get(ctx, id)
		_, _, err2 := k.List(ctx, adoption.Filter{}, 1, 0)
		_, _, err3 := k.Taken(ctx, 1, 0)
		_, err4 := k.Tally(ctx)
		_, _, err5 := k.Search(ctx, adoption.Want{}, 1, 0)
		_, err6 := k.Original(ctx, home, "antre")
		for n, err := range []error{err, err2, err3, err4, err5, err6} {
			if !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s reads (%d): %v", name, n, err)
			}
		}
	}
}

func TestTasks(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		owed := func(ctx context.Context) string {
			t.Helper()
			all, err := k.Module().Tasks(ctx)
			if err != nil {
				t.Fatal(err)
			}
			var out []string
			for _, one := range all {
				out = append(out, strings.TrimPrefix(one.Kind, "adoption.task.")+one.Path)
			}
			return strings.Join(out, " ")
		}
		id := k.begun(t, home, "kes", home, "lubang", 13)
		other := k.begun(t, home, "hub", near, "kopi", 30)
		k.written(t, home, "hub", other)
		boss, second := head(home, "kes"), in(actor(home, "sekretaris-kes", tenant.RoleHead, "kes"))
		for _, ctx := range []context.Context{operator(home, "kes"), boss, leader(home), desk(home), operator(near, "hub7")} {
			if got := owed(ctx); got != "" {
				t.Errorf("too early, %s owes %s", tenant.From(ctx).UserID, got)
			}
		}
		k.clock.pass(oneDay)
		if got := owed(operator(home, "kes")); got != "note/adopsi/"+id {
			t.Errorf("the starter owes %q", got)
		}
		if got := owed(boss); got != "" {
			t.Errorf("the head owes %q before the note", got)
		}
		if err := k.SaveNote(boss, id, adoption.Note{Changes: changes, Result: result, Rev: 1}); err != nil {
			t.Fatal(err)
		}
		for ctx, want := range map[context.Context]string{operator(home, "kes"): "", boss: "", second: "sign/adopsi/" + id, head(home, "hub"): "sign/adopsi/" + other} {
			if got := owed(ctx); got != want {
				t.Errorf("%s owes %q, want %q", tenant.From(ctx).UserID, got, want)
			}
		}
		if err := k.SignOff(second, id, 2); err != nil {
			t.Fatal(err)
		}
		if got := owed(second); got != "" {
			t.Errorf("after the signature: %q", got)
		}
	})
}

func TestSearch(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for n := range 7 { // several pages over several regencies
		k.x.originals = append(k.x.originals, adoption.Original{ID: fmt.Sprint("t", n), Title: fmt.Sprint("Terbit ", n), Regency: []int64{near, home, third}[n%3], National: "penerapan", Published: n != 6, Affair: "1.02"})
	}
	all, total, err := k.Search(leader(home), adoption.Want{}, 100, 0)
	if err != nil || total != 9 || len(all) != 9 {
		t.Fatalf("%d of %d, %v", len(all), total, err)
	}
	for _, w := range []adoption.Want{{}, {Affair: "1.02"}, {Query: "terbit"}, {Regency: near}, {Regency: near, Affair: "1.02", Query: "kopi"}, {Regency: 9999}, {Query: strings.Repeat("x", 5000)}} {
		whole, total, err := k.Search(leader(home), w, 100, 0)
		if err != nil || len(whole) != total {
			t.Fatalf("%+v: %d of %d, %v", w, len(whole), total, err)
		}
		var paged []adoption.Original
		for from := 0; from < total; from += 2 {
			some, n, err := k.Search(leader(home), w, 2, from)
			if err != nil || n != total || len(some) > 2 {
				t.Fatalf("%+v from %d: %d of %d, %v", w, from, len(some), n, err)
			}
			paged = append(paged, some...)
		}
		if fmt.Sprint(paged) != fmt.Sprint(whole) {
			t.Errorf("%+v: the pages together are not the whole: %v\n%v", w, paged, whole)
		}
	}
	if all, _, _ := k.Search(leader(home), adoption.Want{Affair: "1.02", Regency: near}, 10, 0); len(all) != 3 {
		t.Errorf("of one affair in one regency: %v", all)
	}
}

func TestSample(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		ctx := in(tenant.SystemOf(near, "sample"))
		err := k.Sample(ctx, []adoption.Adoption{
			{Origin: adoption.Origin{Regency: home, ID: "lubang"}, Agency: "hub7", State: adoption.Signed, StartedAt: k.clock.ago(60), SignedAt: k.clock.ago(9), Changes: changes, Result: result, Users: 40},
			{Origin: adoption.Origin{Regency: home, ID: "lubang"}, Agency: "kes7", State: adoption.Running, StartedAt: k.clock.ago(20), Users: -1}})
		if err != nil {
			t.Fatal(err)
		}
		if all, _, err := k.List(leader(near), adoption.Filter{}, 10, 0); err != nil || len(all) != 2 || all[0].Origin.Title != "Lapor Lubang Satu Foto" {
			t.Errorf("%+v %v", all, err)
		}
		if all, err := k.Adopters(leader(home), "lubang"); err != nil || len(all) != 1 || all[0].SignedAt != k.clock.ago(9) {
			t.Errorf("%+v %v", all, err)
		}
	})
}

func TestDaysAreCountedInTheZoneOfTheHouse(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	zone, err := time.LoadLocation("Asia/Jakarta")
	if err != nil {
		t.Fatal(err)
	}
	deps := k.Deps
	deps.Zone = tenant.OneZone(zone)
	s := adoption.New(deps)
	k.clock.at = time.Date(2026, 3, 15, 17, 30, 0, 0, time.UTC) // already the 16th in Jakarta
	a := adoption.Adoption{State: adoption.Running, StartedAt: time.Date(2026, 3, 2, 0, 0, 0, 0, zone).UnixMilli(), Changes: changes, Result: result}
	if s.Days(t.Context(), a) != 14 || s.Owes(t.Context(), a) != adoption.OwesSign || s.SignFrom(t.Context(), a) != time.Date(2026, 3, 16, 0, 0, 0, 0, zone).UnixMilli() {
		t.Errorf("%d days, owes %s, from %s", s.Days(t.Context(), a), s.Owes(t.Context(), a), time.UnixMilli(s.SignFrom(t.Context(), a)).In(zone))
	}
}
