package score

import (
	"math/big"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
)

// Proof states of an item.
const (
	StateAuto    = "auto"    // found by the house itself
	StateLinked  = "linked"  // claimed, with evidence
	StateMissing = "missing" // nothing, or claimed without evidence
	StateExpired = "expired" // its evidence expired or was returned
)

// Claim is the level a team says an item has reached. Points is instrument.Unfilled when only a figure was typed.
type Claim struct {
	Innovation, Item, Basis, Raw, Note string
	Points                             int8
	By                                 string
	At, Rev                            int64
}

// Item is one item of one innovation, or of the regency, as it stands.
type Item struct {
	Question *instrument.Question
	Points   int8 // that count; Unfilled when nothing is known
	Claimed  int8 // what the team or the round says; Unfilled when it says nothing
	State    string
	Auto     Auto
	Claim    Claim
	Proofs   proof.Count
	Note     instrument.Text // what the instrument says of the bracket of the claimed figure
	Checked  bool            // of the regency: the evaluation team accepted the answer of the round
	Lack     errs.Msg        // of the regency: why nothing follows from the external figure it asks for

	days [levels + 1]int // working days from here to each level, 0 where there is no step
	best int             // the level with the largest gain a day, 0 when there is none
}

// Unproven reports whether a higher level is claimed than counts, and no evidence supports it.
func (it *Item) Unproven() bool { return it.Claimed > max(it.Points, 0) && it.Proofs.Good() == 0 }

// claim puts what the team says into an item. A figure is read again, because how to read it may have been chosen anew.
func (it *Item) claim(b *Board, c Claim) {
	it.Claim, it.Claimed = c, c.Points
	raw := instrument.Rat(c.Raw)
	if raw == nil {
		return
	}
	if r, ok := b.Pack.ReadRaw(c.Item, c.Basis, raw, b.Options); ok {
		it.Claimed, it.Note = pointsOf(r), r.Step.Note
	}
}

// settle decides what counts: the better of what the house knows and what is claimed with evidence.
func (it *Item) settle() {
	known := instrument.Unfilled
	if it.Auto.Known {
		known = it.Auto.Points
	}
	it.Points, it.State = known, StateMissing
	switch {
	case it.Proofs.Good() > 0 && it.Claimed > known:
		it.Points, it.State = it.Claimed, StateLinked
	case known > 0:
		it.State = StateAuto
	case it.Claimed > 0 && it.Proofs.Total > 0:
		it.State = StateExpired
	case it.Claimed == 0:
		it.Points = 0
	}
}

// claimable reports whether a team says itself which level an item has reached. Replication is counted from signed adoptions.
func claimable(q *instrument.Question) bool { return q.Proof != "replication" }

func pointsOf(r instrument.Reading) int8 { return int8(r.Points.Num().Int64()) }

// weighed gives what points of an item are worth.
func weighed(weight *big.Rat, points int8) *big.Rat {
	return new(big.Rat).Mul(weight, whole(max(points, 0)))
}
