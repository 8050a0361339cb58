package db

import (
	"errors"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

// Damaged is the error of a store in which bytes changed by themselves: what does not fit its sum is neither shown nor
// built upon. It names the place and the way back, for the operator.
type Damaged struct {
	Place  string // file, page and table
	Mended bool   // it was put back to the bit since: the same may be tried again
	cause  error
}

// Error says what to do.
func (e *Damaged) Error() string {
	if e.Mended {
		return "the store was damaged and is mended: " + e.Place + ". Try again, and look at the disk and the memory of this machine"
	}
	place := e.Place
	if place == "" {
		place = "the place is in the log of the server"
	}
	return "the store is damaged (rusak): " + place + ". Nothing of it was used. Stop the server and run pendapa repair; " +
		"every way back is in docs/operations/repair.md"
}

// Unwrap gives what SQLite said.
func (e *Damaged) Unwrap() error { return e.cause }

// errDamaged is what a person is told of damage.
func errDamaged(place string, cause error) error {
	return errs.E(errs.Internal, "web.error.damaged", &Damaged{Place: place, cause: cause}, "Place", place)
}

// Explain gives an error of damage the words of Damaged, once it is clear which table the place belongs to and whether it
// could be mended; other errors stay as they are. It may take a minute and must not be called in a transaction: it is for
// what ends a start or a command.
func (d *DB) Explain(err error) error {
	if !IsDamaged(err) || d.keeper == nil {
		return err
	}
	place, mended := d.keeper.settled()
	if place == "" {
		return err // it was met in another file
	}
	return &Damaged{Place: place, Mended: mended, cause: err}
}

// Tell gives an error of damage its text for people, with the place as far as it is known by now.
func (d *DB) Tell(err error) error {
	if !IsDamaged(err) || errs.KindOf(err) != errs.Internal {
		return err
	}
	_, place := d.State()
	if place == "" {
		if told, is := errors.AsType[*Damaged](err); is {
			place = told.Place
		}
	}
	return errDamaged(place, err)
}

// settled waits until every place that was met is treated, and gives those that are still damaged. When there is none, it
// gives those that were mended.
func (k *keeper) settled() (places string, mended bool) {
	k.mu.Lock()
	defer k.mu.Unlock()
	for k.pendingLocked() {
		k.treated.Wait()
	}
	if len(k.open) > 0 {
		return k.placesLocked(), false
	}
	var all []string
	for _, x := range k.mended {
		all = append(all, x.String())
	}
	return strings.Join(all[max(0, len(all)-mostNamed):], "; "), len(all) > 0
}

// pendingLocked reports whether a place waits to be treated.
func (k *keeper) pendingLocked() bool {
	for _, owner := range k.open {
		if owner == "" && !k.ended {
			return true
		}
	}
	return false
}
