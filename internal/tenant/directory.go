package tenant

import (
	"context"
	"time"
)

// Agency is an office of the regency (OPD) as other rooms see it.
type Agency struct {
	ID, Code, Name, Short, Kind, Parent string
	Active                              bool
}

// Person is somebody with an account as other rooms see them: a role name, never more personal data than needed.
type Person struct {
	ID, Name, Agency, Role string
}

// Directory answers who and what exists in the actor's regency. Modules receive it; app builds it from the rooms that
// own the data. Names are those of today; history keeps its own.
type Directory interface {
	Agencies(ctx context.Context) ([]Agency, error)            // active ones, by code
	Agency(ctx context.Context, id string) (Agency, error)     // also inactive ones
	People(ctx context.Context, role string) ([]Person, error) // active people holding a role; "" all
	Person(ctx context.Context, id string) (Person, error)
}

// Brand is what pages say about the regency.
type Brand struct {
	Regency    int64
	Code, Name string // "35.09", "Kabupaten Jember"
	Zone       string // IANA name, e.g. Asia/Jakarta
}

// Zone gives the place whose clock the acting regency follows: where its days begin and end. The host has no zone of its
// own; a host may hold regencies of WIB, WITA and WIT.
type Zone func(ctx context.Context) *time.Location

// Address gives what stands before the paths in letters of the acting regency, for example https://pendapa.jemberkab.go.id.
type Address func(ctx context.Context) string

// OneAddress is an Address of a host whose regencies share it.
func OneAddress(base string) Address { return func(context.Context) string { return base } }

// OneZone is a Zone of a single place, for a host whose regencies all lie in it.
func OneZone(l *time.Location) Zone { return func(context.Context) *time.Location { return l } }
