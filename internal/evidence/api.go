package evidence

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/web"
)

type apiItem struct {
	ID              string `json:"id"`
	Title           string `json:"title"`
	Kind            string `json:"kind"`
	Number          string `json:"number"`
	Date            int64  `json:"date"`
	From            int64  `json:"period_from"`
	To              int64  `json:"period_to"`
	Agency          string `json:"agency"`
	Page            string `json:"page"`
	Confidentiality string `json:"confidentiality"`
	ValidUntil      int64  `json:"valid_until"`
	State           string `json:"state"`
	Reason          string `json:"reason"`
	URL             string `json:"url"`
	FileName        string `json:"file_name"`
	FileType        string `json:"file_type"`
	FileHash        string `json:"file_sha256"`
	FileSize        int64  `json:"file_size"`
	Rev             int64  `json:"rev"`
	Decided         string `json:"decided_sha256"` // what was accepted
	DecidedAt       int64  `json:"decided_at"`
	Pending         int64  `json:"pending_version"` // a change of the accepted card that waits, 0 none
}

func shown(i Item) apiItem {
	return apiItem{i.ID, i.Title, i.Kind, i.Number, i.Date, i.From, i.To, i.Agency, i.Page, i.Confidentiality, i.ValidUntil, i.State, i.Reason, i.URL, i.FileName, i.FileType,
		i.FileHash, i.FileSize, i.Rev, i.DecidedHash, i.DecidedAt, i.Pending}
}

func allShown(all []Item) []apiItem {
	out := []apiItem{}
	for _, i := range all {
		out = append(out, shown(i))
	}
	return out
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	q := r.URL.Query()
	page, _ := strconv.Atoi(q.Get("page"))
	page = max(1, min(page, 1_000_000))
	const size = 100
	all, total, err := s.List(r.Context(), Filter{Query: q.Get("q"), Kind: q.Get("kind"), State: q.Get("state"), Agency: q.Get("agency")}, size, (page-1)*size)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, map[string]any{"evidence": allShown(all), "total": total, "page": page})
}

func (s *Service) apiGet(w http.ResponseWriter, r *http.Request) error {
	i, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusOK, shown(i))
}

// apiUpload takes the same multipart form as the page.
func (s *Service) apiUpload(w http.ResponseWriter, r *http.Request) error {
	f, err := s.receive(w, r)
	defer s.end(r.Context(), f)
	if err != nil {
		return err
	}
	added, known, err := s.addAll(r, f)
	if err != nil {
		return err
	}
	return web.JSON(w, http.StatusCreated, map[string]any{"evidence": allShown(added), "known": known})
}
