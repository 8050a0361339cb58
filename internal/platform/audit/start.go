package audit

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// standing is how a place stood for one regency.
type standing struct {
	regency int64
	Outside
}

// CompareAtStart compares the newest checkpoint of every regency with every place that can be reached, all places at the
// same time, and keeps how they stand. What differs is logged loudly. It returns after limit even when a place hangs: that
// place is compared again by the regular job. It gives how many places were compared to the end.
func (l *Log) CompareAtStart(ctx context.Context, limit time.Duration) (places int, err error) {
	if len(l.places) == 0 {
		return 0, nil
	}
	regencies, err := l.Regencies(ctx)
	if err != nil {
		return 0, err
	}
	ctx, cancel := context.WithTimeout(ctx, limit)
	defer cancel()
	answers := make(chan []standing, len(l.places))
	for _, p := range l.places {
		go func() { answers <- l.stands(ctx, p, regencies) }()
	}
	for range l.places {
		select {
		case all := <-answers:
			places++
			if err := l.keepStandings(context.WithoutCancel(ctx), all); err != nil {
				return places, err
			}
		case <-ctx.Done():
			l.logger().WarnContext(ctx, "some places outside did not answer before the start; they are compared in a minute",
				"answered", places, "of", len(l.places))
			return places, nil
		}
	}
	return places, nil
}

// stands compares one place with every regency, also those that only the place knows.
func (l *Log) stands(ctx context.Context, p Place, regencies []int64) (all []standing) {
	for _, regency := range withKept([]Place{p}, regencies) {
		c, err := l.newestOrNone(ctx, regency)
		all = append(all, standing{regency, l.try(ctx, regency, c, p, err)})
	}
	return all
}

func (l *Log) newestOrNone(ctx context.Context, regency int64) (trail.Checkpoint, error) {
	c, _, ok, err := l.Newest(ctx, regency)
	if !ok && err == nil {
		c = trail.Checkpoint{Origin: trail.Origin(regency)}
	}
	return c, err
}

func (l *Log) keepStandings(ctx context.Context, all []standing) error {
	return l.d.Tx(ctx, func(tx *db.Tx) error {
		for _, s := range all {
			if err := keepOutside(tx, s.regency, s.Outside); err != nil {
				return err
			}
		}
		return nil
	})
}
