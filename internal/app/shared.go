package app

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// mostShared is how many public pages are kept, each of some ten kilobytes.
const mostShared = 400

// sharedPages keeps public pages until a room changes that they read, in whichever regency: some show all of this host.
func (a *App) sharedPages() web.Shared {
	kept := db.NewMemo[string, web.SharedPage](a.DB, mostShared, "assessment_*", "evaluation_*", "innovation_*", "adoption_*", "score_*", "evidence_*", "agency_*", "territory_*",
		"pack_*", "access_regency", "calendar_*")
	return func(ctx context.Context, key string, make func() (web.SharedPage, error)) (web.SharedPage, error) {
		return kept.Get(ctx, db.Everywhere, "", key, make)
	}
}
