package evidence

import (
	"sync"

	"golang.org/x/sync/singleflight"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

const (
	mostPreviews = 16  // tables whose first rows are kept
	mostShown    = 200 // letters of a cell in a preview
)

// previews keeps the first rows of tables by the hash of the file. Visitors of one table that is being read wait for one reader
// together, so that nobody can fill the readers with visits.
type previews struct {
	mu   sync.Mutex // guards kept
	kept map[string][][]string
	once singleflight.Group
}

type previewed struct {
	rows [][]string
	why  jail.Reason
}

// rows gives what is kept, or reads it. What could not be read is not kept here: the card notes what is final.
func (p *previews) rows(hash string, read func() ([][]string, jail.Reason)) ([][]string, jail.Reason) {
	p.mu.Lock()
	rows, ok := p.kept[hash]
	p.mu.Unlock()
	if ok {
		return rows, ""
	}
	got, _, _ := p.once.Do(hash, func() (any, error) {
		rows, why := read()
		if why == "" && rows != nil {
			rows = cutCells(rows)
			p.keep(hash, rows)
		}
		return previewed{rows, why}, nil
	})
	one, _ := got.(previewed)
	return one.rows, one.why
}

func (p *previews) keep(hash string, rows [][]string) {
	p.mu.Lock()
	defer p.mu.Unlock()
	if p.kept == nil {
		p.kept = map[string][][]string{}
	}
	for old := range p.kept {
		if len(p.kept) < mostPreviews {
			break
		}
		delete(p.kept, old)
	}
	p.kept[hash] = rows
}

// cutCells shortens what is long: a preview is for recognising a table, and every one must fit in memory.
func cutCells(rows [][]string) [][]string {
	for _, row := range rows {
		for n, cell := range row {
			if letters := []rune(cell); len(letters) > mostShown {
				row[n] = string(letters[:mostShown]) + "…"
			}
		}
	}
	return rows
}
