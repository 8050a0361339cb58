package admit

import "sync"

// shares divides the places of a class between sources: one that sends slowly, or asks for much, holds its own share and no
// more.
type shares struct {
	limit Limit // of one source
	line  func() Line

	mu  sync.Mutex // guards all
	all map[string]*share
}

type share struct {
	*room
	users int
}

func newShares(l Limit, line func() Line) *shares {
	return &shares{limit: Limit{Class: l.Class, Running: l.Each, Waiting: l.Waiting, Patience: l.Patience}, line: line,
		all: map[string]*share{}}
}

// of gives the share of a source; done is called when it is needed no longer.
func (s *shares) of(source string) (m *room, done func()) {
	s.mu.Lock()
	defer s.mu.Unlock()
	mine := s.all[source]
	if mine == nil {
		mine = &share{room: newPart(s.limit, s.line)}
		s.all[source] = mine
	}
	mine.users++
	return mine.room, func() {
		s.mu.Lock()
		defer s.mu.Unlock()
		if mine.users--; mine.users == 0 {
			delete(s.all, source)
		}
	}
}
