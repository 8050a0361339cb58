package access

import (
	"github.com/pendapa/pendapa/internal/platform/db"
)

// change is something that happens to an account.
type change string

// Changes that end something; docs/operations/sign-in.md shows the same table to people.
const (
	passwordChanged change = "password changed by its owner"
	passwordReset   change = "password set by a link"
	rolesChanged    change = "role given or taken"
	addressChanged  change = "e-mail changed"
	secondSet       change = "second factor set up"
	secondReset     change = "second factor reset by an administrator"
	deactivated     change = "account switched off or on"
)

// ending is what a change ends.
type ending struct {
	sessions bool // all of the person
	others   bool // all but the present one
	renewed  bool // they stay, with another secret
	tokens   bool
	links    bool // invitations and resets; a role only ends resets
	resets   bool
	devices  bool // the house no longer knows the person's browsers
}

func (c change) ends() ending {
	switch c {
	case passwordChanged:
		return ending{others: true, tokens: true, links: true, devices: true}
	case passwordReset, deactivated:
		return ending{sessions: true, tokens: true, links: true, devices: true}
	case secondReset:
		return ending{sessions: true, tokens: true, resets: true, devices: true}
	case rolesChanged:
		return ending{renewed: true, tokens: true, resets: true}
	case addressChanged:
		return ending{links: true}
	case secondSet:
		return ending{others: true}
	}
	panic("access: nothing is written about " + string(c))
}

// end carries the rule out; own is the id of the session in which the change happens, "" when there is none.
func (s store) end(tx *db.Tx, c change, regency int64, userID, own string) error {
	e := c.ends()
	for _, step := range []struct {
		does bool
		sql  string
		args []any
	}{
		{e.sessions, `DELETE FROM access_session WHERE regency_id = $1 AND user_id = $2`, nil},
		{e.others, `DELETE FROM access_session WHERE regency_id = $1 AND user_id = $2 AND hash <> $3`, []any{own}},
		{e.renewed, `UPDATE access_session SET renew = TRUE WHERE regency_id = $1 AND user_id = $2`, nil},
		{e.tokens, `DELETE FROM access_token WHERE regency_id = $1 AND user_id = $2`, nil},
		{e.links, `DELETE FROM access_link WHERE regency_id = $1 AND user_id = $2`, nil},
		{e.resets, `DELETE FROM access_link WHERE regency_id = $1 AND user_id = $2 AND kind = 'reset'`, nil},
		{e.devices, `DELETE FROM access_device WHERE regency_id = $1 AND user_id = $2`, nil},
	} {
		if !step.does {
			continue
		}
		if _, err := tx.Exec(step.sql, append([]any{regency, userID}, step.args...)...); err != nil {
			return err
		}
	}
	return nil
}
