package notice

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type apiItem struct {
	ID     string         `json:"id"`
	Key    string         `json:"key"`
	Args   map[string]any `json:"args"`
	Text   string         `json:"text"`
	Path   string         `json:"path"`
	At     int64          `json:"at"`
	ReadAt int64          `json:"read_at"`
}

// apiList gives the caller's own notices. Reading them here marks nothing as read.
func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q, ctx := r.URL.Query(), r.Context()
	page, _ := strconv.Atoi(q.Get("page"))
	page = max(1, min(page, 1_000_000))
	const size = 100
	all, total, err := s.List(ctx, q.Get("unread") == "true", size, (page-1)*size)
	if err != nil {
		return err
	}
	out := []apiItem{}
	for _, i := range all {
		out = append(out, apiItem{i.ID, i.Key, i.Args, s.text(tenant.From(ctx).Lang, i), i.Path, i.At, i.ReadAt})
	}
	return web.JSON(w, http.StatusOK, map[string]any{"notices": out, "total": total, "unread": s.Unread(ctx), "page": page})
}
