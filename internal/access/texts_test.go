package access_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&access.Service{}).Module(), 3, "access.user.create", "access.grant", "access.user.edit", "access.regency.create", "access.reset_link", "access.totp", "access.recovery.new", "access.user.active", "access.token.create", "access.identity", "access.prove", "access.forgot", "access.sign_in.refused", "access.totp.refused", "access.prove.refused", "access.passkey.add", "access.passkey.drop", "access.passkey.name")
}
