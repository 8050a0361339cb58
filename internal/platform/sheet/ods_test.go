package sheet_test

import (
	"bytes"
	"errors"
	"slices"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

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

// TestHiddenSheetsAreNotRead: what nobody sees is not the table, in ODS and XLSX as in XLS.
func TestHiddenSheetsAreNotRead(t *testing.T) {
	t.Parallel()
	row := func(text string) string {
		return `<table:table-row><table:table-cell><text:p>` + text + `</text:p></table:table-cell></table:table-row>`
	}
	ods := hostile.Zip(hostile.Entry{Name: "mimetype", Data: []byte("application/vnd.oasis.opendocument.spreadsheet")},
		hostile.Entry{Name: "content.xml", Data: []byte(`<o><style:style style:name="ta2"><style:table-properties table:display="false"/></style:style>` +
			`<table:table table:style-name="ta2">` + row("rahasia") + `</table:table><table:table table:style-name="ta1">` + row("isi") + `</table:table></o>`)})
	f := excelize.NewFile()
	_, err := f.NewSheet("Isi")
	day, err2 := f.NewStyle(&excelize.Style{NumFmt: 14})
	if err := errors.Join(err, err2, f.SetCellValue("Sheet1", "A1", "rahasia"), f.SetCellValue("Isi", "A1", "isi"), f.SetCellValue("Isi", "B1", 45657),
		f.SetCellStyle("Isi", "B1", "B1", day)); err != nil {
		t.Fatal(err)
	}
	f.SetActiveSheet(1)
	var xlsx bytes.Buffer
	if err := errors.Join(f.SetSheetVisible("Sheet1", false), f.Write(&xlsx)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		data []byte
		want []string
	}{"ods": {ods, []string{"isi"}}, "xlsx": {xlsx.Bytes(), []string{"isi", "2024-12-31"}}} {
		got, err := read(c.data, sheet.Limits{})
		if err != nil || len(got.Rows) != 1 || !slices.Equal(got.Rows[0], c.want) {
			t.Errorf("%s: got %q %v", name, got.Rows, err)
		}
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
