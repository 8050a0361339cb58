package app

import (
	"context"
	"errors"
	"maps"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/home"
	"github.com/pendapa/pendapa/internal/pack"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keeper"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/platform/module"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/territory"
	"github.com/pendapa/pendapa/internal/territory/official"
)

// rooms builds every module, in the order in which their tables are made.
func (a *App) rooms(ctx context.Context) ([]module.Module, error) {
	signer := audit.NewSigner(a.Keys.Audit())
	a.Audit = audit.New(a.DB, time.Now, signer)
	if err := a.DB.Migrate(ctx, "audit", audit.Files); err != nil {
		return nil, err
	}
	a.Audit.LogTo(a.log)
	a.Web.Refused = a.refused
	if err := errors.Join(a.retireKeys(ctx, signer), a.tellReplaced(ctx)); err != nil {
		return nil, err
	}
	if err := a.outside(); err != nil {
		return nil, err
	}
	a.Jobs.Add("audit.refused", a.Audit.SettleJob)
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "audit.refused", Every: time.Minute})
	a.Jobs.Add("audit.checkpoint", a.Audit.CheckpointAll)
	a.Jobs.AddSchedule(jobs.Schedule{Kind: "audit.checkpoint", Every: time.Minute})
	a.Jobs.AddTo(jobs.LaneLetters, mail.Kind, mail.Job(post{a}, a.Keys.Box()))
	registry, err := official.Load()
	if err != nil {
		return nil, err
	}
	a.Agencies = agency.New(agency.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New})
	dir := &directory{agencies: a.Agencies, known: db.NewMemo[string, []tenant.Agency](a.DB, 1000, "agency_*")}
	a.Access = access.New(access.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Secret: id.Secret, Dir: dir, Mail: letters{a}, Box: a.Keys.Box(),
		Tree: a.Agencies, Regions: regions{registry}, Sample: a.Config.Sample, Address: a.address, OIDC: a.Config.OIDC,
		Log: a.log})
	dir.people, a.zones.brand = a.Access, a.Access.Brand
	a.Web.Who, a.Web.Renew, a.Web.Brand = a.Access.Who, a.Access.Renew, a.brand
	a.Host = a.hosted(registry)
	a.Web.Visits = a.Host.Find
	a.Territory = territory.New(territory.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Registry: registry, Code: func(ctx context.Context) (string, error) {
		b, err := a.Access.Brand(ctx, tenant.From(ctx).Regency)
		return b.Code, err
	}})
	a.Admin = admin.New(admin.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Dir: dir, Source: a.BackupSource, Check: a.BackupCheck, Plain: strings.TrimSpace(a.Config.Recipients) == "", Lane: a.Jobs.Lane, Root: a.Config.Backups, Keep: a.Config.BackupKeep,
		Data: a.Config.DataDir, Version: a.Config.Version, Started: time.Now(), Copy: a.copyStatus, Host: a.ofHost, PathOf: pathOf,
		Decided: a.decided, Files: func(ctx context.Context) (keeper.Report, error) { return a.Keeper.Report(ctx) }})
	if err := a.programme(ctx, dir); err != nil {
		return nil, err
	}
	if err := a.innovations(dir); err != nil {
		return nil, err
	}
	all := []module.Module{a.Agencies.Module(), a.Access.Module(), a.Host.Module(), a.Evaluation.Module(), a.Evidence.Module(), a.Assessment.Module(), a.Packs.Module(), a.Territory.Module(), a.Admin.Module(),
		a.Calendar.Module(), a.Webhooks.Module(), a.Notices.Module(), a.Innovation.Module(), a.Adoption.Module(), a.Score.Module(), a.Reuse.Module()}
	var sources []tasks.Source
	var perms []module.Perm
	var columns []blob.Column
	for _, m := range all {
		if m.Tasks != nil {
			sources = append(sources, m.Tasks)
		}
		maps.Copy(a.Evidence.Holders, m.Holds)
		perms = append(perms, m.Perms...)
		columns = append(columns, m.Blobs...)
	}
	a.Access.SetPerms(perms)
	a.Keeper.SetColumns(columns)
	if err := a.startCopy(a.blobs, columns); err != nil {
		return nil, err
	}
	desk := home.New(dir, append(sources, a.firstSteps))
	a.Web.Bell = a.bell(desk)
	return append(all, desk.Module()), nil
}

// programme builds the rooms of the yearly evaluation; they use each other through bridges.go.
func (a *App) programme(ctx context.Context, dir tenant.Directory) error {
	blobs, err := a.files(ctx)
	if err != nil {
		return err
	}
	looks, err := blob.New(filepath.Join(a.Config.DataDir, "looks"))
	if err != nil {
		return err
	}
	a.Packs = pack.New(pack.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, Used: func(ctx context.Context, id string) (bool, error) { return a.Evaluation.Used(ctx, id) }})
	text := func(lang, key string, pairs ...any) string { return a.Web.Texts.Msg(lang, errs.M(key, pairs...)) }
	a.Evidence = evidence.New(evidence.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Dir: dir, Bus: a.Bus, Blobs: blobs, Looks: looks,
		FileState: a.Keeper.State, Holders: map[string]proof.Holder{}, Invited: func(ctx context.Context, round string) (bool, error) { return a.Assessment.Invited(ctx, round) }, LimitsOf: a.fileLimits,
		MaxFile: a.Config.MaxFile, Quota: a.Config.Quota})
	a.Evaluation = evaluation.New(evaluation.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Dir: dir, Bus: a.Bus, Packs: a.Packs, Evidence: a.Evidence,
		Marks: pastMarks{a}, Entries: entries{a}, Mail: letters{a}, Text: text, Address: a.address, Zone: a.zones.of})
	a.Assessment = assessment.New(assessment.Deps{DB: a.DB, Audit: a.Audit, Now: time.Now, NewID: id.New, Dir: dir, Bus: a.Bus, Rounds: rounds{a}, Requests: rounds{a},
		Evidence: a.Evidence, Backups: a.Admin, House: rounds{a}})
	return nil
}

func (a *App) brand(ctx context.Context, regency int64) string {
	b, err := a.Access.Brand(ctx, regency)
	if err != nil {
		return ""
	}
	return b.Name
}

// regions gives the setup the official list.
type regions struct{ registry *official.Registry }

func (r regions) FindRegency(query string, limit int) ([]access.Region, error) {
	var out []access.Region
	for _, a := range r.registry.Find(query, limit) {
		province, _ := r.registry.Lookup(a.Parent)
		out = append(out, access.Region{Code: a.Code, Name: a.Name, Province: province.Name})
	}
	return out, nil
}

// directory answers other rooms from the two that own agencies and people.
type directory struct {
	agencies *agency.Service
	people   *access.Service
	known    *db.Memo[string, []tenant.Agency]
}

var _ tenant.Directory = (*directory)(nil)

func shown(a agency.Agency) tenant.Agency {
	return tenant.Agency{ID: a.ID, Code: a.Code, Name: a.Name, Short: a.Short, Kind: a.Kind, Parent: a.Parent, Active: a.Active}
}

func (d *directory) Agencies(ctx context.Context) ([]tenant.Agency, error) {
	all, err := d.known.Get(ctx, tenant.From(ctx).Regency, "", "", func() ([]tenant.Agency, error) {
		all, err := d.agencies.List(ctx, false)
		out := make([]tenant.Agency, 0, len(all))
		for _, a := range all {
			out = append(out, shown(a))
		}
		return out, err
	})
	return slices.Clone(all), err
}

func (d *directory) Agency(ctx context.Context, id string) (tenant.Agency, error) {
	a, err := d.agencies.Get(ctx, id)
	return shown(a), err
}

func (d *directory) People(ctx context.Context, role string) ([]tenant.Person, error) {
	all, err := d.people.Users(ctx, "", role, "")
	var out []tenant.Person
	for _, u := range all {
		if u.Active {
			out = append(out, tenant.Person{ID: u.ID, Name: u.Name, Agency: u.Agency, Role: role})
		}
	}
	return out, err
}

func (d *directory) Person(ctx context.Context, id string) (tenant.Person, error) {
	u, err := d.people.User(ctx, id)
	return tenant.Person{ID: u.ID, Name: u.Name, Agency: u.Agency}, err
}
