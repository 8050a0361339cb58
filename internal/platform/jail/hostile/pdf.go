package hostile

import (
	"bytes"
	"encoding/base64"
	"fmt"
	"strings"
)

// crossed is 181 bytes whose cross-reference stream names itself: readers in Go fell into endless recursion.
const crossed = "JVBERi0xLjUKOSAwIG9iago8PCAvVHlwZSAvWFJlZiAvU2l6ZSAxMCAvVyBbMSAzIDJdIC9Sb290IDUgMCBSIC9MZW5ndGggNjAgPj4Kc3RyZWFtCgAAAAD//wIA" +
	"AAUAAAIAAAUAAAIAAAUAAAIAAAUAAAIAAAUAAAIAAAUAAAIAAAUAAAIAAAUAAAIAAAUAAAplbmRzdHJlYW0KZW5kb2JqCnN0YXJ0eHJlZgo5CiUlRU9GCg=="

// PDF puts objects, numbered from 1, into a file with a right cross-reference table. trailer follows "/Root 1 0 R".
func PDF(trailer string, objects ...string) []byte {
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for n, body := range objects {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, body)
	}
	xref := b.Len()
	fmt.Fprintf(&b, "xref\n0 %d\n0000000000 65535 f \n", len(objects)+1)
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size %d/Root 1 0 R%s>>\nstartxref\n%d\n%%%%EOF\n", len(objects)+1, strings.ReplaceAll(trailer, "XREF", fmt.Sprint(xref)), xref)
	return b.Bytes()
}

const (
	catalog = "<</Type/Catalog/Pages 2 0 R>>"
	pages   = "<</Type/Pages/Kids[3 0 R]/Count 1>>"
	font    = "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"
	sheet   = "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>"
)

func stream(head string, data []byte) string {
	return fmt.Sprintf("<</Length %d%s>>\nstream\n%s\nendstream", len(data), head, data)
}

// OnePage is a sound PDF that says text.
func OnePage(text string) []byte {
	return PDF("", catalog, pages, sheet, stream("", []byte("BT /F1 16 Tf 60 760 Td ("+text+") Tj ET")), font)
}

// ManyPages is a sound PDF of n pages that all say text.
func ManyPages(n int, text string) []byte {
	var kids strings.Builder
	objects := []string{catalog, "", stream("", []byte("BT /F1 16 Tf 60 760 Td ("+text+") Tj ET")), font}
	for i := range n {
		fmt.Fprintf(&kids, "%d 0 R ", 5+i)
		objects = append(objects, "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 3 0 R/Resources<</Font<</F1 4 0 R>>>>>>")
	}
	objects[1] = fmt.Sprintf("<</Type/Pages/Kids[%s]/Count %d>>", kids.String(), n)
	return PDF("", objects...)
}

// PDFs are made to break readers of PDF.
func PDFs() []File {
	own, err := base64.StdEncoding.DecodeString(crossed)
	if err != nil {
		panic(err)
	}
	bomb := stream("/Filter/FlateDecode", zeros(400<<20, true))
	twice := stream("/Filter[/FlateDecode/FlateDecode]", nested(zeros(1<<30, true)))
	picture := stream("/Type/XObject/Subtype/Image/Width 60000/Height 60000/BitsPerComponent 8/ColorSpace/DeviceRGB/Filter/FlateDecode", zeros(100<<20, true))
	drawn := strings.Replace(sheet, "/Font<</F1 5 0 R>>", "/XObject<</I 5 0 R>>", 1)
	deep := "<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/X " + strings.Repeat("[", 200_000) + strings.Repeat("]", 200_000) + ">>"
	return []File{
		{"181 bytes", own, anything},
		{"previous is itself", PDF("/Prev XREF", catalog, pages, sheet, stream("", nil), font), anything},
		{"parents in a ring", PDF("", catalog, pages, strings.Replace(sheet, "Parent 2", "Parent 3", 1), stream("", nil), font), anything},
		{"kids in a ring", PDF("", catalog, "<</Type/Pages/Kids[2 0 R 2 0 R]/Count 1000000000>>", sheet, stream("", nil), font), anything},
		{"flate bomb", PDF("", catalog, pages, sheet, bomb, font), anything},
		{"flate bomb twice", PDF("", catalog, pages, sheet, twice, font), anything},
		{"picture of 60,000 by 60,000", PDF("", catalog, pages, drawn, stream("", []byte("600 0 0 600 0 0 cm /I Do")), picture), anything},
		{"deep brackets", PDF("", catalog, pages, deep, stream("", nil), font), anything},
		{"a billion pages", PDF("", catalog, "<</Type/Pages/Kids[3 0 R]/Count 1000000000>>", sheet, stream("", nil), font), anything},
		{"wrong name", []byte("ini bukan PDF"), notSuch},
	}
}

func nested(data []byte) []byte {
	var out bytes.Buffer
	w := writer(&out, true)
	if _, err := w.Write(data); err != nil {
		panic(err)
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}
