package admin

import (
	"time"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

// copyLate is how far the continuous copy may be behind before it stands in red.
const copyLate = time.Minute

// copyView is the continuous copy as the health page shows it. Age is in seconds.
type copyView struct {
	replica.Status
	On, Bad bool
	Begun   bool // there is something to be behind
	Age     int64
}

func (s *Service) copyView() (v copyView) {
	if s.Copy == nil {
		return v
	}
	if v.Status, v.On = s.Copy(); !v.On {
		return v
	}
	age := v.Status.Age(s.Now())
	v.Begun, v.Age = v.UpTo > 0, int64(age/time.Second)
	v.Bad = age > copyLate || v.Problems != ""
	return v
}

// Safety tells the leader's page what a lost server would cost: whether backups are readable by whoever finds one, and how
// many seconds the continuous copy is behind (-1 when it has not begun; on is false when there is none).
func (s *Service) Safety() (plain, on bool, behind int64) {
	v := s.copyView()
	if v.On && !v.Begun {
		return s.Plain, true, -1
	}
	return s.Plain, v.On, v.Age
}
