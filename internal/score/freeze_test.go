package score_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestLockingKeepsWhatWasHandedIn(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		k.w.several(6)
		k.w.open2026(map[string]string{"1": "3"})
		k.claim(t, "i000", "16", 2)
		k.w.prove("i000", "16", "accepted")
		sheetIndex := func() string {
			t.Helper()
			sheet, err := k.SheetOf(assessor(), "r26")
			if err != nil {
				t.Fatal(err)
			}
			return k.board(t).Pack.Divide(sheet).Index.RatString()
		}
		before := k.index(t).RatString()
		if sheetIndex() != before {
			t.Error("an open round computes with something else than today")
		}
		k.moved(t, "r26", "open", "locked") // word of a lock that was undone meanwhile
		if _, _, ok, _ := k.Frozen(desk(), "r26"); ok {
			t.Error("an open round was frozen")
		}
		k.w.round.State = "locked"
		k.moved(t, "r26", "open", "locked")
		k.w.lib.Linked, k.w.round.Marks = nil, map[string]string{"1": "1"}
		k.w.counting("new", "health")
		if k.index(t).RatString() == before || sheetIndex() != before {
			t.Errorf("today %s, locked %s, was %s", k.index(t).RatString(), sheetIndex(), before)
		}
		k.w.round.State = "assess"
		k.moved(t, "r26", "locked", "assess")
		k.moved(t, "r26", "assess", "locked")
		if sheetIndex() != before {
			t.Error("a step between later states froze anew")
		}
		k.moved(t, "r26", "locked", "open") // late word of an opening that was undone
		if sheetIndex() != before {
			t.Error("late word let the sheet go")
		}
		k.w.round.State = "open"
		k.moved(t, "r26", "locked", "open")
		if after := k.index(t).RatString(); sheetIndex() != after || after == before {
			t.Errorf("opened again: %s, today %s", sheetIndex(), after)
		}
		k.w.round.State = "locked"
		k.moved(t, "r26", "open", "locked")
		k.w.counting("newer", "social")
		if sheetIndex() == k.index(t).RatString() {
			t.Error("the second lock kept nothing")
		}
		if trail := k.trail(t, home); strings.Count(trail, "score.freeze") != 2 || strings.Count(trail, "score.thaw") != 1 {
			t.Errorf("trail: %s", trail)
		}
	})
}

func TestAnOlderRound(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	k.w.open2026(map[string]string{"1": "1"})
	k.w.older["r23"] = score.Round{ID: "r23", Pack: "iid-2023", State: "locked", Year: 2023, Marks: map[string]string{"1": "3"}}
	k.moved(t, "r23", "open", "locked")
	sheet, _, ok, err := k.Frozen(desk(), "r23")
	if err != nil || !ok || sheet.Regency[0] != 3 {
		t.Errorf("%v %v %+v", ok, err, sheet)
	}
	k.moved(t, "unknown", "open", "locked")
	if _, _, ok, _ := k.Frozen(desk(), "unknown"); ok {
		t.Error("a round that nobody knows was frozen")
	}
}

func TestInstruments(t *testing.T) {
	t.Parallel()
	k := open(t, storetest.SQLite(t))
	for _, bad := range []string{"", "spbe-2020", "unknown"} {
		if err := k.SaveSetting(desk(), score.Setting{Pack: bad}); keyOf(err, "pack") != "score.error.pack" {
			t.Errorf("%q: %v", bad, err)
		}
	}
	if err := k.SaveSetting(desk(), score.Setting{Pack: "iid-2023", Choices: map[string]string{"edges": "lower", "edges2": "x", "beyond": "four"}}); err != nil {
		t.Fatal(err)
	}
	if b := k.board(t); b.Pack.ID != "iid-2023" || len(b.Setting.Choices) != 1 || b.Year != 2023 {
		t.Errorf("%s %v %d", b.Pack.ID, b.Setting.Choices, b.Year)
	}
	k.w.open2026(nil)
	if b := k.board(t); b.Pack.ID != "iid-2026" || b.Year != 2026 {
		t.Errorf("the round decides: %s", b.Pack.ID)
	}
	k.w.round.Pack = "spbe-2020"
	if _, err := k.Board(desk()); keyOf(err, "") != "score.error.pack" {
		t.Errorf("a round of another rule: %v", err)
	}
	k.w.round = nil
	k.Packs = someInstruments(t)[:1]
	if b := k.board(t); b.Pack.ID != "iid-2026" {
		t.Errorf("the chosen copy was deleted: %s", b.Pack.ID)
	}
}
