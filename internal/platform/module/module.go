// Package module is what a room shows to the house. Nothing happens in init: app takes the values in order.
package module

import (
	"io/fs"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/tasks"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
)

// Perm is an action and the built-in roles that hold it.
type Perm struct {
	Action string
	Roles  []string
}

// Module is one room.
type Module struct {
	Name   string                  // prefix of tables, texts and jobs
	Files  fs.FS                   // migrations/, views/, locale/; parts may be absent
	Perms  []Perm                  // what can be done here, and by whom
	Routes func(*web.Mux)          // every route names its permission
	Jobs   map[string]jobs.Func    // kind -> work
	Lanes  map[string]string       // kind -> lane with its own workers (jobs.Lane...); none is the house
	Every  []jobs.Schedule         // regular work
	Hears  map[string]events.Func  // event -> handler
	Nav    []web.NavItem           // places in the menus
	Blobs  []blob.Column           // columns whose rows name kept files
	Holds  map[string]proof.Holder // kinds of things here on which proofs hang
	Tasks  tasks.Source            // what waits for the actor here; may be nil
	Sealed []keys.Column           // where secrets stand, sealed, in the room's tables
}
