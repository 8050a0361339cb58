package db_test

import (
	"context"
	"errors"
	"fmt"
	"sync"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

func marks() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_m.sql": {Data: []byte("-- +goose Up\n" +
		"CREATE TABLE m_mark (regency_id BIGINT NOT NULL, round_id TEXT NOT NULL, n BIGINT NOT NULL, PRIMARY KEY (regency_id, round_id, n));\n")}}
}

// counter is a memo over m_mark that tells how often it computed.
type counter struct {
	d     *db.DB
	memo  *db.Memo[string, int]
	times int
}

func (c *counter) sum(t *testing.T, regency int64, round string) int {
	t.Helper()
	n, err := c.memo.Get(t.Context(), regency, round, round, func() (n int, err error) {
		c.times++
		err = c.d.QueryRow(t.Context(), `SELECT coalesce(sum(n), 0) FROM m_mark WHERE regency_id = $1 AND round_id = $2`, regency, round).Scan(&n)
		return n, err
	})
	if err != nil {
		t.Fatal(err)
	}
	return n
}

func change(t *testing.T, d *db.DB, query string, args ...any) {
	t.Helper()
	if err := d.Tx(t.Context(), func(tx *db.Tx) error { _, err := tx.Exec(query, args...); return err }); err != nil {
		t.Fatal(err)
	}
}

// TestAKeptValueFollowsEveryChange writes in each way a room may write: the next answer is the new one, values that the change
// did not concern are not computed again.
func TestAKeptValueFollowsEveryChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		d.Watch(db.Watch{Table: "m_mark", Part: "round_id"})
		c := &counter{d: d, memo: db.NewMemo[string, int](d, 10, "m_mark/part")}
		storetest.Migrate(t, d, "m", marks())
		for n, x := range []struct {
			query    string
			args     []any
			want     int
			computes int // of the three values together
		}{
			{`INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 5)`, []any{int64(1), "a"}, 5, 1},
			{`INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 7)`, []any{int64(1), "b"}, 5, 1},
			{`INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 7)`, []any{int64(2), "a"}, 5, 1},
			{`UPDATE m_mark SET n = 6 WHERE regency_id = $1 AND round_id = $2 AND n = 5`, []any{int64(1), "a"}, 6, 1},
			{`UPDATE m_mark SET n = 6 WHERE regency_id = $1 AND round_id = $2 AND n = 500`, []any{int64(1), "a"}, 6, 0},
			{`UPDATE m_mark SET n = n + 1 WHERE regency_id = $1`, []any{int64(1)}, 7, 2},
			{`UPDATE m_mark SET n = n + $1 WHERE regency_id > 0`, []any{int64(1)}, 8, 3},
			{`DELETE FROM m_mark WHERE regency_id = $1 AND round_id = $2`, []any{int64(1), "a"}, 0, 1},
			{`INSERT INTO m_mark (regency_id, round_id, n) SELECT regency_id, 'a', n FROM m_mark WHERE regency_id = $1 AND round_id = 'b'`, []any{int64(1)}, 9, 2},
		} {
			for range 2 { // the second time from memory
				c.sum(t, 1, "a")
				c.sum(t, 1, "b")
				c.sum(t, 2, "a")
			}
			c.times = 0
			change(t, d, x.query, x.args...)
			for range 2 {
				if got := c.sum(t, 1, "a"); got != x.want {
					t.Errorf("%d %s: %d, want %d", n, x.query, got, x.want)
				}
				c.sum(t, 1, "b")
				c.sum(t, 2, "a")
			}
			if c.times != x.computes {
				t.Errorf("%d %s: computed %d times, want %d", n, x.query, c.times, x.computes)
			}
		}
	})
}

// TestAKeptValueOfAWholeRoom watches every table of a room, in one regency and in all of them.
func TestAKeptValueOfAWholeRoom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		memo, times := db.NewMemo[string, int](d, 10, "m_*"), 0
		storetest.Migrate(t, d, "m", marks())
		ask := func(regency int64) int {
			times = 0
			if _, err := memo.Get(t.Context(), regency, "", "", func() (int, error) { times++; return 0, nil }); err != nil {
				t.Fatal(err)
			}
			return times
		}
		for _, regency := range []int64{1, 2, db.Everywhere} {
			if ask(regency) != 1 || ask(regency) != 0 {
				t.Errorf("regency %d: computed %d times", regency, times)
			}
		}
		change(t, d, `INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 3)`, int64(1), "a")
		if ask(1) != 1 || ask(2) != 0 || ask(db.Everywhere) != 1 {
			t.Error("a change in one regency was not told apart")
		}
	})
}

// TestAKeptValueKnowsNothingOfChangesThatFailed undoes a change and lets many ask at once.
func TestAKeptValueKnowsNothingOfChangesThatFailed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		c := &counter{d: d, memo: db.NewMemo[string, int](d, 1, "m_mark")}
		storetest.Migrate(t, d, "m", marks())
		c.sum(t, 1, "a")
		failed := errors.New("no")
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 1)`, int64(1), "a"); err != nil {
				return err
			}
			return failed
		})
		if !errors.Is(err, failed) || c.sum(t, 1, "a") != 0 || c.times != 1 {
			t.Errorf("%v, computed %d times", err, c.times)
		}
		change(t, d, `INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, 3)`, int64(1), "a")
		c.times = 0
		var all sync.WaitGroup
		for range 8 {
			all.Go(func() { c.sum(t, 1, "a") })
		}
		if all.Wait(); c.times != 1 {
			t.Errorf("eight who asked at once made it compute %d times", c.times)
		}
		c.sum(t, 1, "b") // takes the only place
		if c.sum(t, 1, "a") != 3 || c.times != 3 {
			t.Errorf("computed %d times", c.times)
		}
	})
}

// TestStatementsAreKept runs the same texts often, inside and outside of transactions, and texts that come once.
func TestStatementsAreKept(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "m", marks())
		ctx := context.Background()
		for n := range 20 {
			change(t, d, `INSERT INTO m_mark (regency_id, round_id, n) VALUES ($1, $2, $3)`, int64(1), "a", n)
			var got int
			if err := d.QueryRow(ctx, fmt.Sprintf(`SELECT count(*) FROM m_mark WHERE regency_id = $1 AND n <= %d`, n), int64(1)).Scan(&got); err != nil || got != n+1 {
				t.Fatal(got, err)
			}
			var inside, outside int
			err := d.Tx(ctx, func(tx *db.Tx) error {
				if _, err := tx.Exec(`UPDATE m_mark SET n = n WHERE regency_id = $1`, int64(1)); err != nil {
					return err
				}
				return tx.QueryRow(ctx, `SELECT count(*) FROM m_mark WHERE regency_id = $1`, int64(1)).Scan(&inside)
			})
			if err2 := d.QueryRow(ctx, `SELECT count(*) FROM m_mark WHERE regency_id = $1`, int64(1)).Scan(&outside); err != nil || err2 != nil || inside != n+1 || outside != n+1 {
				t.Fatal(inside, outside, err, err2)
			}
		}
	})
}
