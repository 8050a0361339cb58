package score_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&score.Service{}).Module(), 6)
}
