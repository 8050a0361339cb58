package sheet

import (
	"archive/zip"
	"bytes"
	"encoding/xml"
	"errors"
	"io"
	"path"

	"github.com/pendapa/pendapa/internal/errs"
)

// formulas says how many cells of a sheet hold a formula: their stored values were read. It looks through the sheet's part
// as text, because building its cells would take a hundred times its size. The note is a hint, not a guard.
func formulas(data []byte, sheetName string) []errs.Msg {
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return nil
	}
	part, err := z.Open(partOf(z, sheetName))
	if err != nil {
		return nil
	}
	defer part.Close()
	n := 0
	tokens := xml.NewDecoder(part)
	for {
		token, err := tokens.RawToken()
		if err != nil {
			break
		}
		if at, ok := token.(xml.StartElement); ok && at.Name.Local == "f" {
			n++
		}
	}
	if n == 0 {
		return nil
	}
	return []errs.Msg{errs.M("web.sheet.formulas", "N", n)}
}

// partOf finds the file of a sheet inside the book.
func partOf(z *zip.Reader, sheetName string) string {
	var book struct {
		Sheets []struct {
			Name string `xml:"name,attr"`
			ID   string `xml:"http://schemas.openxmlformats.org/officeDocument/2006/relationships id,attr"`
		} `xml:"sheets>sheet"`
	}
	var relations struct {
		All []struct {
			ID     string `xml:"Id,attr"`
			Target string `xml:"Target,attr"`
		} `xml:"Relationship"`
	}
	if errors.Join(decodePart(z, "xl/workbook.xml", &book), decodePart(z, "xl/_rels/workbook.xml.rels", &relations)) != nil {
		return ""
	}
	for _, s := range book.Sheets {
		for _, r := range relations.All {
			if s.Name == sheetName && r.ID == s.ID {
				if path.IsAbs(r.Target) {
					return r.Target[1:]
				}
				return path.Join("xl", r.Target)
			}
		}
	}
	return ""
}

func decodePart(z *zip.Reader, name string, to any) error {
	part, err := z.Open(name)
	if err != nil {
		return err
	}
	defer part.Close()
	return xml.NewDecoder(io.LimitReader(part, 4<<20)).Decode(to)
}
