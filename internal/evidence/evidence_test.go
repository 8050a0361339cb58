package evidence_test

import (
	"archive/zip"
	"bytes"
	"context"
	"fmt"
	"io/fs"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"sync/atomic"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func library(t *testing.T, d *db.DB) *evidence.Service {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	blobs, err := blob.New(filepath.Join(t.TempDir(), "files"))
	if err != nil {
		t.Fatal(err)
	}
	looks, err := blob.New(filepath.Join(t.TempDir(), "looks"))
	if err != nil {
		t.Fatal(err)
	}
	var n atomic.Int64
	s := evidence.New(evidence.Deps{DB: d, Audit: audit.New(d, noon, signer), Now: noon, NewID: func() string { return "e" + strconv.FormatInt(n.Add(1), 10) },
		Bus: events.NewBus(), Blobs: blobs, Looks: looks, Holders: map[string]proof.Holder{proof.Round: anywhere{}}, MaxFile: 1 << 20, Quota: 100, Invited: func(_ context.Context, round string) (bool, error) { return round == "invited", nil }})
	for _, m := range []struct {
		name  string
		files fs.FS
	}{{"jobs", jobs.Files}, {"audit", audit.Files}, {"evidence", s.Module().Files}} {
		if err := d.Migrate(context.Background(), m.name, m.files); err != nil {
			t.Fatal(err)
		}
	}
	return s
}

// anywhere is a room whose places take everything.
type anywhere struct{}

func (anywhere) Name(_ context.Context, p proof.Place) (title, path string, err error) {
	return "Tempat " + p.String(), "/", nil
}
func (anywhere) MayHang(context.Context, proof.Place, proof.Card, string) (proof.Override, error) {
	return nil, nil
}
func (anywhere) MayUnhang(context.Context, proof.Place, proof.Card) error { return nil }
func (anywhere) Changed(context.Context, *db.Tx, proof.Place) error       { return nil }

func as(user, agency string, actions ...string) context.Context {
	g := tenant.Grant{Actions: map[string]bool{}, All: agency == "", Agencies: []string{agency}}
	for _, a := range actions {
		g.Actions[a] = true
	}
	return tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: user, Agency: agency, Grants: []tenant.Grant{g}})
}

func operator() context.Context { return as("op", "hub", evidence.Read, evidence.View, evidence.Write) }
func other() context.Context    { return as("op2", "kes", evidence.Read, evidence.View, evidence.Write) }
func team() context.Context     { return as("team", "", evidence.Read, evidence.View, evidence.Check) }
func assessor() context.Context { return as("as", "", evidence.View) }

func add(t *testing.T, s *evidence.Service, ctx context.Context, name, body string, change func(*evidence.Item), places ...proof.Place) evidence.Item {
	t.Helper()
	i, err := s.Keep(ctx, name, strings.NewReader(body))
	if err != nil {
		t.Fatal(err)
	}
	i.Title, i.Kind, i.Confidentiality, i.Agency = strings.TrimSuffix(name, ".txt"), "report", "internal", tenant.From(ctx).Agency
	if change != nil {
		change(&i)
	}
	i, _, err = s.Add(ctx, i, "", places...)
	if err != nil {
		t.Fatal(err)
	}
	return i
}

func TestTheSameFileIsRecognised(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		first := add(t, s, operator(), "Laporan.txt", "isi", nil, proof.OfRound("r").At("A1", ""))
		second := add(t, s, operator(), "Salinan.txt", "isi", nil, proof.OfRound("r").At("B2", ""))
		if first.ID != second.ID {
			t.Fatalf("kept twice: %s %s", first.ID, second.ID)
		}
		if uses, err := s.Uses(operator(), first.ID); err != nil || len(uses) != 2 {
			t.Errorf("used by %v %v, want two questions", uses, err)
		}
		if counts, err := s.Counts(operator(), proof.OfRound("r")); err != nil || counts[proof.Spot{Item: "A1"}].Waiting != 1 || counts[proof.Spot{Item: "B2"}].Total != 1 {
			t.Errorf("counts: %v %v", counts, err)
		}
		if err := s.Delete(operator(), first.ID); !errs.Is(err, errs.Conflict) {
			t.Errorf("a proof in use was deleted: %v", err)
		}
	})
}

func TestDecisions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "SK.txt", "sk", nil, proof.OfRound("r").At("A1", ""))
		if err := s.Decide(operator(), i.ID, evidence.Accepted, "", 1); !errs.Is(err, errs.Forbidden) {
			t.Errorf("an operator decided: %v", err)
		}
		if err := s.Decide(team(), i.ID, evidence.Revise, " ", 1); !errs.Is(err, errs.Invalid) {
			t.Errorf("returned without a reason: %v", err)
		}
		if err := s.Decide(team(), i.ID, evidence.Revise, "Halaman salah", 1); err != nil {
			t.Fatal(err)
		}
		if err := s.Decide(team(), i.ID, evidence.Accepted, "", 1); !errs.Is(err, errs.Conflict) {
			t.Errorf("an old revision decided: %v", err)
		}
		now, _ := s.Get(operator(), i.ID)
		now.Page = "hal. 3"
		if err := s.Edit(operator(), now); err != nil {
			t.Fatal(err)
		}
		if now, _ = s.Get(operator(), i.ID); now.State != evidence.Submitted || now.Reason != "" {
			t.Errorf("after mending: %s %q", now.State, now.Reason)
		}
		own := add(t, s, as("team", "hub", evidence.Read, evidence.View, evidence.Write), "Tim.txt", "tim", nil)
		if err := s.Decide(team(), own.ID, evidence.Accepted, "", 1); !errs.Is(err, errs.Forbidden) {
			t.Errorf("decided on the own upload: %v", err)
		}
	})
}

func TestWhoSeesWhat(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		open := add(t, s, operator(), "Terbuka.txt", "a", nil, proof.OfRound("invited").At("A1", ""))
		secret := add(t, s, operator(), "Rahasia.txt", "b", func(i *evidence.Item) { i.Confidentiality = "restricted" }, proof.OfRound("other").At("A1", ""))
		for _, c := range []struct {
			who  string
			ctx  context.Context
			id   string
			want bool
		}{{"own agency", operator(), secret.ID, true}, {"other agency", other(), secret.ID, false}, {"team", team(), secret.ID, true}, {"other agency", other(), open.ID, true},
			{"invited assessor", assessor(), open.ID, true}, {"assessor of another round", assessor(), secret.ID, false},
			{"another regency", tenant.With(context.Background(), tenant.SystemOf(2, "test")), open.ID, false}} {
			if _, err := s.Get(c.ctx, c.id); (err == nil) != c.want {
				t.Errorf("%s sees %s: %v, want %v", c.who, c.id, err == nil, c.want)
			}
		}
		if all, n, err := s.List(other(), evidence.Filter{}, 10, 0); err != nil || n != 1 || len(all) != 1 {
			t.Errorf("the list of another agency: %d %v", n, err)
		}
		if err := s.Edit(other(), open); !errs.Is(err, errs.Forbidden) {
			t.Errorf("another agency changed the card: %v", err)
		}
		if linked, err := s.Hung(other(), proof.OfRound("other").At("A1", "")); err != nil || len(linked) != 0 {
			t.Errorf("a restricted proof in a list: %v %v", linked, err)
		}
	})
}

func TestSearchFindsWordsAndBeginnings(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		add(t, s, operator(), "Renstra Dishub.txt", "1", func(i *evidence.Item) { i.Number = "188.45/12/2026" })
		add(t, s, operator(), "Notulen rapat.txt", "2", func(i *evidence.Item) { i.Note = "Membahas café dan pasar zzz" })
		for query, want := range map[string]int{"renstra": 1, "rens dish": 1, "188.45": 1, "cafe": 1, "zz": 1, "tidakada": 0, "": 2, "rens cafe": 0, "'; DROP": 0} {
			if _, n, err := s.List(operator(), evidence.Filter{Query: query}, 10, 0); err != nil || n != want {
				t.Errorf("%q found %d (%v), want %d", query, n, err, want)
			}
		}
	})
}

func TestSuggestions(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		before := add(t, s, operator(), "Tahun lalu.txt", "1", nil, proof.OfRound("r25").At("C4", ""))
		words := add(t, s, operator(), "Masterplan transportasi.txt", "2", nil)
		add(t, s, other(), "Lain.txt", "3", nil)
		got, err := s.Suggest(operator(), proof.Want{Agency: "hub", Words: "Apakah tersedia masterplan transportasi?", Past: []proof.Place{proof.OfRound("r25").At("C4", "")}}, 5)
		if err != nil || len(got) != 2 || got[0].ID != before.ID || got[1].ID != words.ID {
			t.Errorf("got %v %v", got, err)
		}
	})
}

func TestQuotaAndBadFiles(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i, err := s.Keep(operator(), "besar.txt", strings.NewReader(strings.Repeat("x", 101)))
		if err != nil {
			t.Fatal(err)
		}
		i.Title, i.Kind, i.Confidentiality, i.Agency = "Besar", "report", "internal", "hub"
		if _, _, err := s.Add(operator(), i, ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("over the quota: %v", err)
		}
		for name, body := range map[string]string{"a.pdf": "<html>", "b.exe": "MZ", "c.txt": "", "d.txt": strings.Repeat("x", 1<<20+1), "e.zip": "PK\x03\x04nonsense"} {
			if _, err := s.Keep(operator(), name, strings.NewReader(body)); !errs.Is(err, errs.Invalid) {
				t.Errorf("%s: %v", name, err)
			}
		}
		for _, address := range []string{"javascript:alert(1)", "ftp://x/y", "https://u:p@x/", "file:///etc/passwd", ""} {
			if _, _, err := s.Add(operator(), evidence.Item{Title: "x", Kind: "link", Confidentiality: "public", Agency: "hub", URL: address}, ""); !errs.Is(err, errs.Invalid) {
				t.Errorf("%q: %v", address, err)
			}
		}
	})
}

func TestPackageNamesFilesBySlot(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		add(t, s, operator(), "Renstra: hal 1.txt", "1", func(i *evidence.Item) { i.Title = "../Renstra: hal/1" }, proof.OfRound("r").At("C4", ""))
		link := evidence.Item{Title: "Video", Kind: "link", Confidentiality: "public", Agency: "hub", URL: "https://example.go.id/v"}
		if _, _, err := s.Add(operator(), link, "", proof.OfRound("r").At("C4", "")); err != nil {
			t.Fatal(err)
		}
		var b bytes.Buffer
		z := zip.NewWriter(&b)
		if err := s.Package(team(), proof.OfRound("r"), "", z); err != nil {
			t.Fatal(err)
		}
		if err := z.Close(); err != nil {
			t.Fatal(err)
		}
		r, err := zip.NewReader(bytes.NewReader(b.Bytes()), int64(b.Len()))
		if err != nil {
			t.Fatal(err)
		}
		var names []string
		for _, f := range r.File {
			names = append(names, f.Name)
		}
		if want := []string{"C/C04-1_1.txt", "C/C04-2_Video.txt"}; !slices.Equal(names, want) {
			t.Errorf("got %q, want %q", names, want)
		}
	})
}

func TestWordsOfAPDFAreFound(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 0
		i := add(t, s, operator(), "scan.pdf", smallPDF("Rapat di pendopo"), func(i *evidence.Item) { i.Title = "Dokumen" })
		err := s.Module().Jobs["evidence.read"](tenant.With(context.Background(), tenant.SystemOf(1, "job")), jobs.Job{Regency: 1, Args: []byte(`{"ID":"` + i.ID + `"}`)})
		if err != nil {
			t.Fatal(err)
		}
		if _, n, err := s.List(operator(), evidence.Filter{Query: "pendopo"}, 10, 0); err != nil || n != 1 {
			t.Errorf("found %d %v", n, err)
		}
	})
}

func TestExpiry(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i := add(t, s, operator(), "Izin.txt", "izin", func(i *evidence.Item) { i.ValidUntil = noon().Add(-time.Hour).UnixMilli() }, proof.OfRound("r").At("A1", ""))
		if err := s.Decide(team(), i.ID, evidence.Accepted, "", 1); err != nil {
			t.Fatal(err)
		}
		if err := s.Module().Jobs["evidence.expire"](context.Background(), jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		if now, err := s.Get(operator(), i.ID); err != nil || now.State != evidence.Expired {
			t.Errorf("got %s %v", now.State, err)
		}
	})
}

func FuzzWords(f *testing.F) {
	f.Add("Renstra Dishub 188.45/12")
	f.Add("café ÀÉ zz99 \x00\xff")
	f.Fuzz(func(t *testing.T, text string) {
		for _, w := range evidence.Words(text) {
			if strings.Trim(w, "0123456789abcdefghijklmnopqrstuvwxyz") != "" {
				t.Errorf("%q", w)
			}
		}
	})
}

// smallPDF writes a one-page document with one line of text.
func smallPDF(line string) string {
	var b strings.Builder
	b.WriteString("%PDF-1.4\n")
	stream := "BT /F1 12 Tf 20 50 Td (" + line + ") Tj ET"
	var at []int
	for n, body := range []string{"<</Type/Catalog/Pages 2 0 R>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 300 100]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		"<</Length " + strconv.Itoa(len(stream)) + ">>\nstream\n" + stream + "\nendstream", "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"} {
		at = append(at, b.Len())
		b.WriteString(strconv.Itoa(n+1) + " 0 obj\n" + body + "\nendobj\n")
	}
	xref := b.Len()
	b.WriteString("xref\n0 6\n0000000000 65535 f \n")
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", xref)
	return b.String()
}
