package evidence_test

import (
	"context"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/storetest"
)

// meddled is a room during whose first answer somebody else does something.
type meddled struct {
	anywhere
	asked *[]proof.Card
	do    func()
}

func (m meddled) MayHang(_ context.Context, _ proof.Place, c proof.Card, _ string) (proof.Override, error) {
	if *m.asked = append(*m.asked, c); len(*m.asked) == 1 {
		m.do()
	}
	return nil, nil
}

// TestACardIsHungAsItStands: what happens to it while its room is asked counts.
func TestACardIsHungAsItStands(t *testing.T) {
	t.Parallel()
	at := proof.OfRound("r").At("A1", "")
	for name, c := range map[string]struct {
		meanwhile func(s *evidence.Service, i evidence.Item) error
		refused   string
		asked     int
	}{
		"removed": {func(s *evidence.Service, i evidence.Item) error { return s.Delete(operator(), i.ID) }, "evidence.error.not_found", 1},
		"rejected": {func(s *evidence.Service, i evidence.Item) error {
			return s.Decide(team(), i.ID, evidence.Rejected, "Salah unggah", i.Rev)
		}, "evidence.error.rejected", 1},
		"changed": {func(s *evidence.Service, i evidence.Item) error { i.Date = 99; return s.Edit(operator(), i) }, "", 2},
		"nothing": {func(*evidence.Service, evidence.Item) error { return nil }, "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			storetest.Each(t, func(t *testing.T, d *db.DB) {
				s := library(t, d)
				i := add(t, s, operator(), "SK.txt", "sk", nil)
				var asked []proof.Card
				s.Holders[proof.Round] = meddled{asked: &asked, do: func() {
					if err := c.meanwhile(s, i); err != nil {
						t.Error(err)
					}
				}}
				if err := s.Hang(operator(), at, i.ID, ""); (err != nil || c.refused != "") && key(err) != c.refused {
					t.Errorf("hung: %v", err)
				}
				if len(asked) != c.asked || c.asked == 2 && asked[1].Date != 99 {
					t.Errorf("the room was asked about %+v", asked)
				}
				if uses, err := s.Uses(team(), i.ID); err != nil || (len(uses) == 0) != (c.refused != "") {
					t.Errorf("it hangs on %v, %v", uses, err)
				}
			})
		})
	}
}

// dated is a room that takes proofs of one date only, or with a reason.
type dated struct{ keen }

func (r dated) MayHang(ctx context.Context, p proof.Place, c proof.Card, reason string) (proof.Override, error) {
	if c.Date == 1000 {
		return nil, nil
	}
	return r.keen.MayHang(ctx, p, c, reason)
}

// TestAKnownFileIsJudgedByItsCard: not by what was typed for it this time.
func TestAKnownFileIsJudgedByItsCard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Holders[proof.Round] = dated{}
		add(t, s, operator(), "Lama.txt", "lama", func(i *evidence.Item) { i.Date = 99000 })
		i, err := s.Keep(operator(), "Lama.txt", strings.NewReader("lama"))
		if err != nil {
			t.Fatal(err)
		}
		i.Title, i.Kind, i.Confidentiality, i.Agency, i.Date = "Lama", "report", "internal", "hub", 1000
		if _, _, err := s.Add(operator(), i, "", proof.OfRound("r").At("A1", "")); key(err) != "why" {
			t.Errorf("a proof of another year hangs: %v", err)
		}
		add(t, s, operator(), "Baru.txt", "baru", func(i *evidence.Item) { i.Date = 1000 })
		again := add(t, s, operator(), "Baru.txt", "baru", func(i *evidence.Item) { i.Date = 1000 }, proof.OfRound("r").At("A1", ""))
		if rows := entries(t, s, "room_item", "room.override"); len(rows) != 0 || again.Date != 1000 {
			t.Errorf("an override that nobody gave: %+v", rows)
		}
	})
}

// TestARejectedProofHangsNowhere, whoever asks.
func TestARejectedProofHangsNowhere(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "SK.txt", "sk", nil)
		if err := s.Decide(team(), i.ID, evidence.Rejected, "Salah unggah", i.Rev); err != nil {
			t.Fatal(err)
		}
		at := proof.OfRound("r").At("A1", "")
		within := d.Tx(operator(), func(tx *db.Tx) error { return s.HangIn(operator(), tx, at, i.ID) })
		for name, err := range map[string]error{"Hang": s.Hang(operator(), at, i.ID, ""), "HangIn": within} {
			if key(err) != "evidence.error.rejected" {
				t.Errorf("%s: %v", name, err)
			}
		}
	})
}

// TestAnUploadIsOfAnAgencyOfTheActor: every card of it.
func TestAnUploadIsOfAnAgencyOfTheActor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		card := func(agency string) evidence.Item {
			return evidence.Item{Title: "Video", Kind: "link", Confidentiality: "public", Agency: agency, URL: "https://a.go.id/"}
		}
		if _, _, err := s.AddAll(operator(), []evidence.Item{card("hub"), card("kes")}, ""); key(err) != "evidence.error.other_agency" {
			t.Errorf("a card of another agency: %v", err)
		}
		if _, _, err := s.AddAll(operator(), []evidence.Item{card("hub")}, ""); err != nil {
			t.Error(err)
		}
	})
}

// TestGivingUpAPlaceAcceptsAgain: an altered proof does not become what was accepted, nobody accepts their own card this way,
// and a place that came later is not part of it.
func TestGivingUpAPlaceAcceptsAgain(t *testing.T) {
	t.Parallel()
	at := func(item string) proof.Place { return proof.OfRound("r").At(item, "") }
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := accepted(t, s, "sk", nil)
		if err := s.Hang(operator(), at("B2"), i.ID, ""); err != nil {
			t.Fatal(err)
		}
		title := func(text string) {
			if err := d.Tx(team(), func(tx *db.Tx) error {
				_, err := tx.Exec(`UPDATE evidence_item SET title = $1 WHERE regency_id = 1`, text)
				return err
			}); err != nil {
				t.Fatal(err)
			}
		}
		title("Palsu")
		if err := s.Unhang(team(), at("A1"), i.ID); key(err) != "evidence.error.altered" {
			t.Errorf("an altered proof bound anew: %v", err)
		}
		title(i.Title)
		writer := as("op", "", evidence.Read, evidence.View, evidence.Check)
		if err := s.Unhang(writer, at("A1"), i.ID); key(err) != "evidence.error.own" {
			t.Errorf("who wrote the card accepted it: %v", err)
		}
		if err := s.Unhang(team(), at("A1"), i.ID); err != nil {
			t.Fatal(err)
		}
		if now := get(t, s, i.ID); now.DecidedHash != evidence.Fingerprint(now, nil) {
			t.Error("a place that came later became part of the acceptance")
		}
		if err := s.Unhang(operator(), at("B2"), i.ID); err != nil {
			t.Errorf("a place that came later: %v", err)
		}
	})
}

// TestAChangeOfAnAcceptedProof is its writer's own work from then on, and does not hide that the proof was altered.
func TestAChangeOfAnAcceptedProof(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := accepted(t, s, "sk", nil)
		second := as("team2", "", evidence.Read, evidence.View, evidence.Check)
		propose := func(number string) {
			now := get(t, s, i.ID)
			now.Number = number
			if err := s.Edit(second, now); err != nil {
				t.Fatal(err)
			}
		}
		propose("12/2026")
		if err := s.Decide(team(), i.ID, evidence.Accepted, "", get(t, s, i.ID).Rev); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(second, i.ID, evidence.Accepted, "", get(t, s, i.ID).Rev); key(err) != "evidence.error.own" {
			t.Errorf("who wrote the accepted change accepted it again: %v", err)
		}
		propose("13/2026")
		if err := d.Tx(team(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE evidence_item SET file_name = 'palsu.txt' WHERE regency_id = 1`)
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(team(), i.ID, evidence.Accepted, "", get(t, s, i.ID).Rev); key(err) != "evidence.error.altered" {
			t.Errorf("an altered proof accepted with a change: %v", err)
		}
	})
}

// TestPeopleDecideWithThreeWords: no other move of a proof is one of them.
func TestPeopleDecideWithThreeWords(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "SK.txt", "sk", nil)
		if err := s.Decide(team(), i.ID, evidence.Revise, "Halaman salah", i.Rev); err != nil {
			t.Fatal(err)
		}
		for _, word := range []string{"hand_in", "mend", "expire", evidence.Submitted, evidence.Expired, ""} {
			if err := s.Decide(team(), i.ID, word, "Halaman salah", get(t, s, i.ID).Rev); key(err) != "evidence.error.state" || !errs.Is(err, errs.Conflict) {
				t.Errorf("%q: %v", word, err)
			}
		}
		long := s.Decide(team(), i.ID, evidence.Rejected, strings.Repeat("é", 4001), get(t, s, i.ID).Rev)
		if _, fields := errs.MsgOf(long); fields["reason"].Key != "evidence.error.reason_long" {
			t.Errorf("a long reason: %v", long)
		}
		if err := s.Decide(team(), i.ID, evidence.Rejected, strings.Repeat("é", 4000), get(t, s, i.ID).Rev); err != nil {
			t.Errorf("4,000 letters: %v", err)
		}
	})
}

// busy is a room that does something while a proof comes to one of its places.
type busy struct {
	anywhere
	do func()
}

func (b busy) Changed(context.Context, *db.Tx, proof.Place) error { b.do(); return nil }

// TestACardIsNotRemovedWhileItIsHung: who removes it waits for the link, and then it is in use.
func TestACardIsNotRemovedWhileItIsHung(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		at := proof.OfRound("r").At("A1", "")
		i := add(t, s, operator(), "SK.txt", "sk", nil, at)
		if err := s.Unhang(operator(), at, i.ID); err != nil {
			t.Fatal(err)
		}
		removed := make(chan error, 1)
		s.Holders[proof.Round] = busy{do: func() {
			go func() { removed <- s.Delete(operator(), i.ID) }()
			for d.Dialect() == db.Postgres && len(removed) == 0 { // SQLite has one writer, who is here
				var waiting int
				err := d.QueryRow(team(), `SELECT count(*) FROM pg_locks WHERE locktype = 'advisory' AND NOT granted`).Scan(&waiting)
				if err != nil || waiting > 0 {
					return
				}
			}
		}}
		if err := s.Hang(operator(), at, i.ID, ""); err != nil {
			t.Fatal(err)
		}
		if err := <-removed; key(err) != "evidence.error.in_use" {
			t.Errorf("removed while it was hung: %v", err)
		}
	})
}
