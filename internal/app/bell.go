package app

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/home"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// mostBells is how many people's numbers are kept.
const mostBells = 5000

// bellKey is for whom tasks were counted, with which rights, and in which minute: some work begins at an hour.
type bellKey struct {
	user, rights string
	minute       int64
}

// bell counts what waits for the actor. Every page asks, so the number is kept until something changes in a room that gives
// out work.
func (a *App) bell(desk *home.Service) func(ctx context.Context) int {
	counts := db.NewMemo[bellKey, int](a.DB, mostBells, "evaluation_*", "assessment_*", "innovation_*", "adoption_*", "agency_*", "access_user", "access_grant", "pack_*",
		"calendar_*", "webhook_*")
	return func(ctx context.Context) int {
		who := tenant.From(ctx)
		key := bellKey{user: who.UserID, minute: time.Now().Unix() / 60}
		for _, g := range who.Grants {
			key.rights += g.Role + " "
		}
		n, err := counts.Get(ctx, who.Regency, "", key, func() (int, error) {
			all, err := desk.Tasks(ctx)
			return len(all), err
		})
		if err != nil {
			n = 0 // the page itself says what is wrong
		}
		return n + a.Notices.Unread(ctx)
	}
}
