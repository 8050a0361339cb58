package innovation_test

import (
	"testing"

	"github.com/pendapa/pendapa/internal/innovation"
)

func TestTheWayOfAnInnovation(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		if i := o.live(t); i.Stage != innovation.Live || i.National() != innovation.NationalLive || i.TrialAt == 0 || i.LiveAt == 0 {
			t.Errorf("after both gates: %s %s", i.Stage, i.National())
		}
	})
}
