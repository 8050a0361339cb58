package evidence

import "net/http"

// Receive takes an upload as the page and the interface for programs do, up to the cards; settled says whether to end it.
func (s *Service) Receive(w http.ResponseWriter, r *http.Request, settled bool) error {
	f, err := s.receive(w, r)
	if settled {
		s.end(r.Context(), f)
	}
	return err
}
