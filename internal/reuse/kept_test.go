package reuse_test

import (
	"context"
	"fmt"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestWhatIsKeptShowsNobodyMore keeps the world in memory as the house does: it is read once, an operator does not see the
// restricted proof that the coordinator before saw, and a changed mapping is noticed.
func TestWhatIsKeptShowsNobodyMore(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		x := &counting{world: furnished()}
		x.Cards[0].Confidentiality = "restricted"
		hidden := x.Cards[0].ID
		k := open(t, d, x.world)
		s, err := reuse.New(reuse.Deps{DB: d, Audit: audit.New(d, noon, nil), Now: noon, NewID: func() string { return "b" }, Dir: people{}, Rounds: x, Packs: x, Evidence: x,
			Innovations: x, Inputs: []string{"evidence_item"}})
		if err != nil {
			t.Fatal(err)
		}
		k.Service = s
		sees := func(who string) (found bool) {
			t.Helper()
			ctx := coordinator()
			if who != "" {
				ctx = operator(who)
			}
			for _, r := range x.rounds {
				sheet, err := k.Suggest(ctx, r.ID)
				if err != nil && !errs.Is(err, errs.NotFound) { // the instrument of one is gone
					t.Fatal(err)
				}
				found = found || strings.Contains(fmt.Sprint(suggested(sheet)), ":"+hidden+" ")
			}
			return found
		}
		if !sees("") {
			t.Error("the coordinator does not see the restricted proof")
		}
		if sees("dukcapil") {
			t.Error("an operator sees a restricted proof of others")
		}
		for range 2 {
			if _, body, _ := doorOf(t, k).send(coordinator(), "GET", "/bukti/pakai-ulang/inovasi", "", ""); !strings.Contains(body, x.innov[1].Title) {
				t.Error("the innovations to choose from are not shown")
			}
		}
		if x.every != 1 || x.listed != 1 {
			t.Errorf("the proofs were read %d times and the innovations %d times, want once", x.every, x.listed)
		}
		line, err := s.Mapping(coordinator())
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Switch(coordinator(), line[0].ID(), true, line[0].Rev); err != nil {
			t.Fatal(err)
		}
		if sees(""); x.every != 2 {
			t.Errorf("after a change of the mapping the proofs were read %d times, want twice", x.every)
		}
	})
}

// counting is a house that counts how often all its proofs and innovations are read.
type counting struct {
	*world
	every, listed int
}

func (x *counting) Innovations(ctx context.Context) ([]reuse.Innovation, error) {
	x.listed++
	return x.world.Innovations(ctx)
}

func (x *counting) Accepted(ctx context.Context) ([]proof.Card, error) {
	x.every++
	return x.world.Accepted(ctx)
}
