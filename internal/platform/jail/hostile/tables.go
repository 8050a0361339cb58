package hostile

import (
	"bytes"
	"fmt"
	"strings"
)

const (
	bookPart = `<workbook xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main" ` +
		`xmlns:r="http://schemas.openxmlformats.org/officeDocument/2006/relationships"><sheets><sheet name="S" sheetId="1" r:id="r1"/></sheets></workbook>`
	relations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships">` +
		`<Relationship Id="r1" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/worksheet" Target="worksheets/sheet1.xml"/>` +
		`<Relationship Id="r2" Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/sharedStrings" Target="sharedStrings.xml"/></Relationships>`
	types = `<Types xmlns="http://schemas.openxmlformats.org/package/2006/content-types"><Default Extension="xml" ContentType="application/xml"/>` +
		`<Default Extension="rels" ContentType="application/vnd.openxmlformats-package.relationships+xml"/>` +
		`<Override PartName="/xl/workbook.xml" ContentType="application/vnd.openxmlformats-officedocument.spreadsheetml.sheet.main+xml"/></Types>`
	rootRelations = `<Relationships xmlns="http://schemas.openxmlformats.org/package/2006/relationships"><Relationship Id="a" ` +
		`Type="http://schemas.openxmlformats.org/officeDocument/2006/relationships/officeDocument" Target="xl/workbook.xml"/></Relationships>`
	sheetHead = `<worksheet xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main"><sheetData>`
	sheetTail = `</sheetData></worksheet>`
	textsHead = `<sst xmlns="http://schemas.openxmlformats.org/spreadsheetml/2006/main">`
)

// XLSX is a book of one sheet made of these rows (XML) and shared texts (XML).
func XLSX(rows, texts string) []byte {
	return book(Entry{Name: "xl/worksheets/sheet1.xml", Data: []byte(sheetHead + rows + sheetTail)},
		Entry{Name: "xl/sharedStrings.xml", Data: []byte(textsHead + texts + "</sst>")})
}

// Book is what every XLSX holds beside its sheet, xl/worksheets/sheet1.xml.
func Book() []Entry {
	return []Entry{{Name: "[Content_Types].xml", Data: []byte(types)}, {Name: "_rels/.rels", Data: []byte(rootRelations)},
		{Name: "xl/workbook.xml", Data: []byte(bookPart)}, {Name: "xl/_rels/workbook.xml.rels", Data: []byte(relations)}}
}

func book(parts ...Entry) []byte { return Zip(append(Book(), parts...)...) }

// ODS is an OpenDocument table of one sheet made of these rows (XML).
func ODS(rows ...string) []byte {
	body := `<office:document-content><office:body><office:spreadsheet><table:table table:name="S">` + strings.Join(rows, "") +
		`</table:table></office:spreadsheet></office:body></office:document-content>`
	return Zip(Entry{Name: "mimetype", Data: []byte("application/vnd.oasis.opendocument.spreadsheet")}, Entry{Name: "content.xml", Data: []byte(body)})
}

// Tables are made to exhaust readers of tables.
func Tables() []File {
	texts := strings.Repeat("<si><t>"+strings.Repeat("x", 40)+"</t></si>", 2_000_000) // 110 MB
	var far strings.Builder
	for n := range 20_000 {
		fmt.Fprintf(&far, `<row r="%d"><c r="XFD%d"><v>1</v></c></row>`, n+1, n+1)
	}
	cell := []byte(`<row r="1"><c r="A1" t="inlineStr"><is><t>`)
	huge := append(append([]byte(sheetHead), cell...), bytes.Repeat([]byte("x"), 120<<20)...)
	rows := strings.Repeat(`<row><c><v>1</v></c></row>`, 3_000_000)
	return []File{
		{"110 MB of shared texts", XLSX(`<row r="1"><c r="A1" t="s"><v>0</v></c></row>`, texts), anything},
		{"cells in the last column", XLSX(far.String(), ""), anything},
		{"one cell of 120 MB", book(Entry{Name: "xl/worksheets/sheet1.xml", Data: huge}), anything},
		{"part of 900 MB", book(Entry{Name: "xl/worksheets/sheet1.xml", Data: zeros(900<<20, false), Raw: true, Unpacked: 900 << 20}), anything},
		{"three million rows", XLSX(rows, ""), anything},
		{"row number beyond", XLSX(`<row r="99999999999"><c r="A99999999999"><v>1</v></c></row>`, ""), anything},
		{"text beyond", XLSX(`<row r="1"><c r="A1" t="s"><v>99999999</v></c></row>`, ""), anything},
		{"csv of one line", bytes.Repeat([]byte("a"), 30<<20), anything},
		{"csv of separators", bytes.Repeat([]byte(";"), 30<<20), anything},
		{"csv of quotes", bytes.Repeat([]byte(`"`), 30<<20+1), anything},
		{"csv of lines", bytes.Repeat([]byte("\n"), 30<<20), anything},
		{"old book cut short", []byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), anything},
	}
}
