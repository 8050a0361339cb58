package app

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/tenant"
)

// refused brings what a person or a program was not allowed to do into the trail: who, from where, which way in, and why.
func (a *App) refused(r *http.Request, err error) {
	actor := tenant.From(r.Context())
	if actor.Regency == 0 {
		return // a stranger without an account: the log of the proxy knows more than we do
	}
	way := r.Pattern // never the path: it may hold a link that opens something
	if way == "" {
		way = r.Method
	}
	key, _ := errs.KeyOf(err)
	a.Audit.Refused(r.Context(), audit.Refusal{Action: "web.refused", Object: "route", ObjectID: way, Agency: actor.Agency, Why: key})
}
