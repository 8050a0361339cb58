package keeper

import (
	"context"
	"database/sql"
	"errors"
	"os"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// One run of Scrub reads for so long; the next goes on where it stopped. The pace and the time between the runs make it
// 4.8 GB each half hour: 100 GB of evidence are read in eleven hours.
const (
	runTime = 2 * time.Minute
	perStep = 200      // files between two notes of the place
	perSec  = 40 << 20 // bytes
)

// Slow is the pace for a disk that people wait for.
func Slow(ctx context.Context, bytes int64) {
	wait := time.NewTimer(time.Duration(float64(bytes) / perSec * float64(time.Second)))
	defer wait.Stop()
	select {
	case <-ctx.Done():
	case <-wait.C:
	}
}

type pass struct {
	place                               string // "column number:hash" of the last file read
	began, files, bytes, endedAt, ended int64
}

func (k *Keeper) pass(ctx context.Context) (p pass, err error) {
	err = k.DB.QueryRow(ctx, `SELECT place, began_at, files, bytes, ended_at, ended FROM keeper_pass WHERE regency_id = 0`).
		Scan(&p.place, &p.began, &p.files, &p.bytes, &p.endedAt, &p.ended)
	if db.NotFound(err) {
		return p, nil
	}
	return p, err
}

func (k *Keeper) keepPass(ctx context.Context, p pass) error {
	return k.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`INSERT INTO keeper_pass (regency_id, place, began_at, files, bytes, ended_at, ended) VALUES (0, $1, $2, $3, $4, $5, $6)
			ON CONFLICT (regency_id) DO UPDATE SET place = excluded.place, began_at = excluded.began_at, files = excluded.files,
			bytes = excluded.bytes, ended_at = excluded.ended_at, ended = excluded.ended`, p.place, p.began, p.files, p.bytes, p.endedAt, p.ended)
		return err
	})
}

// Scrub reads kept files again, from where the last run stopped, and compares them with their names. What it finds is
// mended at once when it can be.
func (k *Keeper) Scrub(ctx context.Context) error {
	p, err := k.pass(ctx)
	if err != nil {
		return err
	}
	until := k.Now().Add(runTime)
	for k.Now().Before(until) && ctx.Err() == nil {
		if p.began == 0 {
			p.began = k.Now().UnixMilli()
		}
		done, err := k.step(ctx, &p)
		if err != nil {
			return err
		}
		if done {
			p.endedAt, p.ended = k.Now().UnixMilli(), p.files
			p.place, p.began, p.files, p.bytes = "", 0, 0, 0
		}
		if err := k.keepPass(ctx, p); err != nil || done {
			return errors.Join(err, k.Tend(ctx))
		}
	}
	return k.Tend(context.WithoutCancel(ctx))
}

// step reads the next files of a column; done after the last column.
func (k *Keeper) step(ctx context.Context, p *pass) (done bool, err error) {
	number, after, _ := strings.Cut(p.place, ":")
	column, _ := strconv.Atoi(number)
	if column >= len(k.Columns) {
		return true, nil
	}
	hashes, err := k.named(ctx, k.Columns[column], after, perStep)
	if err != nil {
		return false, err
	}
	if len(hashes) == 0 {
		p.place = strconv.Itoa(column+1) + ":"
		return false, nil
	}
	for _, hash := range hashes {
		if ctx.Err() != nil {
			return false, nil
		}
		if err := k.look(ctx, hash, p); err != nil {
			return false, err
		}
		p.place = strconv.Itoa(column) + ":" + hash
	}
	return false, nil
}

func (k *Keeper) look(ctx context.Context, hash string, p *pass) error {
	state, err := k.Store.Check(hash)
	if err != nil {
		return err
	}
	p.files++
	if state != "" {
		k.Hear(hash, state)
	}
	if state == blob.Missing {
		return nil
	}
	size, err := k.Store.Size(hash)
	if err != nil && !os.IsNotExist(err) {
		return err
	}
	if p.bytes += size; k.Pace != nil {
		k.Pace(ctx, size)
	}
	return nil
}

// named lists the files that a column names, in order, after one.
func (k *Keeper) named(ctx context.Context, c blob.Column, after string, limit int) ([]string, error) {
	rows, err := k.DB.Query(ctx, `SELECT DISTINCT `+c.Column+` FROM `+c.Table+` WHERE regency_id >= 0 AND `+c.Column+` > $1 ORDER BY `+
		c.Column+` LIMIT $2`, after, limit)
	return db.Collect(rows, err, func(r *sql.Rows) (hash string, err error) { return hash, r.Scan(&hash) })
}
