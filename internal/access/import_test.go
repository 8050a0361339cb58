package access_test

import (
	"context"
	"testing"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

type offices struct{ tenant.Directory }

func (offices) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "dinas", Code: "1.01", Name: "Dinas Pendidikan", Short: "Dispendik", Active: true}}, nil
}

func (offices) Agency(_ context.Context, id string) (tenant.Agency, error) {
	for _, known := range []string{"dinas", "bidang", "lain"} {
		if id == known {
			return tenant.Agency{ID: id, Active: true}, nil
		}
	}
	return tenant.Agency{}, errs.E(errs.NotFound, "agency.error.none", nil)
}

func TestPeopleAreImportedAllOrNone(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := open(t, d)
		h.Dir = offices{}
		ctx := h.begin(t)
		lines, err := access.ReadPeople(sheet.Table{Rows: [][]string{{"Nama", "Email", "OPD", "Peran"}, {"Operator A", "A@jember.example", "dispendik", "Operator"},
			{"Kepala A", "b@jember.example", "pendidikan", "Kepala OPD"}, {"C", "c", "", "raja"}, {"Admin", "admin@jember.example", "", "admin"}}})
		if err != nil {
			t.Fatal(err)
		}
		if lines, err = h.CheckPeople(ctx, lines); err != nil {
			t.Fatal(err)
		}
		for row, fields := range map[int][]string{0: nil, 1: {"agency"}, 2: {"email", "role"}, 3: nil} {
			for _, f := range fields {
				if lines[row].Wrong[f].Key == "" {
					t.Errorf("line %d: %s was not found wrong", row, f)
				}
			}
			if len(lines[row].Wrong) != len(fields) {
				t.Errorf("line %d: %v", row, lines[row].Wrong)
			}
		}
		if lines[1].Wrong["agency"].Args["Name"] != "Dinas Pendidikan" || !lines[3].Known {
			t.Errorf("no suggestion, or a known person is new: %+v", lines)
		}
		if _, err := h.ImportPeople(ctx, lines); !errs.Is(err, errs.Invalid) {
			t.Errorf("a wrong list was written: %v", err)
		}
		lines[1].Agency, lines[2].Skip = "Dinas Pendidikan", true
		if n, err := h.ImportPeople(ctx, lines); err != nil || n != 2 {
			t.Errorf("%d invited, %v", n, err)
		}
		if all, _ := h.Users(ctx, "", "", ""); len(all) != 3 {
			t.Errorf("%d people", len(all))
		}
	})
}
