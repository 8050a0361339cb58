// Package tenant says who acts: which person of which regency and agency, with which rights. The actor travels in
// the context and is put there by the door (session, token, job runner), never by a module.
package tenant

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"time"
)

// The built-in roles. A right is role x action; its scope is a subtree of the organisation.
const (
	RoleAdmin       = "admin"       // Diskominfo: agencies, people, settings
	RoleCoordinator = "coordinator" // evaluation team: rounds, requests, checks
	RoleOperator    = "operator"    // answers and uploads for an agency
	RoleHead        = "head"        // approves what leaves an agency
	RoleAssessor    = "assessor"    // outside, time-limited, marks invited rounds
	RoleLeader      = "leader"      // regent, secretary: reads results
	RoleInspector   = "inspector"   // reads everything and the audit trail
	RoleDesk        = "desk"        // innovation desk (Bappeda or BRIDA): triage, gates, national indices of innovation
	RoleHost        = "host"        // runs the machine: regencies on it; given from the command line alone
	RoleStaff       = "staff"       // any civil servant of an agency: proposes ideas, works in teams
)

// Roles lists the built-in roles in the order shown to people, without that of the host, which no page gives.
func Roles() []string {
	return []string{RoleAdmin, RoleCoordinator, RoleDesk, RoleOperator, RoleHead, RoleStaff, RoleAssessor, RoleLeader, RoleInspector}
}

// OfAgency reports whether a role is held for an agency and never for the whole regency.
func OfAgency(role string) bool {
	return role == RoleOperator || role == RoleHead || role == RoleStaff
}

// Grant is one role of an actor with everything it allows, resolved when the session was read.
type Grant struct {
	Role     string
	Actions  map[string]bool
	All      bool     // the whole regency; otherwise only Agencies
	Agencies []string // ids of the agency and all below it
}

// Actor is a person, a token or the system itself (UserID "") acting in one regency.
type Actor struct {
	Regency   int64
	Visits    int64 // the regency whose public pages a stranger looks at, 0 the first of the host
	UserID    string
	Name      string
	Agency    string // home agency id, may be empty
	Lang      string // "id" or "en"
	Theme     string // "", "light" or "dark"
	Via       string // "session", "token", "job", "cli"
	SessionID string
	IP        string
	ReadOnly  bool // a token that may only read; the edge refuses every other method
	System    bool // work of the program itself; may do everything within its regency
	Grants    []Grant

	Owes     string  // a step of the sign-in that is still owed in this session; such a session holds no right at all
	Held     []Grant // roles that count only after a second factor in this session
	ProvedAt int64   // when the person last proved who they are in this session, in milliseconds
	Renew    bool    // their roles changed: the session gets another secret at the next page
	Token    Scopes  // what a token is for
}

// Ways in which an actor comes. A job, a command and the sample use their own words.
const (
	ViaSession = "session"
	ViaToken   = "token"
)

// ProofLife is how long a proof of who one is counts for what needs a fresh one.
const ProofLife = 10 * time.Minute

// Scopes is what a token is for: room -> whether it may also write there. The room "*" stands for all.
type Scopes map[string]bool

// Allows reports whether a token may read or write in a room.
func (s Scopes) Allows(room string, write bool) bool {
	for _, name := range []string{room, "*"} {
		if writes, ok := s[name]; ok && (writes || !write) {
			return true
		}
	}
	return false
}

type key struct{}

// With puts the actor into the context.
func With(ctx context.Context, a Actor) context.Context { return context.WithValue(ctx, key{}, a) }

// From gives the actor; the zero Actor, who may nothing, when there is none.
func From(ctx context.Context) Actor {
	a, _ := ctx.Value(key{}).(Actor)
	return a
}

// SystemOf is the program itself acting in a regency, for jobs and commands.
func SystemOf(regency int64, via string) Actor {
	return Actor{Regency: regency, Via: via, Lang: "id", System: true}
}

// Place is the regency whose pages are shown: one's own, or the one a stranger looks at.
func (a Actor) Place() int64 {
	if a.Regency != 0 {
		return a.Regency
	}
	return a.Visits
}

// SignedIn reports whether a known person or token acts; somebody who still owes a step of the sign-in is a stranger.
func (a Actor) SignedIn() bool { return a.UserID != "" && a.Owes == "" }

// Proven reports whether the person proved a short while ago who they are. A token never did, the program itself need not.
func (a Actor) Proven(now time.Time) bool {
	return a.System || a.Via == ViaSession && a.SignedIn() && now.Sub(time.UnixMilli(a.ProvedAt)) < ProofLife
}

// Withheld reports whether a role of the actor that waits for a second factor would allow an action.
func (a Actor) Withheld(action string) bool {
	return slices.ContainsFunc(a.Held, func(g Grant) bool { return g.Actions[action] })
}

// Can reports whether the actor may do action on something of this agency. An empty agency asks "anywhere at all".
func (a Actor) Can(action, agency string) bool {
	if a.System {
		return true
	}
	for _, g := range a.Grants {
		if g.Actions[action] && (g.All || agency == "" || slices.Contains(g.Agencies, agency)) {
			return true
		}
	}
	return false
}

// Has reports whether the actor holds a role anywhere.
func (a Actor) Has(role string) bool {
	return slices.ContainsFunc(a.Grants, func(g Grant) bool { return g.Role == role })
}

// Scope is the set of agencies in which an action is allowed.
type Scope struct {
	All      bool
	Agencies []string
}

// Scope gives where the actor may do action.
func (a Actor) Scope(action string) Scope {
	if a.System {
		return Scope{All: true}
	}
	var s Scope
	for _, g := range a.Grants {
		if !g.Actions[action] {
			continue
		}
		if g.All {
			return Scope{All: true}
		}
		s.Agencies = append(s.Agencies, g.Agencies...)
	}
	slices.Sort(s.Agencies)
	s.Agencies = slices.Compact(s.Agencies)
	return s
}

// Where gives the scope as an SQL predicate over an agency column and appends its values to args. It is the list form of
// Can: both answer from the same grants.
func (s Scope) Where(column string, args *[]any) string {
	if s.All {
		return "TRUE"
	}
	if len(s.Agencies) == 0 {
		return "FALSE"
	}
	var b strings.Builder
	b.WriteString(column + " IN (")
	for i, id := range s.Agencies {
		if i > 0 {
			b.WriteString(", ")
		}
		*args = append(*args, id)
		b.WriteString("$" + strconv.Itoa(len(*args)))
	}
	b.WriteString(")")
	return b.String()
}
