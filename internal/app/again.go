package app

import (
	"context"
	"errors"
	"log/slog"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// mostBegins is how often a start begins anew: a disk or a memory that loses bits faster is not worked against.
const mostBegins = 20

// again begins until nothing that was lost and put back stands in the way; each time is told, for what loses bits must be seen.
func again(ctx context.Context, log *slog.Logger, begin func() (*App, error)) (*App, error) {
	for tries := 1; ; tries++ {
		a, err := begin()
		if x, is := errors.AsType[*db.Damaged](err); !is || !x.Mended || tries == mostBegins || ctx.Err() != nil {
			return a, err
		}
		log.WarnContext(ctx, "a lost bit was put back, the start begins anew: look at the disk and the memory of this machine",
			"begins", tries, "of", mostBegins, "err", err)
	}
}
