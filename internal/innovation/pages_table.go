package innovation

import "github.com/pendapa/pendapa/internal/platform/web"

func (s *Service) tableRoutes(*web.Mux) {}
