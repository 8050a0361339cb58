package sheet_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/sheet"
)

func TestODS(t *testing.T) {
	t.Parallel()
	filler := `<table:table-row table:number-rows-repeated="1048570"><table:table-cell table:number-columns-repeated="16384"/></table:table-row>`
	data := hostile.ODS(`<table:table-row><table:table-cell><text:p>kode</text:p></table:table-cell><table:table-cell/>`+
		`<table:table-cell table:number-columns-repeated="2"><text:p>Dinas</text:p><text:p>A</text:p></table:table-cell>`+
		`<table:table-cell table:number-columns-repeated="16380"/></table:table-row>`+
		`<table:table-row table:number-rows-repeated="3"><table:table-cell/></table:table-row>`+
		`<table:table-row><table:table-cell table:formula="of:=1+1" office:value="2.5"/></table:table-row>`, filler)
	got, err := read(data, sheet.Limits{Rows: 100, Cols: 10})
	if err != nil || len(got.Rows) != 2 || !slices.Equal(got.Rows[0], []string{"kode", "", "Dinas A", "Dinas A"}) || got.Rows[1][0] != "2.5" {
		t.Errorf("got %q %v", got.Rows, err)
	}
	if len(got.Notes) != 1 || got.Notes[0].Args["N"] != 1 {
		t.Errorf("notes %v", got.Notes)
	}
}

func TestODSThatRepeatsIsBounded(t *testing.T) {
	t.Parallel()
	full := `<table:table-cell table:number-columns-repeated="900000"><text:p>x</text:p></table:table-cell>`
	many := `<table:table-row table:number-rows-repeated="1000000"><table:table-cell><text:p>x</text:p></table:table-cell></table:table-row>`
	for name, rows := range map[string]string{"wide": "<table:table-row>" + full + "</table:table-row>", "long": many, "both": strings.Repeat(many, 50)} {
		if _, err := read(hostile.ODS(rows), sheet.Limits{Rows: 100, Cols: 10}); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
	if got, err := read(hostile.ODS(many), sheet.Limits{Rows: 100, Cols: 10, Cut: true}); err != nil || len(got.Rows) != 100 {
		t.Errorf("%d rows, %v", len(got.Rows), err)
	}
}
