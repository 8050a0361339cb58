// Package docx tells what a text document (DOCX) says. The file is read in a process of its own (package jail).
package docx

import (
	"archive/zip"
	"bytes"
	"context"
	"encoding/json"
	"encoding/xml"
	"errors"
	"io"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

const (
	mostPart = 64 << 20 // bytes of the document's text part, unpacked
	mostTold = 1 << 20  // bytes of one answer
)

var documents = jail.Reader{Name: "docx", Serve: serve, Limits: jail.Limits{Answer: 16 << 20, Behind: true}}

func init() { jail.Register(&documents) }

// Text gives the text of the document to hear in pieces, at most so many bytes in all. Errors are those of jail.Read; what was
// heard before an error may be used.
func Text(ctx context.Context, file io.ReaderAt, size int64, most int, hear func(string) error) error {
	return documents.Read(ctx, file, size, most, func(answer json.RawMessage) error {
		var text string
		if err := json.Unmarshal(answer, &text); err != nil {
			return err
		}
		return hear(text)
	})
}

func serve(data []byte, ask json.RawMessage, say jail.Say) error {
	var most int
	if err := json.Unmarshal(ask, &most); err != nil {
		return err
	}
	z, err := zip.NewReader(bytes.NewReader(data), int64(len(data)))
	if err != nil {
		return err
	}
	part, err := z.Open("word/document.xml")
	if err != nil {
		return err
	}
	return tell(xml.NewDecoder(io.LimitReader(part, mostPart)), most, say)
}

// tell sends the text between the tags that hold text. Paragraphs, tabs and line breaks are spaces.
func tell(tokens *xml.Decoder, most int, say jail.Say) error {
	var text strings.Builder
	inside, told := false, 0
	for told < most {
		token, err := tokens.RawToken()
		if errors.Is(err, io.EOF) {
			break
		}
		if err != nil {
			return errors.Join(err, say(text.String()))
		}
		switch at := token.(type) {
		case xml.StartElement:
			inside = at.Name.Local == "t"
			if at.Name.Local == "p" || at.Name.Local == "tab" || at.Name.Local == "br" {
				text.WriteByte(' ')
			}
		case xml.EndElement:
			inside = false
		case xml.CharData:
			if inside {
				text.Write(at[:min(len(at), most-told)])
				told += len(at)
			}
		}
		if text.Len() > mostTold/4 {
			if err := say(text.String()); err != nil {
				return err
			}
			text.Reset()
		}
	}
	return say(text.String())
}
