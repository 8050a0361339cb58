package trail

import (
	"cmp"
	"errors"
	"fmt"
	"maps"
	"slices"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Problem is something that is wrong with a trail: Kind is what, the numbers say where. Text says it in plain words.
type Problem struct {
	Kind string `json:"kind"`
	N    int64  `json:"n"`    // entry, or entries the checkpoint speaks of
	Have int64  `json:"have"` // entries there are
	From string `json:"from"` // where a checkpoint came from
	More string `json:"more"`
}

// The kinds of problems.
const (
	Missing   = "missing"   // entry N is not there, or stands twice
	Hash      = "hash"      // entry N was changed: its stored hash is another
	Node      = "node"      // a stored hash over several entries was changed; N is its number, Have its level
	Hashes    = "hashes"    // hashes are missing or too many
	Head      = "head"      // the log says N entries and holds Have
	Shorter   = "shorter"   // a checkpoint speaks of N entries, there are only Have
	Different = "different" // a checkpoint of N entries has another root
	Signature = "signature" // a checkpoint is not signed by the key
	Gone      = "gone"      // a checkpoint speaks of a log that is not here
	Foreign   = "foreign"   // a checkpoint in this log speaks of another one
	Twice     = "twice"     // the log begins a second time in an exported file
	Disguised = "disguised" // what stands in the place of a table of the trail is none
)

// Want is a checkpoint the trail must agree with, and where it came from. Unchecked says that no key was there for its
// signature: size and root are compared alone.
type Want struct {
	Checkpoint
	From      string
	Unchecked bool
}

// Checker reads one trail from its beginning and compares it with checkpoints on the way. Zero is ready after Begin.
type Checker struct {
	tree     Tree
	wants    []Want
	Problems []Problem
	broken   bool
}

// Begin makes a checker of one log. A checkpoint of a log of another origin is a problem.
func Begin(origin string, wants []Want) *Checker {
	c := &Checker{}
	for _, w := range wants {
		if w.Origin != origin {
			c.Say(Problem{Kind: Foreign, N: w.Size, From: w.From, More: w.Origin})
			continue
		}
		c.wants = append(c.wants, w)
	}
	slices.SortStableFunc(c.wants, func(a, b Want) int { return cmp.Compare(a.Size, b.Size) })
	c.reached()
	return c
}

// Say notes a problem.
func (c *Checker) Say(p Problem) { c.Problems = append(c.Problems, p) }

// Add takes the next entry. ok is false when its number is not the next; the rest of the trail then proves nothing.
func (c *Checker) Add(r Row) (hashes []tlog.Hash, ok bool) { return c.AddLeaf(r.Seq, r.Leaf()) }

// AddLeaf takes the next entry as the text that is hashed.
func (c *Checker) AddLeaf(seq int64, leaf []byte) (hashes []tlog.Hash, ok bool) {
	if seq != c.tree.size {
		c.broken = true
		c.Say(Problem{Kind: Missing, N: c.tree.size})
		return nil, false
	}
	hashes = c.tree.Add(leaf)
	c.reached()
	return hashes, true
}

// reached compares the checkpoints that speak of as many entries as were read.
func (c *Checker) reached() {
	for len(c.wants) > 0 && c.wants[0].Size == c.tree.size {
		if w := c.wants[0]; w.Root != c.tree.Root() {
			c.Say(Problem{Kind: Different, N: w.Size, From: w.From})
		}
		c.wants = c.wants[1:]
	}
}

// Finish compares what is left: checkpoints of more entries than there are. It gives the number of entries and the root.
func (c *Checker) Finish() (size int64, root tlog.Hash) {
	for _, w := range c.wants {
		if !c.broken {
			c.Say(Problem{Kind: Shorter, N: w.Size, Have: c.tree.size, From: w.From})
		}
	}
	return c.tree.size, c.tree.Root()
}

// Stored gives the problem of a stored hash that is not the one its entries make.
func Stored(index int64) Problem {
	level, n := tlog.SplitStoredHashIndex(index)
	if level == 0 {
		return Problem{Kind: Hash, N: n}
	}
	return Problem{Kind: Node, N: n, Have: int64(level)}
}

// Wants reads checkpoints to verify against: signed ones with one of the keys, and ones that were typed from paper, for
// which whoever holds the paper vouches. What is neither is a problem.
func Wants(texts []string, from string, known note.Verifiers) (wants []Want, problems []Problem) {
	for _, text := range texts {
		c, err := ParseBody(text)
		if err == nil && strings.Contains(text, "\n\n— ") {
			c, err = OpenCheckpoint(text, known)
		}
		if err != nil {
			problems = append(problems, Problem{Kind: Signature, From: from, More: err.Error()})
			continue
		}
		wants = append(wants, Want{Checkpoint: c, From: from})
	}
	return wants, problems
}

// ErrNoCheckpoint says that a file of checkpoints holds none.
var ErrNoCheckpoint = errors.New("it holds no checkpoint")

// Since reads a file of checkpoints to verify against. One that holds none is an error: nothing would be compared.
// keyed says that the key was given too: then it must have signed what is signed.
func Since(text, from string, known note.Verifiers, keyed bool) (wants []Want, problems []Problem, err error) {
	texts := Split(text)
	if len(texts) == 0 {
		return nil, nil, fmt.Errorf("%s: %w", from, ErrNoCheckpoint)
	}
	for _, text := range texts {
		some, wrong := Wants([]string{text}, from, known)
		if c, ok := unchecked(text, known); ok && !keyed {
			some, wrong = []Want{{Checkpoint: c, From: from, Unchecked: true}}, nil
		}
		wants, problems = append(wants, some...), append(problems, wrong...)
	}
	return wants, problems, nil
}

// unchecked reads a checkpoint that a key signed which is not at hand.
func unchecked(text string, known note.Verifiers) (Checkpoint, bool) {
	_, err := OpenCheckpoint(text, known)
	if _, other := errors.AsType[*note.UnverifiedNoteError](err); !other {
		return Checkpoint{}, false
	}
	c, err := ParseBody(text)
	return c, err == nil
}

// CountUnchecked counts the checkpoints whose signature nobody could check.
func CountUnchecked(wants []Want) (n int) {
	for _, w := range wants {
		if w.Unchecked {
			n++
		}
	}
	return n
}

// Dropped gives a problem for each log that only checkpoints know.
func Dropped(wants map[string][]Want) (problems []Problem) {
	for _, origin := range slices.Sorted(maps.Keys(wants)) {
		last := slices.MaxFunc(wants[origin], func(a, b Want) int { return cmp.Compare(a.Size, b.Size) })
		problems = append(problems, Problem{Kind: Gone, N: last.Size, From: last.From, More: origin})
	}
	return problems
}
