package score

import "github.com/pendapa/pendapa/internal/platform/web"

func (s *Service) routes(*web.Mux) {}
