package reuse_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&reuse.Service{}).Module(), 6)
}
