package agency_test

import (
	"context"
	"os"
	"path/filepath"
	"strconv"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/testdata"
)

const day = 24 * 60 * 60 * 1000

func noon() time.Time { return time.Date(2026, 3, 2, 12, 0, 0, 0, time.UTC) }

func room(t *testing.T, d *db.DB) (*agency.Service, context.Context) {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	ctx := tenant.With(context.Background(), tenant.SystemOf(1, "test"))
	for name, files := range map[string]struct{ m func() error }{
		"audit":  {func() error { return d.Migrate(ctx, "audit", audit.Files) }},
		"agency": {func() error { return d.Migrate(ctx, "agency", (&agency.Service{}).Module().Files) }},
	} {
		if err := files.m(); err != nil {
			t.Fatalf("%s: %v", name, err)
		}
	}
	n := 0
	newID := func() string { n++; return "a" + strconv.Itoa(n) }
	return agency.New(agency.Deps{DB: d, Audit: audit.New(d, noon, signer), Now: noon, NewID: newID}), ctx
}

func TestRenameKeepsTheOldName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := room(t, d)
		id, err := s.Create(ctx, agency.Agency{Code: "1", Name: "Dinas  Kominfo"})
		if err != nil {
			t.Fatal(err)
		}
		from := noon().UnixMilli() - 10*day
		if err := s.Rename(ctx, id, 1, "Dinas Komunikasi", from, "Perda 3/2026"); err != nil {
			t.Fatal(err)
		}
		for at, want := range map[int64]string{from - 1: "Dinas Kominfo", from: "Dinas Komunikasi"} {
			if got, err := s.NameAt(ctx, id, at); err != nil || got != want {
				t.Errorf("name at %d: %q %v, want %q", at, got, err, want)
			}
		}
		if err := s.Rename(ctx, id, 1, "Lain", from+day, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a stale revision: %v, want a conflict", err)
		}
		if names, err := s.Names(ctx, id); err != nil || len(names) != 1 {
			t.Errorf("names after a refused rename: %v %v", names, err)
		}
	})
}

func TestMergeNamesTheSuccessor(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := room(t, d)
		var ids []string
		for _, code := range []string{"1", "2", "3"} {
			id, err := s.Create(ctx, agency.Agency{Code: code, Name: "Dinas " + code})
			if err != nil {
				t.Fatal(err)
			}
			ids = append(ids, id)
		}
		if err := s.Merge(ctx, ids[0], ids[1:], noon().UnixMilli(), "Perbup 1/2026"); err != nil {
			t.Fatal(err)
		}
		if all, _ := s.List(ctx, false); len(all) != 1 {
			t.Errorf("active after the merge: %v", all)
		}
		if to, err := s.Successors(ctx, ids[2]); err != nil || len(to) != 1 || to[0].ID != ids[0] {
			t.Errorf("successor: %v %v", to, err)
		}
		if err := s.Merge(ctx, ids[0], ids[:1], noon().UnixMilli(), ""); !errs.Is(err, errs.Invalid) {
			t.Errorf("merging into itself: %v", err)
		}
	})
}

func TestAParentIsNeverBelowItsChild(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := room(t, d)
		top, _ := s.Create(ctx, agency.Agency{Code: "1", Name: "Dinas A"})
		child, err := s.Create(ctx, agency.Agency{Code: "2", Name: "Bagian B", Parent: top})
		if err != nil {
			t.Fatal(err)
		}
		a, _ := s.Get(ctx, top)
		a.Parent = child
		if err := s.Edit(ctx, a); !errs.Is(err, errs.Invalid) {
			t.Errorf("a circle was accepted: %v", err)
		}
		if tree, err := s.Subtree(ctx, 1, top); err != nil || len(tree) != 2 {
			t.Errorf("subtree: %v %v", tree, err)
		}
	})
}

func TestTheRealListImportsWithoutHandWork(t *testing.T) {
	t.Parallel()
	f, err := os.Open(filepath.Join(testdata.Dir(t), "4_jember", "rkpd_skpd.csv"))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	info, err := f.Stat()
	if err != nil {
		t.Fatal(err)
	}
	table, err := sheet.Read(f, info.Size(), info.Name(), sheet.Limits{})
	if err != nil {
		t.Fatal(err)
	}
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := room(t, d)
		plan, err := agency.ReadTable(table)
		if err != nil {
			t.Fatal(err)
		}
		if plan, err = s.Check(ctx, plan); err != nil || plan.Count(agency.LineNew) != 73 || plan.Count("wrong") != 0 {
			t.Fatalf("%d new, %d wrong, %v; want 73 and 0", plan.Count(agency.LineNew), plan.Count("wrong"), err)
		}
		if err := s.Import(ctx, plan); err != nil {
			t.Fatal(err)
		}
		if plan, err = s.Check(ctx, plan); err != nil || plan.Count(agency.LineSame) != 73 {
			t.Errorf("importing again would change something: %v", err)
		}
	})
}

func TestImportSaysWhatIsWrongPerCell(t *testing.T) {
	t.Parallel()
	s, ctx := room(t, storetest.SQLite(t))
	plan, err := agency.ReadTable(sheet.Table{Rows: [][]string{{"kode", "nama"}, {"1", "DINAS SOSIAL"}, {"1", "BAGIAN UMUM"}, {"", "X"}, {"4", ""}}})
	if err != nil {
		t.Fatal(err)
	}
	if plan, err = s.Check(ctx, plan); err != nil || plan.Count("wrong") != 3 {
		t.Fatalf("wrong lines: %d %v, want 3", plan.Count("wrong"), err)
	}
	if got := plan.Lines[1].CodeWrong.Key; got != "agency.import.twice" {
		t.Errorf("a code twice: %q", got)
	}
	if err := s.Import(ctx, plan); !errs.Is(err, errs.Invalid) {
		t.Errorf("a wrong plan was written: %v", err)
	}
	for i := range plan.Lines[1:] {
		plan.Lines[i+1].Do = agency.LineSkip
	}
	if err := s.Import(ctx, plan); err != nil {
		t.Fatal(err)
	}
	if all, _ := s.List(ctx, false); len(all) != 1 || all[0].Name != "Dinas Sosial" || all[0].Kind != "dinas" {
		t.Errorf("got %v", all)
	}
	if _, err := agency.ReadTable(sheet.Table{Rows: [][]string{{"kode", "lain"}, {"1", "x"}}}); !errs.Is(err, errs.Invalid) {
		t.Errorf("a missing column: %v", err)
	}
}

func TestTidyName(t *testing.T) {
	t.Parallel()
	for in, want := range map[string]string{
		"RUMAH SAKIT DAERAH (RSD) DR SOEBANDI - BLUD": "Rumah Sakit Daerah (RSD) dr Soebandi - BLUD",
		"BADAN KEPEGAWAIAN DAN PENGEMBANGAN SDM":      "Badan Kepegawaian dan Pengembangan SDM",
		"Bagian  Protokol":                            "Bagian Protokol",
	} {
		if got := agency.TidyName(in); got != want {
			t.Errorf("TidyName(%q) = %q, want %q", in, got, want)
		}
	}
}

func TestOnlyAdminsChange(t *testing.T) {
	t.Parallel()
	s, _ := room(t, storetest.SQLite(t))
	if _, err := s.Create(tenant.With(context.Background(), tenant.Actor{Regency: 1, UserID: "u"}), agency.Agency{Code: "1", Name: "X"}); !errs.Is(err, errs.Forbidden) {
		t.Errorf("got %v, want forbidden", err)
	}
}

func FuzzImport(f *testing.F) {
	f.Add([]byte("kode,nama\n1,DINAS A\n"))
	f.Add([]byte("kode;nama;jenis\n\"1;2\";=A1;dinas\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := sheet.Read(bytesAt(data), int64(len(data)), "fuzz", sheet.Limits{Rows: 100, Cols: 20, Cells: 1000})
		if err != nil {
			return
		}
		plan, err := agency.ReadTable(table)
		if err == nil && len(plan.Lines) == 0 {
			t.Error("a plan without lines was not refused")
		}
	})
}

type bytesAt []byte

func (b bytesAt) ReadAt(p []byte, off int64) (int, error) { return copy(p, b[off:]), nil }
