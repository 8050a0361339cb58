package agency_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&agency.Service{}).Module(), 3, "agency.edit", "agency.create")
}
