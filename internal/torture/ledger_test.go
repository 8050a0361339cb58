package torture

import (
	"fmt"
	"sync"
)

// standing is how an answer of an agency stands.
type standing struct {
	Rev    int64
	Answer string
	State  string
}

// proof is a file that was sent. acked is whether the server said that it has it.
type proof struct {
	sum   string
	acked bool
}

// ledger is what people were told. What was acknowledged must be in the house once; what was sent and not answered may be
// there once or not at all, until it is sent again.
type ledger struct {
	mu     sync.Mutex
	ideas  map[string]bool
	people map[string]bool
	proofs map[string]*proof
	items  map[string]standing
	maybe  map[string]standing // sent, not answered
	unread []string            // proofs acknowledged and not opened since
	faults []string
	count  int // of changes that were acknowledged
}

func newLedger() *ledger {
	return &ledger{ideas: map[string]bool{}, people: map[string]bool{}, proofs: map[string]*proof{},
		items: map[string]standing{}, maybe: map[string]standing{}}
}

func (l *ledger) fault(format string, args ...any) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.faults = append(l.faults, fmt.Sprintf(format, args...))
}

func (l *ledger) failed() []string {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.faults
}

// acknowledged counts the changes that were answered.
func (l *ledger) acknowledged() int {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.count
}

// compare looks for everything that was acknowledged, and for what nobody sent. At the end nothing is unanswered.
func (l *ledger) compare(r rows, end bool) {
	l.once("idea", l.ideas, r.Ideas, end)
	l.once("person", l.people, r.People, false) // a command is not sent again
	l.mu.Lock()
	defer l.mu.Unlock()
	titles := map[string]int{}
	for _, p := range r.Proofs {
		titles[p.Title]++
		if want := l.proofs[p.Title]; want == nil || want.sum != p.Hash {
			l.faults = append(l.faults, fmt.Sprintf("proof %q has another file than was sent", p.Title))
		}
	}
	for title, p := range l.proofs {
		if n := titles[title]; n > 1 || n == 0 && (p.acked || end) {
			l.faults = append(l.faults, fmt.Sprintf("proof %q, acknowledged %v, is there %d times", title, p.acked, n))
		}
	}
	for code, want := range l.items {
		got, maybe := r.Items[code], l.maybe[code]
		if got != want && (got != maybe || end) {
			l.faults = append(l.faults, fmt.Sprintf("answer %s stands as %.80v, acknowledged was %.80v, sent was %.80v",
				code, got, want, maybe))
		}
	}
	for _, hash := range r.Missing {
		l.faults = append(l.faults, "a row names a file that is not there: "+hash)
	}
}

func (l *ledger) once(kind string, sent map[string]bool, found map[string]int, end bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for what, acked := range sent {
		if n := found[what]; n > 1 || n == 0 && (acked || end) {
			l.faults = append(l.faults, fmt.Sprintf("%s %q, acknowledged %v, is there %d times", kind, what, acked, n))
		}
	}
	for what := range found {
		if _, is := sent[what]; !is {
			l.faults = append(l.faults, fmt.Sprintf("%s %q was never sent", kind, what))
		}
	}
}

// idea, proof, may, must and person note what was sent, and what was acknowledged.
func (l *ledger) idea(text string, acked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.ideas[text] = acked
	l.count += one(acked)
}

func (l *ledger) person(address string, acked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.people[address] = acked
	l.count += one(acked)
}

func (l *ledger) proof(sums map[string]string, acked bool) {
	l.mu.Lock()
	defer l.mu.Unlock()
	for title, sum := range sums {
		l.proofs[title] = &proof{sum, acked}
		if acked {
			l.unread = append(l.unread, title)
			l.count++
		}
	}
}

func (l *ledger) may(code string, s standing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.maybe[code] = s
}

func (l *ledger) must(code string, s standing) {
	l.mu.Lock()
	defer l.mu.Unlock()
	l.items[code] = s
	delete(l.maybe, code)
	l.count++
}

func (l *ledger) stands(code string) standing {
	l.mu.Lock()
	defer l.mu.Unlock()
	return l.items[code]
}

func one(yes bool) int {
	if yes {
		return 1
	}
	return 0
}
