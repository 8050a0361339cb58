package evaluation_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&evaluation.Service{}).Module(), 3, "evaluation.round.state", "evaluation.item.return", "evaluation.item.save", "evaluation.item.state")
}
