package territory_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/territory"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&territory.Service{}).Module(), 2)
}
