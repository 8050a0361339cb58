package access

import (
	"encoding/json"
	"slices"

	"github.com/pendapa/pendapa/internal/tenant"
)

// Kinds of proof that a session may hold.
const (
	byPassword = "password"
	byProvider = "oidc"
	byTwice    = "oidc-2" // the provider says that it asked twice, in a way the operator accepts
	byTOTP     = "totp"
	byRecovery = "recovery"
	byPasskey  = "passkey" // something one has, unlocked by what one is or knows: counts as two
	bySample   = "sample"
)

// What a session may still owe before it holds any right.
const (
	owesCode   = "code"   // the second factor that is set up
	owesEnrol  = "enrol"  // a second factor must be set up: every role of the person asks for one
	owesChoice = "choice" // which of several accounts
)

// factors is what was proved in a session: kind -> when, in milliseconds.
type factors map[string]int64

func readFactors(text string) factors {
	f := factors{}
	if json.Unmarshal([]byte(text), &f) != nil {
		return factors{}
	}
	return f
}

func (f factors) text() string {
	data, err := json.Marshal(f)
	if err != nil {
		panic(err) // a map of numbers always marshals
	}
	return string(data)
}

// second reports whether more than a password was given.
func (f factors) second() bool {
	return slices.ContainsFunc([]string{byTOTP, byRecovery, byPasskey, bySample, byTwice}, func(kind string) bool {
		_, ok := f[kind]
		return ok
	})
}

// last is the moment of the newest proof.
func (f factors) last() (at int64) {
	for _, when := range f {
		at = max(at, when)
	}
	return at
}

// needsSecond is the one list of who must prove themselves twice: every role that decides or reads what is
// confidential. A role that is not named here needs it too.
func needsSecond(role string) bool {
	return !slices.Contains([]string{tenant.RoleStaff}, role)
}

// approves lists the roles whose sessions end after half an hour of silence: those who approve or administer.
func approves(role string) bool {
	return slices.Contains([]string{tenant.RoleAdmin, tenant.RoleCoordinator, tenant.RoleDesk, tenant.RoleHead, tenant.RoleHost}, role)
}

// assure takes from an actor what the proofs of their session do not carry. It runs at every request, so that a
// role that was granted a moment ago, or a second factor that was set up elsewhere, counts from the next request
// on.
func assure(a *tenant.Actor, enrolled, second bool) {
	if second {
		return
	}
	if enrolled {
		a.Held, a.Grants, a.Owes = a.Grants, nil, owesCode
		return
	}
	var kept []tenant.Grant
	for _, g := range a.Grants {
		if needsSecond(g.Role) {
			a.Held = append(a.Held, g)
		} else {
			kept = append(kept, g)
		}
	}
	if a.Grants = kept; len(kept) == 0 && len(a.Held) > 0 {
		a.Owes = owesEnrol
	}
}
