package app

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/host"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/territory/official"
)

// hosted builds the room of the host's operator: what each regency has of its own.
func (a *App) hosted(registry *official.Registry) *host.Service {
	return host.New(host.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Founder: a.Access, Box: a.Keys.Box(), Changed: a.zones.forget,
		BaseURL: a.Config.BaseURL, Default: host.Limits{File: a.Config.MaxFile, Agency: a.Config.Quota},
		Regions: func(query string, limit int) ([]host.Region, error) {
			found, err := regions{registry}.FindRegency(query, limit)
			var out []host.Region
			for _, r := range found {
				out = append(out, host.Region(r))
			}
			return out, err
		}})
}

var _ host.Founder = (*access.Service)(nil)

// ofHost tells whether the actor may see and touch what belongs to the host and not to one regency. Where the host serves one
// regency, its administrator runs both.
func (a *App) ofHost(ctx context.Context) (bool, error) {
	if tenant.From(ctx).Can(host.Manage, "") {
		return true, nil
	}
	all, err := a.Access.Regencies(ctx)
	return err == nil && len(all) <= 1, err
}

// address is what stands before the paths in letters of the acting regency.
func (a *App) address(ctx context.Context) string {
	return a.Host.Address(ctx, tenant.From(ctx).Regency)
}

// fileLimits are the limits of a regency as the room of proofs wants them.
func (a *App) fileLimits(ctx context.Context, regency int64) (evidence.Limits, error) {
	l, err := a.Host.Limits(ctx, regency)
	return evidence.Limits(l), err
}

// post brings a letter to the mail server of the regency that wrote it, else to that of the machine.
type post struct{ a *App }

// Send finds the server and hands the letter over.
func (p post) Send(ctx context.Context, m mail.Message) error {
	own, ok, err := p.a.Host.MailOf(ctx, tenant.From(ctx).Regency)
	switch {
	case err != nil:
		return err
	case ok:
		return mail.SMTP{Host: own.Host, Port: own.Port, User: own.User, Password: own.Password, From: own.From}.Send(ctx, m)
	case p.a.Config.SMTP.Host != "":
		return p.a.Config.SMTP.Send(ctx, m)
	}
	return mail.Log{Logger: p.a.log}.Send(ctx, m)
}
