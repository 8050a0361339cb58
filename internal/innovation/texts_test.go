package innovation_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&innovation.Service{}).Module(), 10, "innovation.status", "innovation.answered")
}
