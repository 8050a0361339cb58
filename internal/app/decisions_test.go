package app

import (
	"context"
	"net/http"
	"net/url"
	"strconv"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestWhatWasDecidedStands: nobody rewrites, unlinks or deletes a proof of a finished round, through any page; every decision
// of the sample is bound; a row changed behind the house shows on its page and in the check.
func TestWhatWasDecidedStands(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	brand, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home := tenant.With(context.Background(), tenant.SystemOf(brand.Regency, "test"))
	if n, wrong, err := a.Decisions(home); err != nil || n < 100 || len(wrong) != 0 {
		t.Fatalf("the sample: %d decisions, %v, %v", n, wrong, err)
	}
	round := sampleRoundID(time.Now().Year() - 1)
	held, err := a.Evidence.Held(home, proof.OfRound(round))
	if err != nil || len(held) == 0 {
		t.Fatalf("the finished round holds %d proofs, %v", len(held), err)
	}
	var code, id string
	for _, h := range held {
		if h.State == proof.Accepted {
			code, id = h.Item, h.Card.ID
		}
	}
	was, err := a.Evidence.Get(home, id)
	if err != nil || was.DecidedHash == "" {
		t.Fatalf("no accepted proof in the finished round: %v", err)
	}
	card := url.Values{"title": {"Dokumen lain"}, "number": {"99/PALSU"}, "kind": {"plan"}, "confidentiality": {"restricted"}, "agency": {was.Agency},
		"rev": {strconv.FormatInt(was.Rev, 10)}, "state": {"rejected"}, "reason": {"karena"}, "evidence": {was.ID}}
	for _, who := range []string{"Koordinator Evaluasi", "Operator Dishub", "Pegawai Dishub", "Admin Diskominfo"} {
		v := signIn(t, a, who, "id")
		for _, path := range []string{"/bukti/" + was.ID + "/ubah", "/bukti/" + was.ID + "/hapus", "/bukti/" + was.ID + "/putusan",
			"/evaluasi/" + round + "/soal/" + code + "/bukti", "/evaluasi/" + round + "/soal/" + code + "/bukti/lepas"} {
			res, _ := v.do("POST", path, card)
			if res.StatusCode < 400 || res.StatusCode >= 500 {
				t.Errorf("%s %s: %d", who, path, res.StatusCode)
			}
		}
	}
	if now, err := a.Evidence.Get(home, was.ID); err != nil || now.Card() != was.Card() || now.State != was.State || now.Pending != 0 {
		t.Errorf("it changed: %+v %v", now, err)
	}
	if n, wrong, err := a.Decisions(home); err != nil || n < 100 || len(wrong) != 0 {
		t.Errorf("after the attempts: %d decisions, %v, %v", n, wrong, err)
	}
	healthSays(t, a, "semua masih yang diputus")
	if err := a.DB.Tx(home, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE evidence_item SET title = 'Dokumen lain' WHERE regency_id = $1 AND id = $2`, brand.Regency, was.ID)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	healthSays(t, a, "putusan tidak lagi sama dengan yang diputus")
	_, wrong, err := a.Decisions(home)
	if err != nil || len(wrong) < 2 { // the proof, and every finished round that used it
		t.Errorf("tampering found: %v %v", wrong, err)
	}
	res, body := signIn(t, a, "Koordinator Evaluasi", "id").do(http.MethodGet, "/bukti/"+was.ID, nil)
	if res.StatusCode != http.StatusOK || !strings.Contains(body, "Tidak lagi yang diterima") {
		t.Errorf("the page of a changed proof: %d", res.StatusCode)
	}
}

// healthSays compares all decisions as the daily job does and looks for a text on the health page.
func healthSays(t *testing.T, a *App, want string) {
	t.Helper()
	if err := a.Admin.Module().Jobs["admin.decisions"](t.Context(), jobs.Job{}); err != nil {
		t.Fatal(err)
	}
	if res, body := signIn(t, a, "Admin Diskominfo", "id").do(http.MethodGet, "/kesehatan", nil); res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
		t.Errorf("the health page: %d, without %q", res.StatusCode, want)
	}
}

// TestTheWayOfAProposalOnThePages: an accepted proof is edited, the difference is shown, returned, mended and accepted; a
// restricted one is opened to assessors; the coordinator's page offers to open a mark again.
func TestTheWayOfAProposalOnThePages(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	brand, err := a.Access.Brand(context.Background(), 0)
	if err != nil {
		t.Fatal(err)
	}
	home := tenant.With(context.Background(), tenant.SystemOf(brand.Regency, "test"))
	desk, operator := signIn(t, a, "Koordinator Evaluasi", "id"), signIn(t, a, "Operator Dishub", "id")
	person := tenant.From(home)
	users, err := a.Access.Users(home, "Operator Dishub", "", "")
	if err != nil || len(users) != 1 {
		t.Fatalf("%v %v", users, err)
	}
	round := sampleRoundID(time.Now().Year())
	i, _, err := a.Evidence.Add(tenant.With(home, person), evidence.Item{Title: "Video asli", Kind: "link", Confidentiality: "restricted", Agency: users[0].Agency,
		URL: "https://contoh.go.id/asli"}, "")
	if err != nil {
		t.Fatal(err)
	}
	if err := a.Evidence.Hang(home, proof.OfRound(round).At("A1", ""), i.ID, ""); err != nil {
		t.Fatal(err)
	}
	page := func(v *visitor, path string, wants ...string) {
		t.Helper()
		res, body := v.do(http.MethodGet, path, nil)
		for _, want := range wants {
			if res.StatusCode != http.StatusOK || !strings.Contains(body, want) {
				t.Errorf("%s: %d, without %q", path, res.StatusCode, want)
			}
		}
	}
	send := func(v *visitor, path string, form url.Values, want int) {
		t.Helper()
		now, err := a.Evidence.Get(home, i.ID)
		if err != nil {
			t.Fatal(err)
		}
		form.Set("rev", strconv.FormatInt(now.Rev, 10))
		if res, body := v.do(http.MethodPost, path, form); res.StatusCode != want {
			t.Fatalf("%s: %d, want %d: %.300s", path, res.StatusCode, want, body)
		}
	}
	at := "/bukti/" + i.ID
	send(desk, at+"/putusan", url.Values{"state": {"accepted"}}, http.StatusSeeOther)
	page(desk, at, "Sidik putusan", "Buka untuk penilai putaran ini")
	send(desk, at+"/penilai", url.Values{"round": {round}, "buka": {"ya"}}, http.StatusSeeOther)
	page(desk, at, "Tutup bagi penilai putaran ini")
	page(operator, at+"/ubah", "diajukan sebagai versi baru")
	card := func(address string) url.Values {
		return url.Values{"title": {"Video asli"}, "kind": {"link"}, "confidentiality": {"restricted"}, "agency": {users[0].Agency}, "url": {address}}
	}
	send(operator, at+"/ubah", card("https://contoh.go.id/palsu"), http.StatusSeeOther)
	page(desk, at, "Perubahan menunggu putusan", "https://contoh.go.id/asli", "https://contoh.go.id/palsu", "Terima perubahan")
	send(operator, at+"/hapus", url.Values{}, http.StatusConflict)
	send(desk, at+"/putusan", url.Values{"state": {"revise"}, "reason": {"Alamat ini bukan milik OPD"}}, http.StatusSeeOther)
	page(operator, at, "Perubahan diminta diperbaiki", "Alamat ini bukan milik OPD")
	send(operator, at+"/ubah", card("https://contoh.go.id/baru"), http.StatusSeeOther)
	send(desk, at+"/putusan", url.Values{"state": {"accepted"}}, http.StatusSeeOther)
	if now, err := a.Evidence.Get(home, i.ID); err != nil || now.URL != "https://contoh.go.id/baru" || now.Pending != 0 {
		t.Errorf("at the end: %+v %v", now, err)
	}
	page(desk, "/hasil/"+round+"/penilai", "Nilai yang dibuka kembali sesudah nilai lain terlihat")
	page(desk, "/hasil/"+sampleRoundID(time.Now().Year()-1), "Segel putaran", "Sidik hasil terbit")
	if _, wrong, err := a.Decisions(home); err != nil || len(wrong) != 0 {
		t.Errorf("decisions: %v %v", wrong, err)
	}
}

// TestADecisionOfAnotherKindOfValueIsFound: the card says accepted, and no condition finds it.
func TestADecisionOfAnotherKindOfValueIsFound(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	if a.DB.Dialect() != db.SQLite {
		return // PostgreSQL keeps no other kind of value in a column
	}
	ctx := context.Background()
	if _, wrong, err := a.Decisions(ctx); err != nil || len(wrong) != 0 {
		t.Fatalf("before: %v %v", wrong, err)
	}
	if err := a.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, statement := range []string{
			`UPDATE evidence_item SET reason = CAST('alasan' AS BLOB) WHERE regency_id > 0 AND state = 'submitted'`,
			`UPDATE evaluation_item SET reason = CAST('alasan' AS BLOB) WHERE regency_id > 0 AND code = 'A1'`} {
			if _, err := tx.Exec(statement); err != nil {
				return err
			}
		}
		return nil
	}); err != nil {
		t.Fatal(err)
	}
	_, wrong, err := a.Decisions(ctx)
	var found []string
	for _, m := range wrong {
		if m.Why == "value" {
			found = append(found, m.Object)
		}
	}
	if err != nil || len(found) != 2 || !strings.Contains(found[0], "evidence_item.reason (") || !strings.Contains(found[1], "evaluation_item.reason (") {
		t.Errorf("found %v, %v", found, err)
	}
	healthSays(t, a, "putusan tidak lagi sama dengan yang diputus")
}
