package score_test

import (
	"fmt"
	"net/http"
	"runtime"
	"strconv"
	"testing"

	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/storetest"
)

func BenchmarkBoard(b *testing.B) {
	for _, n := range []int{200, 2000} {
		b.Run(strconv.Itoa(n), func(b *testing.B) {
			k := furnished(b, storetest.SQLite(b), n)
			k.full(b, n)
			b.ResetTimer()
			for b.Loop() {
				board, err := k.Board(desk())
				if err != nil || len(board.FirstSteps("", 12)) != 12 {
					b.Fatal(err)
				}
			}
			b.ReportMetric(float64(b.Elapsed().Microseconds())/1000/float64(b.N), "ms/op")
		})
	}
}

// TestPagesOfTheBoardDoNotGrow reads the page of the index, its simulation and its steps with twenty times the innovations: what a
// reader costs does not follow from how many there are.
func TestPagesOfTheBoardDoNotGrow(t *testing.T) {
	cost := func(n int, path string) uint64 {
		k := furnished(t, storetest.SQLite(t), n)
		k.full(t, n)
		k.keepBoards()
		v := doorOf(t, k)
		v.call(t, desk(), "GET", path, "")
		var before, after runtime.MemStats
		runtime.ReadMemStats(&before)
		if code, _, _ := v.call(t, desk(), "GET", path, ""); code != http.StatusOK {
			t.Fatal(path, code)
		}
		runtime.ReadMemStats(&after)
		return after.TotalAlloc - before.TotalAlloc
	}
	for _, path := range []string{"/iid", "/iid/simulasi", "/api/v1/iid/steps"} {
		if few, many := cost(100, path), cost(2000, path); many > few+few/4 {
			t.Errorf("%s: %d bytes with 2,000 innovations, %d with 100", path, many, few)
		}
	}
}

func (k *room) full(b testing.TB, n int) {
	b.Helper()
	var claims []score.Claim
	codes := []string{"16", "18", "19", "21", "23", "25", "26", "27", "30", "34"}
	for i := range n {
		id := fmt.Sprintf("i%03d", i)
		k.w.change(id, func(f *score.Fact) {
			f.People, f.Users, f.Complaints, f.Resolved, f.ProposedAt, f.Agencies = i%40, int64(i), 50, int64(i%50), day("2024-10-01"), []string{"hub", "kes"}
		})
		for j, code := range codes {
			if i >= 6 {
				claims = append(claims, score.Claim{Innovation: id, Item: code, Points: int8(1 + (i+j)%3)})
			}
			if (i+j)%4 != 0 {
				k.w.prove(id, code, "accepted")
			}
		}
	}
	if err := k.Sample(system(), claims); err != nil {
		b.Fatal(err)
	}
}
