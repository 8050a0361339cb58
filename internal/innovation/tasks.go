package innovation

import (
	"context"

	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/tasks"
)

func (s *Service) tasks(context.Context) ([]tasks.Task, error) { return nil, nil }

func (s *Service) remind(context.Context, jobs.Job) error { return nil }
