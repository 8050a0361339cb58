package seal_test

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"testing"
	"testing/fstest"
	"time"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// drawer is a store with things that were decided on; die is the id at which binding ends as if the program had been killed.
type drawer struct {
	*db.DB
	log *audit.Log
	die string
}

func open(t *testing.T, d *db.DB) *drawer {
	t.Helper()
	storetest.Migrate(t, d, "audit", audit.Files)
	storetest.Migrate(t, d, "thing", fstest.MapFS{"migrations/0001_thing.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE thing (regency_id BIGINT NOT NULL, id TEXT NOT NULL, decided_hash TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n")}})
	return &drawer{DB: d, log: audit.New(d, time.Now, nil)}
}

func (w *drawer) old() seal.Old {
	return seal.Old{Object: "thing", Find: func(ctx context.Context) ([]seal.Key, error) {
		rows, err := w.Query(ctx, `SELECT regency_id, id FROM thing WHERE regency_id > 0 AND decided_hash = 'unbound' ORDER BY id`)
		return db.Collect(rows, err, func(r *sql.Rows) (k seal.Key, err error) { return k, r.Scan(&k.Regency, &k.ID) })
	}, Bind: func(ctx context.Context, tx *db.Tx, id string) error {
		if id == w.die {
			return errors.New("killed")
		}
		return w.decide(ctx, tx, id)
	}}
}

// decide gives a thing its fingerprint and says so in the trail.
func (w *drawer) decide(ctx context.Context, tx *db.Tx, id string) error {
	hash := seal.New("thing").Text("id", id).Hash()
	if _, err := tx.Exec(`UPDATE thing SET decided_hash = $3 WHERE regency_id = $1 AND id = $2`, tenant.From(ctx).Regency, id, hash); err != nil {
		return err
	}
	return w.log.Record(ctx, tx, audit.Entry{Action: "bound", Object: "thing", ObjectID: id, After: seal.Decision{Decided: hash}})
}

func (w *drawer) put(t *testing.T, ids ...string) {
	t.Helper()
	err := w.Tx(context.Background(), func(tx *db.Tx) error {
		for _, id := range ids {
			if _, err := tx.Exec(`INSERT INTO thing (regency_id, id, decided_hash) VALUES (7, $1, 'unbound')`, id); err != nil {
				return err
			}
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func (w *drawer) unbound(t *testing.T) (n int) {
	t.Helper()
	if err := w.QueryRow(context.Background(), `SELECT count(*) FROM thing WHERE regency_id = 7 AND decided_hash = 'unbound'`).Scan(&n); err != nil {
		t.Fatal(err)
	}
	return n
}

func ids(n int) (all []string) {
	for i := range n {
		all = append(all, fmt.Sprintf("t%04d", i))
	}
	return all
}

// TestOldDecisionsAreBoundOnce: also when the upgrade is killed halfway. What comes without a fingerprint later stays without.
func TestOldDecisionsAreBoundOnce(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, w := context.Background(), open(t, d)
		w.put(t, ids(250)...)
		w.die = "t0150"
		if n, err := seal.BindOnce(ctx, d, w.log, w.old()); err == nil || n != 100 || w.unbound(t) != 150 {
			t.Fatalf("killed halfway: %d bound, %d left, %v", n, w.unbound(t), err)
		}
		w.die = ""
		if n, err := seal.BindOnce(ctx, d, w.log, w.old()); err != nil || n != 150 || w.unbound(t) != 0 {
			t.Fatalf("gone on with: %d bound, %d left, %v", n, w.unbound(t), err)
		}
		if _, total, err := w.log.List(ctx, 7, audit.Filter{Action: "bound"}, 1, 0); err != nil || total != 250 {
			t.Errorf("the trail knows %d, %v", total, err)
		}
		w.put(t, "forged")
		if n, err := seal.BindOnce(ctx, d, w.log, w.old()); err != nil || n != 0 || w.unbound(t) != 1 {
			t.Errorf("after the upgrade: %d bound, %d left, %v", n, w.unbound(t), err)
		}
	})
}

// TestWhatTheTrailKnowsIsNotBoundAgain: its row was changed behind the house.
func TestWhatTheTrailKnowsIsNotBoundAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, w := context.Background(), open(t, d)
		w.put(t, "a", "b")
		in := tenant.With(ctx, tenant.SystemOf(7, "test"))
		if err := d.Tx(in, func(tx *db.Tx) error {
			if err := w.decide(in, tx, "a"); err != nil {
				return err
			}
			_, err := tx.Exec(`UPDATE thing SET decided_hash = 'unbound' WHERE regency_id = 7 AND id = 'a'`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if n, err := seal.BindOnce(ctx, d, w.log, w.old()); err != nil || n != 1 || w.unbound(t) != 1 {
			t.Errorf("%d bound, %d left, %v", n, w.unbound(t), err)
		}
	})
}

// TestTheTrailIsReadToItsBeginning: a decision counts however many came after it, and only the newest one of each thing.
func TestTheTrailIsReadToItsBeginning(t *testing.T) {
	t.Parallel()
	d := storetest.SQLite(t)
	w := open(t, d)
	in := tenant.With(context.Background(), tenant.SystemOf(7, "test"))
	record := func(tx *db.Tx, id string, after any) error {
		return w.log.Record(in, tx, audit.Entry{Action: "x", Object: "thing", ObjectID: id, After: after})
	}
	if err := d.Tx(in, func(tx *db.Tx) error {
		for i, id := range append([]string{"first", "twice", "twice", "back", "back"}, ids(5200)...) {
			if err := record(tx, id, seal.Decision{Decided: []string{"1", "1", "2", "1", ""}[i%5]}); err != nil {
				return err
			}
		}
		return record(tx, "first", map[string]string{"title": "no decision"})
	}); err != nil {
		t.Fatal(err)
	}
	got, err := seal.Trail(in, w.log, 7, "thing")
	if err != nil || len(got) != 5203 || got["first"] != "1" || got["twice"] != "2" || got["back"] != "" {
		t.Errorf("%d things, %q %q %q, %v", len(got), got["first"], got["twice"], got["back"], err)
	}
}

// TestEveryDecisionIsCompared: with its content, and with the trail.
func TestEveryDecisionIsCompared(t *testing.T) {
	t.Parallel()
	one, two := seal.New("x").Hash(), seal.New("y").Hash()
	for name, c := range map[string]struct{ decided, found, trail, why, shown string }{
		"whole":                        {one, one, one, "", one},
		"the content changed":          {one, two, one, "content", one},
		"row and content changed":      {two, two, one, "trail", one},
		"the trail knows none":         {one, one, "", "trail", ""},
		"taken back in the trail":      {two, two, "", "trail", ""},
		"unbound":                      {seal.Unbound, one, "", "unbound", seal.Unbound},
		"unbound, and the trail knows": {seal.Unbound, one, one, "unbound", seal.Unbound},
		"nothing":                      {"", one, "", "unbound", ""},
		"nothing, and nothing found":   {"", "", "", "unbound", ""},
	} {
		m := seal.Mismatch{Decided: c.decided, Found: c.found}
		if m.Wrong(c.trail) != (c.why != "") || m.Why != c.why || m.Decided != c.shown {
			t.Errorf("%s: %+v", name, m)
		}
	}
}

// TestADecisionThatOnlyTheTrailKnowsIsGone, unless the trail also says that it was taken back.
func TestADecisionThatOnlyTheTrailKnowsIsGone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		w := open(t, d)
		in := tenant.With(context.Background(), tenant.SystemOf(7, "test"))
		hash := seal.New("thing").Hash()
		for _, e := range []audit.Entry{{ObjectID: "stands", After: seal.Decision{Decided: hash}}, {ObjectID: "removed", After: seal.Decision{Decided: hash}},
			{ObjectID: "back", After: seal.Decision{Decided: hash}}, {ObjectID: "back", After: seal.Decision{}},
			{ObjectID: "old", After: seal.Decision{Decided: hash}}, {ObjectID: "old", After: map[string]string{"State": "submitted", "DecidedHash": hash}}} {
			e.Action, e.Object = "x", "thing"
			if err := d.Tx(in, func(tx *db.Tx) error { return w.log.Record(in, tx, e) }); err != nil {
				t.Fatal(err)
			}
		}
		c, err := seal.Begin(in, w.log, "thing")
		if err != nil {
			t.Fatal(err)
		}
		c.Add("stands", "Benda", hash, hash)
		if n, wrong := c.End(); n != 2 || len(wrong) != 1 || wrong[0].ID != "removed" || wrong[0].Why != "gone" || wrong[0].Decided != hash {
			t.Errorf("%d looked at, %+v", n, wrong)
		}
	})
}
