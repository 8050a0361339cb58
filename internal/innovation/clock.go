package innovation

import "context"

// SoonDays is how many working days before its end a clock is said to be near.
const SoonDays = 2

// States of the clock of an idea.
const (
	ClockNone     = ""         // never ran: the record came from a list
	ClockCalm     = "calm"     // time is left
	ClockSoon     = "soon"     // at most SoonDays working days are left
	ClockLate     = "late"     // ran out without an answer
	ClockAnswered = "answered" // stopped in time
	ClockTardy    = "tardy"    // stopped after it had run out
)

// Clock is the time the desk has to answer an idea. Left counts working days from today: 0 on the last day, negative when
// it is past; it means nothing once the idea was answered.
type Clock struct {
	Due, Answered int64
	Left          int
	State         string
}

// clock tells how long the desk still has, or when it answered.
func (s *Service) clock(ctx context.Context, i Innovation) (Clock, error) {
	c := Clock{Due: i.AnswerDue, Answered: i.AnsweredAt}
	switch {
	case i.AnswerDue == 0:
		return c, nil
	case i.AnsweredAt > i.AnswerDue:
		c.State = ClockTardy
		return c, nil
	case i.AnsweredAt != 0:
		c.State = ClockAnswered
		return c, nil
	case !i.Waits():
		return Clock{}, nil
	}
	left, err := s.Calendar.Left(ctx, i.AnswerDue)
	c.Left, c.State = left, ClockCalm
	switch {
	case s.now() > i.AnswerDue:
		c.State = ClockLate
	case left <= SoonDays:
		c.State = ClockSoon
	}
	return c, err
}

// Runs reports whether an answer is still owed.
func (c Clock) Runs() bool {
	return c.State == ClockCalm || c.State == ClockSoon || c.State == ClockLate
}

// Kind is the class of its status and note.
func (c Clock) Kind() string {
	switch c.State {
	case ClockSoon:
		return "warn"
	case ClockLate:
		return "bad"
	case ClockAnswered:
		return "good"
	case ClockTardy:
		return "stale"
	}
	return "info"
}

// Mark is the shape beside its word.
func (c Clock) Mark() string {
	switch c.State {
	case ClockSoon:
		return "m-near"
	case ClockLate:
		return "m-bad"
	case ClockAnswered:
		return "m-good"
	case ClockTardy:
		return "m-stale"
	}
	return "m-run"
}

// Word says the state in a few words, in the language of a page.
func (c Clock) Word(p interface {
	T(key string, pairs ...any) string
}) string {
	switch {
	case c.State == ClockLate && c.Left < 0:
		return p.T("innovation.clock.late", "N", -c.Left)
	case c.State == ClockLate:
		return p.T("innovation.clock.late.today")
	case c.State == ClockSoon && c.Left == 0:
		return p.T("innovation.clock.today")
	case c.Runs():
		return p.T("innovation.clock.left", "N", c.Left)
	case c.State == ClockNone:
		return ""
	}
	return p.T("innovation.clock." + c.State)
}
