package evidence

import (
	"strings"
	"sync"
	"sync/atomic"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// A table is read once, whoever visits it how often; what failed is read again, what is wide is cut.
func TestATableIsReadOnceForAllVisits(t *testing.T) {
	t.Parallel()
	var p previews
	var read atomic.Int32
	table := func() ([][]string, jail.Reason) {
		read.Add(1)
		return [][]string{{"a", "b"}}, ""
	}
	var visits sync.WaitGroup
	for range 40 {
		visits.Go(func() {
			if rows, why := p.rows("h", table); why != "" || len(rows) != 1 {
				t.Errorf("%v %q", rows, why)
			}
		})
	}
	visits.Wait()
	p.rows("h", table)
	if n := read.Load(); n < 1 || n > 3 {
		t.Errorf("one table was read %d times for 41 visits", n)
	}
	for range 2 {
		p.rows("broken", func() ([][]string, jail.Reason) { return nil, jail.Crashed })
	}
	wide := func() ([][]string, jail.Reason) { return [][]string{{strings.Repeat("ñ", 5*mostShown)}}, "" }
	if rows, _ := p.rows("wide", wide); len([]rune(rows[0][0])) != mostShown+1 {
		t.Errorf("a wide cell is kept with %d letters", len([]rune(rows[0][0])))
	}
	for n := range 3 * mostPreviews {
		p.rows(strings.Repeat("k", n+1), table)
	}
	if len(p.kept) > mostPreviews || p.kept["broken"] != nil {
		t.Errorf("%d previews are kept", len(p.kept))
	}
}
