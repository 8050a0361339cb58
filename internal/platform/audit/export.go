package audit

import (
	"context"
	"database/sql"
	"io"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Export writes all trails as lines of JSON (trail.ReadLines), reading a page at a time: also entries that no head counts, so
// that the verifier finds them.
func (l *Log) Export(ctx context.Context, w io.Writer) error {
	regencies, err := l.Logs(ctx)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		if err := l.export(ctx, regency, w); err != nil {
			return err
		}
	}
	return nil
}

func (l *Log) export(ctx context.Context, regency int64, w io.Writer) error {
	// The checkpoints come first: what is written meanwhile is longer, so one that speaks of more entries was not outrun.
	rows, err := l.d.Query(ctx, `SELECT note FROM audit_checkpoint WHERE regency_id = $1 ORDER BY size`, regency)
	notes, err := db.Collect(rows, err, func(s *sql.Rows) (text string, err error) { return text, s.Scan(&text) })
	if err != nil {
		return err
	}
	size, end, err := l.extent(ctx, regency)
	if err != nil {
		return err
	}
	if err := trail.WriteHead(w, trail.LogHead{Log: trail.Origin(regency), Size: size, Checkpoints: notes}); err != nil {
		return err
	}
	for from := int64(0); from < end; {
		entries, err := l.pageOf(ctx, regency, from, end)
		if err != nil {
			return err
		}
		if len(entries) == 0 {
			return nil // the verifier says that entries are missing
		}
		for _, e := range entries {
			if err := trail.WriteRow(w, e); err != nil {
				return err
			}
		}
		from = entries[len(entries)-1].Seq + 1
	}
	return nil
}

// pageOf reads the next entries by their key.
func (l *Log) pageOf(ctx context.Context, regency, from, end int64) ([]Row, error) {
	rows, err := l.d.Query(ctx, `SELECT `+columns+` FROM audit_entry WHERE regency_id = $1 AND seq >= $2 AND seq < $3
		ORDER BY seq LIMIT $4`, regency, from, end, page)
	return db.Collect(rows, err, scan)
}
