package innovation

import "github.com/pendapa/pendapa/internal/platform/web"

func (s *Service) tableRoutes(mux *web.Mux) {
	mux.Handle("GET /inovasi/muda", Read, s.youthPage)
	mux.Handle("GET /inovasi/muda.csv", Read, s.youthCSV)
}
