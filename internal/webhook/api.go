package webhook

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type apiHook struct {
	ID      string   `json:"id"`
	Name    string   `json:"name"`
	URL     string   `json:"url"`
	Events  []string `json:"events"`
	Active  bool     `json:"active"`
	Reason  string   `json:"reason"`
	LastOK  int64    `json:"last_ok"`
	Created int64    `json:"created_at"`
	Rev     int64    `json:"rev"`
	Secret  string   `json:"secret,omitempty"` // only in the answer to making it
}

func hookJSON(h Hook, secret string) apiHook {
	return apiHook{h.ID, h.Name, h.URL, h.Events, h.Active, h.Reason, h.LastOK, h.CreatedAt, h.Rev, secret}
}

func (s *Service) apiList(w http.ResponseWriter, r *http.Request) error {
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	out := []apiHook{}
	for _, h := range all {
		out = append(out, hookJSON(h, ""))
	}
	return web.JSON(w, http.StatusOK, map[string]any{"webhooks": out})
}

func (s *Service) apiCreate(w http.ResponseWriter, r *http.Request) error {
	var in struct {
		Name   string   `json:"name"`
		URL    string   `json:"url"`
		Events []string `json:"events"`
	}
	if err := web.ReadJSON(w, r, &in); err != nil {
		return err
	}
	id, secret, err := s.Create(r.Context(), Hook{Name: in.Name, URL: in.URL, Events: in.Events})
	if err != nil {
		return err
	}
	h, err := s.Get(r.Context(), id)
	if err != nil {
		return err
	}
	idem.Instead(r.Context(), hookJSON(h, "")) // the secret is shown once and kept nowhere else
	return web.JSON(w, http.StatusCreated, hookJSON(h, secret))
}

func (s *Service) apiDelete(w http.ResponseWriter, r *http.Request) error {
	if err := s.Delete(r.Context(), r.PathValue("id")); err != nil {
		return err
	}
	w.WriteHeader(http.StatusNoContent)
	return nil
}
