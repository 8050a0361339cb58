package torture

import (
	"fmt"
	"math/rand/v2"
	"os"
	"strconv"
	"sync"
	"time"
)

// dice draws everything a trial leaves to chance from one seed, which is printed when a trial fails: with PENDAPA_TEST_SEED
// it is drawn again. What the machine leaves to chance (whose turn comes first) is not repeated by it.
type dice struct {
	seed uint64
	mu   sync.Mutex
	r    *rand.Rand
}

var luck = roll()

func roll() *dice {
	seed, err := strconv.ParseUint(os.Getenv("PENDAPA_TEST_SEED"), 10, 64)
	if err != nil {
		seed = uint64(time.Now().UnixNano()) //nolint:gosec // any number will do
	}
	return &dice{seed: seed, r: rand.New(rand.NewPCG(seed, 0))}
}

// tell prints the seed of trials that failed.
func (d *dice) tell(failed bool) {
	if failed {
		fmt.Fprintf(os.Stderr, "drawn with PENDAPA_TEST_SEED=%d\n", d.seed)
	}
}

// IntN gives a number from 0 to n-1.
func (d *dice) IntN(n int) int { return int(d.Int64N(int64(n))) }

// Int64N gives a number from 0 to n-1.
func (d *dice) Int64N(n int64) int64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.Int64N(n)
}

// Float64 gives a number from 0 to 1.
func (d *dice) Float64() float64 {
	d.mu.Lock()
	defer d.mu.Unlock()
	return d.r.Float64()
}

// between gives a time from a to b.
func (d *dice) between(a, b time.Duration) time.Duration {
	return a + time.Duration(d.Int64N(int64(b-a)+1))
}

// bytes gives n random bytes.
func (d *dice) bytes(n int) []byte {
	d.mu.Lock()
	defer d.mu.Unlock()
	out := make([]byte, 0, n+8)
	for len(out) < n {
		for v, i := d.r.Uint64(), 0; i < 8; i++ {
			out = append(out, byte(v>>(8*i)))
		}
	}
	return out[:n]
}
