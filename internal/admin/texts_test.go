package admin_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&admin.Service{}).Module(), 2, "admin.backup.ask", "admin.audit.letter")
}
