package pack_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/pack"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&pack.Service{}).Module(), 2)
}
