package notice_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/notice"
	"github.com/pendapa/pendapa/internal/texttest"
)

func TestEveryTextIsNamedAndInBothLanguages(t *testing.T) {
	t.Parallel()
	texttest.Check(t, (&notice.Service{}).Module(), 1, "notice.mail", "notice.setting")
}
