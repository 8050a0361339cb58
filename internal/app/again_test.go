package app

import (
	"bytes"
	"context"
	"errors"
	"log/slog"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// TestAStartThatAlwaysMeetsLostBitsEnds: each beginning anew is told, the last one is the error; another error ends it at once.
func TestAStartThatAlwaysMeetsLostBitsEnds(t *testing.T) {
	t.Parallel()
	other := errors.New("the folder is in use")
	stopped, stop := context.WithCancel(t.Context())
	stop()
	for name, c := range map[string]struct {
		ctx  context.Context
		err  error
		want int
	}{
		"put back each time": {t.Context(), &db.Damaged{Mended: true}, mostBegins},
		"not put back":       {t.Context(), &db.Damaged{}, 1},
		"something else":     {t.Context(), other, 1},
		"told to stop":       {stopped, &db.Damaged{Mended: true}, 1},
	} {
		var said bytes.Buffer
		n := 0
		_, err := again(c.ctx, slog.New(slog.NewTextHandler(&said, nil)), func() (*App, error) {
			if n++; n > mostBegins {
				t.Fatalf("%s: it begins without end", name)
			}
			return nil, c.err
		})
		if told := strings.Count(said.String(), "begins anew"); n != c.want || told != c.want-1 || !errors.Is(err, c.err) {
			t.Errorf("%s: %d times, told %d times, %v; want %d", name, n, told, err, c.want)
		}
	}
}
