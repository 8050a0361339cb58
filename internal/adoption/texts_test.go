package adoption_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&adoption.Service{}).Module(), 8)
}
