package evaluation_test

import (
	"context"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/instrument/figures"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/proof/prooftest"
	"github.com/pendapa/pendapa/internal/storetest"
)

// shelf is a library whose lines a test changes.
type shelf struct {
	prooftest.Library
	answer, round []string
	sealed        map[string]bool
}

// markers are assessors whose marks a test changes.
type markers struct {
	noProof
	lines []string
}

func (x *markers) RoundLines(context.Context, db.Queryer, string) ([]string, error) {
	return x.lines, nil
}

func (x *shelf) ItemLines(context.Context, db.Queryer, proof.Thing, string) ([]string, error) {
	return x.answer, nil
}
func (x *shelf) Lines(context.Context, db.Queryer, proof.Thing) ([]string, error) {
	return x.round, nil
}
func (x *shelf) Seal(_ context.Context, _ *db.Tx, t proof.Thing) error {
	x.sealed[t.ID] = true
	return nil
}
func (x *shelf) Unseal(_ context.Context, _ *db.Tx, t proof.Thing) error {
	delete(x.sealed, t.ID)
	return nil
}

// approved gives a desk with an open round whose question A1 was answered, handed in and approved.
func approved(t *testing.T, d *db.DB) (*desk, *shelf) {
	t.Helper()
	k, x := open(t, d), &shelf{answer: []string{"A1 e1 hash "}, sealed: map[string]bool{}}
	k.Evidence = x
	if err := k.Assign(team(), k.round, []evaluation.Owner{{Code: "A1", Lead: "hub"}}); err != nil {
		t.Fatal(err)
	}
	k.move(t, evaluation.Open, "")
	rev, err := k.Save(operator(), k.round, "A1", evaluation.Entry{Answer: "Ada masterplan", SelfMark: "3", Rev: k.item(t, "A1").Rev})
	if err != nil {
		t.Fatal(err)
	}
	if err := k.Submit(operator(), k.round, "A1", rev); err != nil {
		t.Fatal(err)
	}
	if err := k.Approve(head(), k.round, "A1", rev+1); err != nil {
		t.Fatal(err)
	}
	return k, x
}

// holder is what the library asks about places of a round.
func (k *desk) holder() proof.Holder { return k.Module().Holds[proof.Round] }

func (k *desk) place(code, slot string) proof.Place { return proof.OfRound(k.round).At(code, slot) }

func (k *desk) mayHang(code, slot string, c proof.Card, reason string) error {
	_, err := k.holder().MayHang(team(), k.place(code, slot), c, reason)
	return err
}

func (k *desk) proofsChanged() error {
	return k.DB.Tx(operator(), func(tx *db.Tx) error {
		return k.holder().Changed(operator(), tx, k.place("A1", ""))
	})
}

func TestAnApprovalIsBoundToTheAnswer(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k, x := approved(t, d)
		i := k.item(t, "A1")
		if whole, err := k.Intact(team(), k.round, i); err != nil || !whole || len(i.DecidedHash) != 64 {
			t.Fatalf("not bound: %q %v", i.DecidedHash, err)
		}
		x.answer = []string{"A1 e1 another "}
		if whole, err := k.Intact(team(), k.round, i); err != nil || whole {
			t.Errorf("another file behind a proof goes unseen: %v", err)
		}
		if err := k.Check(team(), k.round, "A1", i.Rev); key(err) != "evaluation.error.not_as_approved" {
			t.Errorf("accepted what was not approved: %v", err)
		}
		x.answer = []string{"A1 e1 hash "}
		if err := k.Check(team(), k.round, "A1", i.Rev); err != nil {
			t.Fatal(err)
		}
		x.answer = append(x.answer, "A1 e2 hash2 ")
		if err := k.proofsChanged(); err != nil {
			t.Fatal(err)
		}
		if now := k.item(t, "A1"); now.State != evaluation.Submitted || now.DecidedHash != "" || now.ApprovedBy != "" {
			t.Errorf("a new proof under an accepted answer: %s %q %q, want it back with who approves", now.State, now.DecidedHash, now.ApprovedBy)
		}
		if err := k.Approve(head(), k.round, "A1", k.item(t, "A1").Rev); err != nil {
			t.Fatal(err)
		}
		if n, wrong, err := k.Decisions(team()); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("decisions: %d %v %v", n, wrong, err)
		}
	})
}

// TestAFinishedRoundIsSealed: whoever asks, nothing in it changes; a coordinator opens it with a reason, and the trail says so.
func TestAFinishedRoundIsSealed(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k, x := approved(t, d)
		for _, step := range []string{evaluation.Locked, evaluation.Assess, evaluation.Done} {
			k.move(t, step, "cukup")
		}
		r, err := k.Round(team(), k.round)
		if err != nil || len(r.Seal) != 64 || !x.sealed[k.round] {
			t.Fatalf("not sealed: %q %v", r.Seal, err)
		}
		i := k.item(t, "A1")
		_, save := k.Save(operator(), k.round, "A1", evaluation.Entry{Answer: "lain", SelfMark: "4", Rev: i.Rev})
		for name, err := range map[string]error{
			"save": save, "submit": k.Submit(operator(), k.round, "A1", i.Rev), "approve": k.Approve(head(), k.round, "A1", i.Rev),
			"return": k.Return(team(), k.round, "A1", i.Rev, "salah"), "check": k.Check(team(), k.round, "A1", i.Rev),
			"a link": k.mayHang("A1", "", proof.Card{ID: "e1"}, ""), "a proof": k.proofsChanged(),
		} {
			if key(err) != "evaluation.error.sealed" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if err := k.Edit(team(), r); err == nil {
			t.Error("the title of a finished round was changed")
		}
		if whole, err := k.RoundIntact(team(), r); err != nil || !whole {
			t.Errorf("untouched: %v %v", whole, err)
		}
		x.round = []string{"A1 e9 accepted palsu"}
		if whole, err := k.RoundIntact(team(), r); err != nil || whole {
			t.Errorf("a proof that was not there at the end goes unseen: %v", err)
		}
		x.round = nil
		if err := k.Move(team(), k.round, evaluation.Assess, r.Rev, " "); !errs.Is(err, errs.Invalid) {
			t.Errorf("opened again without a reason: %v", err)
		}
		if err := k.Move(operator(), k.round, evaluation.Assess, r.Rev, "mau"); !errs.Is(err, errs.Forbidden) {
			t.Errorf("opened again by an agency: %v", err)
		}
		k.move(t, evaluation.Assess, "Surat keberatan 100/2026")
		if r, err = k.Round(team(), k.round); err != nil || r.Seal != "" || x.sealed[k.round] {
			t.Errorf("opened again and still sealed: %q %v", r.Seal, err)
		}
	})
}

// TestTheSealHoldsAllOfARound: every part of it, one after the other, no longer fits when it changes.
func TestTheSealHoldsAllOfARound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k, x := approved(t, d)
		given := &markers{lines: []string{"A1 p1 3 hash", "A1 p2 4 hash"}}
		k.Marks = given
		for _, step := range []string{evaluation.Locked, evaluation.Assess, evaluation.Done} {
			k.move(t, step, "cukup")
		}
		whole := func(name string, want bool) {
			t.Helper()
			r, err := k.Round(team(), k.round)
			if err != nil {
				t.Fatal(err)
			}
			if got, err := k.RoundIntact(team(), r); err != nil || got != want {
				t.Errorf("%s: whole %v, want %v, %v", name, got, want, err)
			}
		}
		whole("untouched", true)
		for name, lines := range map[string][]string{"another mark": {"A1 p1 3 hash", "A1 p2 3 hash"}, "a mark less": {"A1 p1 3 hash"},
			"a mark more": {"A1 p1 3 hash", "A1 p2 4 hash", "A2 p1 4 hash"}} {
			was := given.lines
			given.lines = lines
			whole(name, false)
			given.lines = was
		}
		x.round = []string{"A1 e1 accepted hash"}
		whole("a proof more", false)
		x.round = nil
		whole("as it was", true)
		last := k.foundAtTheEnd(t)
		for _, part := range []string{`round SET title = 'Palsu' WHERE id = $1`, `round SET year = 2020 WHERE id = $1`,
			`round SET pack = 'smartcity-2022-kppn' WHERE id = $1`, `round SET choices = '{"a":"b"}' WHERE id = $1`,
			`item SET lead = 'kes' WHERE code = 'A1' AND round_id = $1`, `item SET state = 'draft' WHERE code = 'A2' AND round_id = $1`,
			`item SET self_mark = '4' WHERE code = 'A2' AND round_id = $1`, `item SET answer = 'palsu' WHERE code = 'A2' AND round_id = $1`,
			`item SET decided_hash = 'x' WHERE code = 'A1' AND round_id = $1`} {
			if err := d.Tx(team(), func(tx *db.Tx) error {
				n, err := tx.Exec(`UPDATE evaluation_`+part+` AND regency_id = 1`, k.round)
				if n != 1 {
					t.Errorf("%s: %d rows", part, n)
				}
				return err
			}); err != nil {
				t.Fatal(err)
			}
			if now := k.foundAtTheEnd(t); now == last {
				t.Errorf("%s: the seal does not hold it", part)
			} else {
				last = now
			}
		}
	})
}

// foundAtTheEnd gives the fingerprint that the check of decisions finds for the round, once that no longer fits.
func (k *desk) foundAtTheEnd(t *testing.T) string {
	t.Helper()
	_, wrong, err := k.Decisions(team())
	if err != nil {
		t.Fatal(err)
	}
	for _, m := range wrong {
		if m.Object == "evaluation_round" {
			return m.Found
		}
	}
	return ""
}

func TestTamperedAnswersAndRoundsAreFound(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"untouched":      "",
		"the answer":     `UPDATE evaluation_item SET answer = 'palsu' WHERE regency_id = 1 AND code = 'A1'`,
		"the mark":       `UPDATE evaluation_item SET self_mark = '4' WHERE regency_id = 1 AND code = 'A1'`,
		"an open answer": `UPDATE evaluation_item SET answer = 'palsu' WHERE regency_id = 1 AND code = 'A2'`,
		"the seal":       `UPDATE evaluation_round SET seal = 'x' WHERE regency_id = 1`,
		"no seal":        `UPDATE evaluation_round SET seal = '' WHERE regency_id = 1`,
		"sealed anew":    `UPDATE evaluation_round SET seal = 'unbound', title = 'Palsu' WHERE regency_id = 1`,
		"approved anew":  `UPDATE evaluation_item SET decided_hash = 'unbound', answer = 'palsu' WHERE regency_id = 1 AND code = 'A1'`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				k, _ := approved(t, d)
				for _, step := range []string{evaluation.Locked, evaluation.Assess, evaluation.Done} {
					k.move(t, step, "cukup")
				}
				if statement != "" {
					if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := seal.BindOld(context.Background(), d, k.Audit, k.Old()...); err != nil {
					t.Fatal(err)
				}
				n, wrong, err := k.Decisions(team())
				if err != nil || n != 2 || (len(wrong) > 0) != (statement != "") {
					t.Errorf("looked at %d, found %v, %v", n, wrong, err)
				}
			})
		})
	}
}

func key(err error) string {
	k, _ := errs.KeyOf(err)
	return k
}

// TestAFigureOfAFinishedRoundStays: a mark that follows from an external figure does not change after the end of its round.
func TestAFigureOfAFinishedRoundStays(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		k := open(t, d)
		pack, q := derivedQuestion(t)
		r := evaluation.Round{Title: "Indeks 2026", Year: 2026, Pack: pack, SelfFrom: 1, SelfTo: 2}
		id, err := k.Create(team(), r)
		if err != nil {
			t.Fatal(err)
		}
		f := evaluation.Figure{Key: q.Figure, Year: 2026 - q.Derive.Lag, Value: "50", Source: "BPS"}
		if err := k.SetFigure(team(), f); err != nil {
			t.Fatal(err)
		}
		all, err := k.Figures(team(), q.Figure)
		if err != nil || len(all) != 1 {
			t.Fatalf("%v %v", all, err)
		}
		f = all[0]
		f.Value = "51"
		if err := k.SetFigure(team(), f); err != nil {
			t.Errorf("while the round runs: %v", err)
		}
		end := `UPDATE evaluation_round SET state = 'done' WHERE regency_id = 1 AND id = $1`
		if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(end, id); return err }); err != nil {
			t.Fatal(err)
		}
		f.Rev++
		if err := k.SetFigure(team(), f); key(err) != "evaluation.error.figure_sealed" {
			t.Errorf("after its end: %v", err)
		}
		f.Rev, f.Year = 0, f.Year-5
		if err := k.SetFigure(team(), f); err != nil {
			t.Errorf("a year that the round does not use: %v", err)
		}
		k.otherBasis(t, q.Figure)
	})
}

// otherBasis enters figures on another basis beside those from which a mark of the finished round of 2026 follows.
func (k *desk) otherBasis(t *testing.T, name string) {
	t.Helper()
	known, err := figures.Find(name)
	if err != nil {
		t.Fatal(err)
	}
	at := slices.IndexFunc(known.Bases, func(b figures.Basis) bool { return b.ID != known.Default })
	if at < 0 {
		t.Fatalf("%s has one basis", name)
	}
	f := evaluation.Figure{Key: name, Year: 2026, Value: "60", Source: "BPS", Basis: known.Bases[at].ID}
	if err := k.SetFigure(team(), f); key(err) != "evaluation.error.figure_sealed" {
		t.Errorf("another basis in its year: %v", err)
	}
	f.Year = 2027
	if err := k.SetFigure(team(), f); err != nil {
		t.Errorf("another basis later: %v", err)
	}
	values, err := k.Values(team(), 2026)
	if err != nil {
		t.Fatal(err)
	}
	if _, text, ok := values(name, 2025); !ok || text != "51" {
		t.Errorf("what the round of 2026 follows from is %q now", text)
	}
}

// derivedQuestion finds a shipped question whose mark is an external number of one year.
func derivedQuestion(t *testing.T) (pack string, q instrument.Question) {
	t.Helper()
	all, err := instrument.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		for _, code := range p.Codes() {
			if q, _, _ := p.Question(code); q.Derive.By == "value" && len(q.Derive.Values) == 0 {
				return p.ID, q
			}
		}
	}
	t.Fatal("no instrument derives a mark from a number")
	return "", q
}

// TestWhatWasUnmadeBehindTheHouseIsFound: an end or an approval that the trail knows and nobody took back there.
func TestWhatWasUnmadeBehindTheHouseIsFound(t *testing.T) {
	t.Parallel()
	for statement, ids := range map[string]int{
		`UPDATE evaluation_round SET state = 'open' WHERE regency_id = 1`:                       1,
		`UPDATE evaluation_round SET state = 'open', seal = '' WHERE regency_id = 1`:            1,
		`UPDATE evaluation_item SET state = 'draft', decided_hash = '' WHERE regency_id = 1`:    2, // and the round no longer fits
		`UPDATE evaluation_item SET state = 'submitted', answer = 'palsu' WHERE regency_id = 1`: 2,
		`DELETE FROM evaluation_item WHERE regency_id = 1`:                                      2,
		`DELETE FROM evaluation_round WHERE regency_id = 1`:                                     2,
	} {
		t.Run(statement, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				k, _ := approved(t, d)
				for _, step := range []string{evaluation.Locked, evaluation.Assess, evaluation.Done} {
					k.move(t, step, "cukup")
				}
				if _, wrong, err := k.Decisions(team()); err != nil || len(wrong) != 0 {
					t.Fatalf("before: %v %v", wrong, err)
				}
				if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
					t.Fatal(err)
				}
				n, wrong, err := k.Decisions(team())
				gone := slices.ContainsFunc(wrong, func(m seal.Mismatch) bool { return m.Why == "gone" })
				if err != nil || n != 2 || len(wrong) != ids || !gone {
					t.Errorf("looked at %d, found %v, %v", n, wrong, err)
				}
			})
		})
	}
}
