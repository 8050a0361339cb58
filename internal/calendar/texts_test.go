package calendar_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&calendar.Service{}).Module(), 1, "calendar.set", "calendar.remove", "calendar.declare")
}
