package evidence_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&evidence.Service{}).Module(), 3, "evidence.linked", "evidence.decided")
}
