package app

import (
	"context"
	"net/http"

	"github.com/pendapa/pendapa/internal/home"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/tenant"
)

// rooms builds every module, in the order in which their tables are made.
func (a *App) rooms(context.Context) ([]module.Module, error) {
	var sources []tasks.Source
	a.Web.Who = func(*http.Request) (tenant.Actor, error) { return tenant.Actor{}, nil }
	return []module.Module{home.New(nil, sources).Module()}, nil
}
