package app

import (
	"bytes"
	"fmt"
	"strings"
)

// onePage writes a one-page PDF with a few lines of Latin text, for sample evidence.
func onePage(lines []string) []byte {
	var stream strings.Builder
	stream.WriteString("BT /F1 16 Tf 60 760 Td 28 TL")
	for _, line := range lines {
		stream.WriteString(" (" + plain(line) + ") Tj T*")
	}
	stream.WriteString(" ET")
	var b bytes.Buffer
	b.WriteString("%PDF-1.4\n")
	var at []int
	for n, body := range []string{"<</Type/Catalog/Pages 2 0 R/Lang(id)>>", "<</Type/Pages/Kids[3 0 R]/Count 1>>",
		"<</Type/Page/Parent 2 0 R/MediaBox[0 0 595 842]/Contents 4 0 R/Resources<</Font<</F1 5 0 R>>>>>>",
		fmt.Sprintf("<</Length %d>>\nstream\n%s\nendstream", stream.Len(), stream.String()), "<</Type/Font/Subtype/Type1/BaseFont/Helvetica>>"} {
		at = append(at, b.Len())
		fmt.Fprintf(&b, "%d 0 obj\n%s\nendobj\n", n+1, body)
	}
	xref := b.Len()
	b.WriteString("xref\n0 6\n0000000000 65535 f \n")
	for _, offset := range at {
		fmt.Fprintf(&b, "%010d 00000 n \n", offset)
	}
	fmt.Fprintf(&b, "trailer<</Size 6/Root 1 0 R>>\nstartxref\n%d\n%%%%EOF\n", xref)
	return b.Bytes()
}

// plain keeps what a simple PDF text may hold.
func plain(text string) string {
	return strings.Map(func(r rune) rune {
		switch {
		case strings.ContainsRune(`()\`, r):
			return ' '
		case r > 126 || r < 32:
			return '.'
		}
		return r
	}, text)
}
