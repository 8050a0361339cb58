// Package proof is the contract between the library of evidence and the rooms whose things ask for it: what a card of the
// library shows, where a proof may hang, and who is asked before it does.
//
// The library (room evidence) implements Library. A room whose things hold proofs implements Holder and names its kind in
// module.Module.Holds. Neither knows the other.
package proof

import (
	"archive/zip"
	"context"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
)

// States of a proof.
const (
	Draft     = "draft"     // in the library, serves nothing yet
	Submitted = "submitted" // waits for the evaluation team
	Accepted  = "accepted"
	Revise    = "revise" // goes back to the agency with a reason
	Rejected  = "rejected"
	Expired   = "expired" // its validity ended
)

// Card is a proof as other rooms see it. Times are milliseconds, 0 is not set; FileSize is in bytes.
type Card struct {
	ID, Title, Kind, Number       string
	Agency, Page, Confidentiality string
	State, Reason                 string
	Date, From, To, ValidUntil    int64
	URL, FileName, FileType       string
	FileSize, Rev                 int64
	FileHash, DecidedHash         string // SHA-256 of the file; fingerprint of the decision
}

// OtherYear gives the year a proof is of when that is not the wanted one. A period serves every year it touches; a proof
// without any date is of every year.
func (c Card) OtherYear(want int, yearOf func(ms int64) int) (got int, other bool) {
	switch {
	case c.From != 0:
		from, to := yearOf(c.From), yearOf(max(c.From, c.To))
		return from, want < from || want > to
	case c.Date != 0:
		got = yearOf(c.Date)
		return got, got != want
	}
	return 0, false
}

// Count counts proofs by what may be done with them.
type Count struct{ Total, Accepted, Waiting, Returned int }

// Good counts what proves something, or will when it is accepted.
func (c Count) Good() int { return c.Accepted + c.Waiting }

// Add counts n proofs of a state.
func (c *Count) Add(state string, n int) {
	c.Total += n
	switch state {
	case Accepted:
		c.Accepted += n
	case Draft, Submitted:
		c.Waiting += n
	default:
		c.Returned += n
	}
}

// Counts are the counts of a thing by spot.
type Counts map[Spot]Count

// ByItem counts the proofs of every item, those of its slots among them.
func (c Counts) ByItem() map[string]Count {
	out := map[string]Count{}
	for at, n := range c {
		sum := out[at.Item]
		out[at.Item] = Count{sum.Total + n.Total, sum.Accepted + n.Accepted, sum.Waiting + n.Waiting, sum.Returned + n.Returned}
	}
	return out
}

// Hanging is a proof and the spot of a thing on which it hangs.
type Hanging struct {
	Spot
	Card
}

// Link says that a proof serves a place, since a moment.
type Link struct {
	ID string // of the proof
	Place
	At int64
}

// Want says what a place asks for. Past are places that asked for the same before.
type Want struct {
	Agency, Words string
	Past          []Place
}

// Override is a warning that the actor answered with a reason: what the audit trail says of it. Nil when there was none.
type Override = *audit.Entry

// Holder is a room whose things hold proofs, asked about its own places.
type Holder interface {
	// Name says what a place is called and where it is seen; what is gone, or not for the actor's eyes, has no path.
	Name(ctx context.Context, p Place) (title, path string, err error)
	// MayHang says whether the actor may hang a card on a place: the right, the state of the place, the rule of the item.
	// reason answers a warning, for example that the proof is of another year; the override then goes into the trail.
	MayHang(ctx context.Context, p Place, c Card, reason string) (Override, error)
	// MayUnhang says whether the actor may take a card from a place.
	MayUnhang(ctx context.Context, p Place, c Card) error
	// Changed is told, within the transaction, that a proof came to a place, left it or has something else behind it; it
	// refuses where nothing may change any more.
	Changed(ctx context.Context, tx *db.Tx, p Place) error
}

// Library is the room that keeps evidence. Every method speaks of the actor's regency; cards that the actor may not see are
// left out, counts and links tell of all.
type Library interface {
	Card(ctx context.Context, id string) (Card, error)
	Hung(ctx context.Context, p Place) ([]Card, error)    // on one spot, in the order of hanging
	Held(ctx context.Context, t Thing) ([]Hanging, error) // on every spot of a thing, by item
	// Named is Held with what paper says of a card: id, title, number, page and state.
	Named(ctx context.Context, t Thing) ([]Hanging, error)
	Counts(ctx context.Context, t Thing) (Counts, error)
	CountsOf(ctx context.Context, kind string) (map[string]Counts, error) // by the id of the thing
	Suggest(ctx context.Context, w Want, limit int) ([]Card, error)
	// Hang asks the room of the place about the card as it is hung; override, link and trail are one change.
	Hang(ctx context.Context, p Place, id, reason string) error
	HangIn(ctx context.Context, tx *db.Tx, p Place, id string) error // within a change of the room that owns the place
	Unhang(ctx context.Context, p Place, id string) error
	Links(ctx context.Context) ([]Link, error)
	// Accepted gives every accepted card, whoever asks; Sees tells which of them the actor may be shown.
	Accepted(ctx context.Context) ([]Card, error)
	Sees(ctx context.Context) func(Card) bool
	// Package adds the files of a thing to a ZIP below a folder, named by spot.
	Package(ctx context.Context, t Thing, folder string, z *zip.Writer) error
}

// Sealer keeps what the proofs of a thing were when it ended. Lines are what an approval or a seal is bound to.
type Sealer interface {
	ItemLines(ctx context.Context, q db.Queryer, t Thing, item string) ([]string, error) // of an item and its slots
	Lines(ctx context.Context, q db.Queryer, t Thing) ([]string, error)                  // of the whole thing
	Seal(ctx context.Context, tx *db.Tx, t Thing) error
	Unseal(ctx context.Context, tx *db.Tx, t Thing) error
}
