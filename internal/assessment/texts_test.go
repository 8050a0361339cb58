package assessment_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&assessment.Service{}).Module(), 10)
}
