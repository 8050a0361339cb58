package evidence_test

import (
	"context"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func key(err error) string {
	k, _ := errs.KeyOf(err)
	return k
}

func get(t *testing.T, s *evidence.Service, id string) evidence.Item {
	t.Helper()
	i, err := s.Get(team(), id)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

// accepted gives a proof of an agency that the team accepted for question A1 of round r.
func accepted(t *testing.T, s *evidence.Service, body string, change func(*evidence.Item)) evidence.Item {
	t.Helper()
	i := add(t, s, operator(), "SK.txt", body, change, proof.OfRound("r").At("A1", ""))
	if err := s.Decide(team(), i.ID, evidence.Accepted, "", get(t, s, i.ID).Rev); err != nil {
		t.Fatal(err)
	}
	return get(t, s, i.ID)
}

func seals(t *testing.T, s *evidence.Service, round string) {
	t.Helper()
	if err := s.DB.Tx(team(), func(tx *db.Tx) error { return s.Seal(team(), tx, proof.OfRound(round)) }); err != nil {
		t.Fatal(err)
	}
}

// TestAnAcceptedProofIsNotRewritten is the rewriting of accepted proofs: the card of one, the address of a link, a deletion.
func TestAnAcceptedProofIsNotRewritten(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		was := accepted(t, s, "sk asli", nil)
		if was.DecidedHash != evidence.Fingerprint(was, []proof.Place{proof.OfRound("r").At("A1", "")}) || was.DecidedBy != "team" {
			t.Fatalf("not bound to what was accepted: %+v", was)
		}
		forged := was
		forged.Title, forged.Number, forged.Confidentiality = "Dokumen lain", "99/PALSU", "restricted"
		if err := s.Edit(operator(), forged); err != nil {
			t.Fatal(err)
		}
		now := get(t, s, was.ID)
		if now.Card() != was.Card() || now.State != evidence.Accepted || now.DecidedHash != was.DecidedHash {
			t.Fatalf("the accepted card did not stay: %+v", now)
		}
		v, waiting, err := s.Proposal(team(), now)
		if err != nil || !waiting || v.Card.Number != "99/PALSU" || v.State != evidence.Submitted || v.By != "op" {
			t.Fatalf("the proposal: %+v %v %v", v, waiting, err)
		}
		if all, _, err := s.List(team(), evidence.Filter{State: evidence.Submitted}, 10, 0); err != nil || len(all) != 1 {
			t.Errorf("a proposal that waits is not in the list of what waits: %v %v", all, err)
		}
		if err := s.Decide(team(), was.ID, evidence.Accepted, "", was.Rev); !errs.Is(err, errs.Conflict) {
			t.Errorf("decided on a proposal that was not on the page: %v", err)
		}
		if err := s.Decide(team(), was.ID, evidence.Revise, "Nomor tidak ada di JDIH", now.Rev); err != nil {
			t.Fatal(err)
		}
		if now = get(t, s, was.ID); now.State != evidence.Accepted || now.DecidedHash != was.DecidedHash || now.Pending == 0 {
			t.Errorf("a returned proposal changed what stands: %+v", now)
		}
		mended := now
		mended.Title = "SK Bupati"
		if err := s.Edit(operator(), mended); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(team(), was.ID, evidence.Accepted, "", get(t, s, was.ID).Rev); err != nil {
			t.Fatal(err)
		}
		now = get(t, s, was.ID)
		if now.Title != "SK Bupati" || now.Pending != 0 || now.DecidedHash == was.DecidedHash || now.DecidedHash == "" {
			t.Errorf("after the proposal was accepted: %+v", now)
		}
		if all, err := s.Versions(team(), was.ID); err != nil || len(all) != 3 || all[0].State != evidence.Accepted || all[1].State != evidence.Replaced ||
			all[2].Hash != was.DecidedHash {
			t.Errorf("versions: %+v %v", all, err)
		}
		if _, n, err := s.List(team(), evidence.Filter{Query: "bupati"}, 10, 0); err != nil || n != 1 {
			t.Errorf("the words follow the card: %d %v", n, err)
		}
		if n, wrong, err := s.Decisions(team()); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("decisions: %d %v %v", n, wrong, err)
		}
	})
}

// entries gives the trail of a kind of thing that says an action, newest first.
func entries(t *testing.T, s *evidence.Service, object, action string) []audit.Row {
	t.Helper()
	rows, _, err := s.Audit.List(context.Background(), 1, audit.Filter{Object: object, Action: action}, 20, 0)
	if err != nil {
		t.Fatal(err)
	}
	return rows
}

func TestAnAgencyWithdrawsItsProposal(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		was := accepted(t, s, "sk asli", nil)
		if err := s.Withdraw(operator(), was.ID, was.Rev); key(err) != "evidence.error.no_proposal" {
			t.Errorf("nothing to withdraw: %v", err)
		}
		wrong := was
		wrong.Title = "Judul keliru"
		if err := s.Edit(operator(), wrong); err != nil {
			t.Fatal(err)
		}
		now := get(t, s, was.ID)
		for name, err := range map[string]error{
			"who decides":        s.Withdraw(team(), was.ID, now.Rev),
			"another agency":     s.Withdraw(other(), was.ID, now.Rev),
			"a page that is old": s.Withdraw(operator(), was.ID, was.Rev),
		} {
			if err == nil {
				t.Errorf("%s withdrew the proposal", name)
			}
		}
		if err := s.Withdraw(operator(), was.ID, now.Rev); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(team(), was.ID, evidence.Accepted, "", now.Rev); !errs.Is(err, errs.Conflict) {
			t.Errorf("decided on what was withdrawn: %v", err)
		}
		now = get(t, s, was.ID)
		if now.Pending != 0 || now.Card() != was.Card() || now.State != evidence.Accepted || now.DecidedHash != was.DecidedHash {
			t.Errorf("what was accepted did not stay: %+v", now)
		}
		if all, err := s.Versions(team(), was.ID); err != nil || len(all) != 2 || all[0].State != evidence.Replaced {
			t.Errorf("versions: %+v %v", all, err)
		}
		if rows := entries(t, s, "evidence_item", "evidence.withdraw"); len(rows) != 1 || rows[0].ActorID != "op" || rows[0].Agency != "hub" {
			t.Errorf("the trail: %+v", rows)
		}
		if n, wrong, err := s.Decisions(team()); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("decisions: %d %v %v", n, wrong, err)
		}
	})
}

func TestTheAddressOfAnAcceptedLinkIsNotSwapped(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		link := evidence.Item{Title: "Video", Kind: "link", Confidentiality: "public", Agency: "hub", URL: "https://contoh.go.id/asli"}
		i, _, err := s.Add(operator(), link, "", proof.OfRound("r").At("A1", ""))
		if err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(team(), i.ID, evidence.Accepted, "", get(t, s, i.ID).Rev); err != nil {
			t.Fatal(err)
		}
		i = get(t, s, i.ID)
		i.URL = "https://contoh.go.id/palsu"
		if err := s.Edit(operator(), i); err != nil {
			t.Fatal(err)
		}
		if now := get(t, s, i.ID); now.URL != "https://contoh.go.id/asli" {
			t.Errorf("the address is %s", now.URL)
		}
	})
}

func TestAnAcceptedProofIsNotDeletedOrTakenAway(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := accepted(t, s, "sk", nil)
		if err := s.Unhang(operator(), proof.OfRound("r").At("A1", ""), i.ID); key(err) != "evidence.error.bound" {
			t.Errorf("the agency took an accepted proof away: %v", err)
		}
		if err := s.Hang(operator(), proof.OfRound("r").At("B2", ""), i.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := s.Unhang(operator(), proof.OfRound("r").At("B2", ""), i.ID); err != nil {
			t.Errorf("a place that came after the acceptance: %v", err)
		}
		if err := s.Unhang(team(), proof.OfRound("r").At("A1", ""), i.ID); err != nil {
			t.Fatal(err)
		}
		now := get(t, s, i.ID)
		if whole, err := s.Intact(team(), now); err != nil || !whole || now.DecidedHash == i.DecidedHash {
			t.Errorf("the acceptance was not bound anew: %v %v", whole, err)
		}
		if err := s.Delete(operator(), i.ID); key(err) != "evidence.error.accepted" {
			t.Errorf("an accepted proof without a place was deleted: %v", err)
		}
		if err := s.Decide(team(), i.ID, evidence.Rejected, "Salah unggah", now.Rev); err != nil {
			t.Fatal(err)
		}
		if err := s.Delete(operator(), i.ID); err != nil {
			t.Errorf("after the decision was taken back: %v", err)
		}
		var left int
		err := d.QueryRow(team(), `SELECT (SELECT count(*) FROM evidence_word WHERE regency_id = 1) + (SELECT count(*) FROM evidence_version WHERE regency_id = 1)`).Scan(&left)
		if err != nil || left != 0 {
			t.Errorf("%d rows left of a deleted proof, %v", left, err)
		}
	})
}

// TestAFinishedRoundKeepsItsProofs: nobody changes, removes, moves or decides what it used, and what expires later is still
// what it was then.
func TestAFinishedRoundKeepsItsProofs(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		until := noon().Add(time.Hour).UnixMilli()
		i := accepted(t, s, "izin", func(i *evidence.Item) { i.ValidUntil = until })
		seals(t, s, "r")
		lines, err := s.Lines(team(), d, proof.OfRound("r"))
		if err != nil {
			t.Fatal(err)
		}
		for name, err := range map[string]error{
			"edit, agency":     s.Edit(operator(), i.With(evidence.Card{Title: "X", Kind: "report", Confidentiality: "internal", Agency: "hub"})),
			"edit, team":       s.Edit(team(), i.With(evidence.Card{Title: "X", Kind: "report", Confidentiality: "internal", Agency: "hub"})),
			"unlink, agency":   s.Unhang(operator(), proof.OfRound("r").At("A1", ""), i.ID),
			"unlink, team":     s.Unhang(team(), proof.OfRound("r").At("A1", ""), i.ID),
			"take back":        s.Decide(team(), i.ID, evidence.Rejected, "berubah pikiran", i.Rev),
			"delete, team":     s.Delete(team(), i.ID),
			"delete, operator": s.Delete(operator(), i.ID),
		} {
			if key(err) != "evidence.error.sealed" {
				t.Errorf("%s: %v", name, err)
			}
		}
		s.Now = func() time.Time { return noon().Add(2 * time.Hour) }
		if err := s.Module().Jobs["evidence.expire"](context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		if now := get(t, s, i.ID); now.State != evidence.Expired {
			t.Fatalf("in the library it is %s", now.State)
		}
		if rows := entries(t, s, "evidence_item", "evidence.expired"); len(rows) != 1 || rows[0].ObjectID != i.ID {
			t.Errorf("the trail does not say that it expired: %+v", rows)
		}
		if err := s.Decide(team(), i.ID, evidence.Rejected, "berubah pikiran", get(t, s, i.ID).Rev); key(err) != "evidence.error.sealed" {
			t.Errorf("a proof of a finished round that ran out is decided anew: %v", err)
		}
		if counts, err := s.Counts(team(), proof.OfRound("r")); err != nil || counts[proof.Spot{Item: "A1"}].Accepted != 1 {
			t.Errorf("the finished round lost a proof by expiry: %v %v", counts, err)
		}
		if after, err := s.Lines(team(), d, proof.OfRound("r")); err != nil || len(after) != 1 || after[0] != lines[0] {
			t.Errorf("the lines of the seal changed: %v, %v %v", lines, after, err)
		}
		if linked, err := s.Hung(team(), proof.OfRound("r").At("A1", "")); err != nil || len(linked) != 1 || linked[0].State != evidence.Accepted {
			t.Errorf("the finished round shows %v %v", linked, err)
		}
	})
}

// refusing is a room whose places may not change any more.
type refusing struct {
	anywhere
	err error
}

func (r refusing) Changed(context.Context, *db.Tx, proof.Place) error { return r.err }

// TestEveryWayToAPlaceAsksItsRoom: upload with a place, the same file once more, link, unlink, another address.
func TestEveryWayToAPlaceAsksItsRoom(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		at := proof.OfRound("r").At("A1", "")
		i := add(t, s, operator(), "Ada.txt", "ada", nil, at)
		link, _, err := s.Add(operator(), evidence.Item{Title: "Video", Kind: "link", Confidentiality: "public", Agency: "hub", URL: "https://a.go.id/"}, "", at)
		if err != nil {
			t.Fatal(err)
		}
		link = get(t, s, link.ID)
		link.URL = "https://b.go.id/"
		s.Holders[proof.Round] = refusing{err: errs.E(errs.Conflict, "closed", nil)}
		_, _, fresh := s.Add(operator(), evidence.Item{Title: "Baru", Kind: "link", Confidentiality: "public", Agency: "hub", URL: "https://c.go.id/"}, "", at)
		file, err := s.Keep(operator(), "Ada.txt", strings.NewReader("ada"))
		if err != nil {
			t.Fatal(err)
		}
		file.Title, file.Kind, file.Confidentiality, file.Agency = "Ada", "report", "internal", "hub"
		_, _, same := s.Add(operator(), file, "", proof.OfRound("r").At("B2", ""))
		for name, err := range map[string]error{"a new proof": fresh, "the same file": same, "a link": s.Hang(operator(), proof.OfRound("r").At("B2", ""), i.ID, ""),
			"a link taken away": s.Unhang(operator(), proof.OfRound("r").At("A1", ""), i.ID), "another address": s.Edit(operator(), link)} {
			if key(err) != "closed" {
				t.Errorf("%s: %v", name, err)
			}
		}
		if uses, err := s.Uses(operator(), i.ID); err != nil || len(uses) != 1 {
			t.Errorf("a refused change is half done: %v %v", uses, err)
		}
	})
}

func TestTamperedProofsAreFound(t *testing.T) {
	t.Parallel()
	for name, statement := range map[string]string{
		"untouched":           "",
		"the title":           `UPDATE evidence_item SET title = 'Palsu' WHERE regency_id = 1`,
		"the file":            `UPDATE evidence_item SET file_hash = 'x' WHERE regency_id = 1`,
		"a place":             `UPDATE evidence_link SET item = 'B2' WHERE regency_id = 1`,
		"a place less":        `DELETE FROM evidence_link WHERE regency_id = 1`,
		"a place more":        `INSERT INTO evidence_link SELECT regency_id, holder_kind, holder_id, 'B2', slot, evidence_id, linked_by, at, bound, sealed FROM evidence_link WHERE regency_id = 1`,
		"another fingerprint": `UPDATE evidence_item SET decided_hash = 'x' WHERE regency_id = 1`,
		"no fingerprint":      `UPDATE evidence_item SET decided_hash = '' WHERE regency_id = 1`,
		"bound once more":     `UPDATE evidence_item SET decided_hash = 'unbound', title = 'Palsu' WHERE regency_id = 1`,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				s := library(t, d)
				accepted(t, s, "sk", nil)
				if statement != "" {
					if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(statement); return err }); err != nil {
						t.Fatal(err)
					}
				}
				if _, err := seal.BindOld(context.Background(), d, s.Audit, s.Old()...); err != nil {
					t.Fatal(err)
				}
				n, wrong, err := s.Decisions(team())
				if err != nil || n != 1 || (len(wrong) == 1) != (statement != "") {
					t.Errorf("looked at %d, found %v, %v", n, wrong, err)
				}
			})
		})
	}
}

// TestOldAcceptancesAreBound: what was accepted before decisions carried a fingerprint.
func TestOldAcceptancesAreBound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "Lama.txt", "lama", nil, proof.OfRound("r").At("A1", ""))
		old := `UPDATE evidence_item SET state = 'accepted', decided_hash = 'unbound' WHERE regency_id = 1`
		if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(old); return err }); err != nil {
			t.Fatal(err)
		}
		if whole, err := s.Intact(team(), get(t, s, i.ID)); err != nil || whole {
			t.Errorf("accepted without a fingerprint, and called whole: %v", err)
		}
		if _, err := seal.BindOld(context.Background(), d, s.Audit, s.Old()...); err != nil {
			t.Fatal(err)
		}
		if now := get(t, s, i.ID); len(now.DecidedHash) != 64 {
			t.Errorf("not bound: %q", now.DecidedHash)
		}
		if n, wrong, err := s.Decisions(team()); err != nil || n != 1 || len(wrong) != 0 {
			t.Errorf("%d %v %v", n, wrong, err)
		}
	})
}

func TestRestrictedProofsAndOutsideAssessors(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "Rahasia.txt", "rahasia", func(i *evidence.Item) { i.Confidentiality = "restricted" }, proof.OfRound("invited").At("A1", ""))
		sees := func() bool {
			_, err := s.Get(assessor(), i.ID)
			all, failed := s.Hung(assessor(), proof.OfRound("invited").At("A1", ""))
			if failed != nil || (err == nil) != (len(all) == 1) {
				t.Fatalf("the proof and the list differ: %v %v", err, all)
			}
			return err == nil
		}
		if sees() {
			t.Error("an assessor from outside sees a restricted proof that nobody opened")
		}
		if err := s.Release(operator(), i.ID, "invited", true); !errs.Is(err, errs.Forbidden) {
			t.Errorf("the agency opened it: %v", err)
		}
		if err := s.Release(team(), i.ID, "other", true); err != nil || sees() {
			t.Errorf("opened to another round: %v", err)
		}
		if err := s.Release(team(), i.ID, "invited", true); err != nil || !sees() {
			t.Errorf("opened to the round: %v", err)
		}
		if err := s.Release(team(), i.ID, "invited", false); err != nil || sees() {
			t.Errorf("closed again: %v", err)
		}
		if a := tenant.From(assessor()); a.Can(evidence.Read, "") {
			t.Fatal("the assessor of this test reads the library")
		}
	})
}

// keen is a room that lets a proof hang only with a reason, and gives nothing up.
type keen struct{ anywhere }

func (keen) MayHang(_ context.Context, p proof.Place, _ proof.Card, reason string) (proof.Override, error) {
	if reason == "" {
		return nil, errs.E(errs.Invalid, "why", nil)
	}
	return &audit.Entry{Action: "room.override", Object: "room_item", ObjectID: p.String(), Why: reason}, nil
}

func (keen) MayUnhang(context.Context, proof.Place, proof.Card) error {
	return errs.E(errs.Forbidden, "kept", nil)
}

// TestTheRoomOfAPlaceDecides: who may hang and take away is asked of the room, its override and the link are one change, and a
// kind of places nobody owns takes nothing.
func TestTheRoomOfAPlaceDecides(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Holders["program"] = keen{}
		i := add(t, s, operator(), "SK.txt", "sk", nil)
		at := proof.Place{Thing: proof.Thing{Kind: "program", ID: "p1"}, Spot: proof.Spot{Item: "hasil", Slot: "a"}}
		told := func() int {
			rows, _, err := s.Audit.List(team(), 1, audit.Filter{Object: "room_item", ObjectID: at.String()}, 10, 0)
			if err != nil {
				t.Fatal(err)
			}
			return len(rows)
		}
		if err := s.Hang(operator(), at, i.ID, ""); key(err) != "why" || told() != 0 {
			t.Errorf("without a reason: %v, %d entries", err, told())
		}
		if err := s.Hang(operator(), at, i.ID, "terlambat terbit"); err != nil || told() != 1 {
			t.Errorf("with a reason: %v, %d entries", err, told())
		}
		if err := s.Hang(operator(), at, i.ID, "sekali lagi"); err != nil || told() != 1 {
			t.Errorf("hung twice: %v, %d entries", err, told())
		}
		if err := s.Unhang(operator(), at, i.ID); key(err) != "kept" {
			t.Errorf("taken away: %v", err)
		}
		if held, err := s.Held(operator(), at.Thing); err != nil || len(held) != 1 || held[0].Spot != at.Spot || held[0].Card.ID != i.ID {
			t.Errorf("held: %+v %v", held, err)
		}
		link := evidence.Item{Title: "Video", Kind: "link", Confidentiality: "public", Agency: "hub", URL: "https://a.go.id/"}
		if _, _, err := s.Add(operator(), link, "", at); key(err) != "why" {
			t.Errorf("an upload to the place: %v", err)
		}
		nobody := proof.Place{Thing: proof.Thing{Kind: "lain", ID: "x"}, Spot: proof.Spot{Item: "1"}}
		if err := s.Hang(operator(), nobody, i.ID, ""); key(err) != "evidence.error.place" {
			t.Errorf("a place nobody owns: %v", err)
		}
	})
}

// TestAnAcceptanceThatWasUnmadeBehindTheHouseIsFound, and one that was taken back on the pages is not.
func TestAnAcceptanceThatWasUnmadeBehindTheHouseIsFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		expired := accepted(t, s, "sk lama", func(i *evidence.Item) { i.ValidUntil = s.Now().Add(-time.Hour).UnixMilli() })
		returned, unmade, removed := accepted(t, s, "sk satu", nil), accepted(t, s, "sk dua", nil), accepted(t, s, "sk tiga", nil)
		if err := s.Module().Jobs["evidence.expire"](context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		check := func(when string, looked int, gone ...string) {
			t.Helper()
			n, wrong, err := s.Decisions(team())
			var found []string
			for _, m := range wrong {
				found = append(found, m.Why+" "+m.ID)
			}
			slices.Sort(found)
			slices.Sort(gone)
			if err != nil || n != looked || !slices.Equal(found, gone) {
				t.Errorf("%s: looked at %d, found %v, want %v, %v", when, n, found, gone, err)
			}
		}
		check("expired", 4)
		again := get(t, s, expired.ID)
		again.Title = "SK yang dibetulkan"
		if err := s.Edit(operator(), again); err != nil {
			t.Fatal(err)
		}
		check("edited after it expired", 3)
		if err := s.Decide(team(), returned.ID, evidence.Revise, "Salah berkas", get(t, s, returned.ID).Rev); err != nil {
			t.Fatal(err)
		}
		check("returned", 2)
		for _, statement := range []string{`UPDATE evidence_item SET state = 'submitted' WHERE regency_id = 1 AND id = $1`,
			`UPDATE evidence_item SET decided_hash = '' WHERE regency_id = 1 AND id = $1`} {
			if err := d.Tx(team(), func(tx *db.Tx) error { _, err := tx.Exec(statement, unmade.ID); return err }); err != nil {
				t.Fatal(err)
			}
			check(statement, 2, "gone "+unmade.ID)
		}
		if err := d.Tx(team(), func(tx *db.Tx) error {
			_, err := tx.Exec(`DELETE FROM evidence_item WHERE regency_id = 1 AND id = $1`, removed.ID)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		check("removed", 2, "gone "+unmade.ID, "gone "+removed.ID)
	})
}
