package app

import (
	"context"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The bridges of the room that keeps adoptions.

func adoptionAffairs(lang string) []adoption.Affair {
	var out []adoption.Affair
	for _, one := range affairs(lang) {
		out = append(out, adoption.Affair{Code: one.Code, Name: one.Name})
	}
	return out
}

func (a *App) regencies(ctx context.Context) ([]adoption.Regency, error) {
	all, err := a.Access.Regencies(ctx)
	var out []adoption.Regency
	for _, b := range all {
		out = append(out, adoption.Regency{ID: b.Regency, Code: b.Code, Name: b.Name})
	}
	return out, err
}

// adoptionNotices leaves what the room of adoptions has to tell.
type adoptionNotices struct{ a *App }

func (n adoptionNotices) Notify(ctx context.Context, tx *db.Tx, x adoption.Notice) error {
	return n.a.Notices.Notify(ctx, tx, notice.Notice{To: x.To, Key: x.Key, Args: x.Args, Path: x.Path, Once: x.Once})
}

// originals gives the register to the room that keeps adoptions, also across regencies of this host.
type originals struct{ a *App }

func (o originals) original(ctx context.Context, regency int64, x innovation.Original) (adoption.Original, error) {
	b, err := o.a.Access.Brand(ctx, regency)
	if err != nil {
		return adoption.Original{}, err
	}
	owner, err := o.a.Agencies.Get(tenant.With(ctx, tenant.SystemOf(regency, "adoption")), x.Agency)
	if err != nil && !errs.Is(err, errs.NotFound) {
		return adoption.Original{}, err
	}
	return adoption.Original{ID: x.ID, Title: x.Title, Regency: regency, RegencyName: b.Name, Agency: x.Agency, AgencyName: owner.Name, National: x.National(), Published: x.Published,
		MemberAgencies: x.Members, Problem: x.Problem, Idea: x.Idea, Results: x.Profile.Results, Needs: x.Profile.Needs, Cost: x.Profile.Cost, Contact: x.Profile.Contact, Affair: x.Affair,
		Users: x.Users, LiveAt: x.LiveAt}, nil
}

func (o originals) Original(ctx context.Context, regency int64, id string) (adoption.Original, error) {
	x, err := o.a.Innovation.Original(ctx, regency, id)
	if err != nil {
		return adoption.Original{}, err
	}
	return o.original(ctx, regency, x)
}

func (o originals) Published(ctx context.Context, regency int64, query string, limit, offset int) ([]adoption.Original, int, error) {
	all, total, err := o.a.Innovation.Published(ctx, regency, query, limit, offset)
	var out []adoption.Original
	for _, i := range all {
		one, failed := o.original(ctx, regency, innovation.Original{Innovation: i, Members: []string{i.Agency}, Users: -1})
		if failed != nil {
			return nil, 0, failed
		}
		out = append(out, one)
	}
	return out, total, err
}

func (o originals) Replicated(ctx context.Context, tx *db.Tx, regency int64, id, note string) error {
	return o.a.Innovation.Adopted(ctx, tx, regency, id, note)
}

// adoptionProofs makes a signed adoption a proof of replication, item 31 of the innovation index.
type adoptionProofs struct{ a *App }

const replicationItem = "31"

func (p adoptionProofs) FromAdoption(ctx context.Context, tx *db.Tx, regency int64, of, signed, title string) error {
	return p.a.Evidence.Record(ctx, tx, regency, evidence.Automatic{ID: "adopsi-" + signed, Title: title, Kind: "agreement", Path: "/inovasi/" + of + "#peniru", Date: time.Now().UnixMilli(),
		Place: proof.OfInnovation(of).At(replicationItem, "")})
}

// adoptions gives signed adoptions to the register and to the index.
type adoptions struct{ a *App }

func (x adoptions) ByAgency(ctx context.Context) (map[string]innovation.AdoptionCount, error) {
	all, err := x.a.Adoption.ByAgency(ctx)
	out := map[string]innovation.AdoptionCount{}
	for agency, c := range all {
		out[agency] = innovation.AdoptionCount(c)
	}
	return out, err
}

func (x adoptions) ByInnovation(ctx context.Context) (map[string]int, error) {
	return x.a.Adoption.ByInnovation(ctx)
}

func (x adoptions) Adopters(ctx context.Context, id string) ([]innovation.Adopter, error) {
	all, err := x.a.Adoption.Adopters(ctx, id)
	var out []innovation.Adopter
	for _, r := range all {
		one := innovation.Adopter{Agency: r.AgencyName, Regency: r.RegencyName, At: r.SignedAt, Changes: r.Changes, Result: r.Result}
		if r.Regency == tenant.From(ctx).Regency {
			one.Regency = ""
		}
		out = append(out, one)
	}
	return out, err
}

func (x adoptions) Replications(ctx context.Context) (map[string]score.Replication, error) {
	all, err := x.a.Adoption.Replications(ctx)
	out := map[string]score.Replication{}
	for of, r := range all {
		out[of] = score.Replication{Times: r.Times, Regions: r.Regions}
	}
	return out, err
}
