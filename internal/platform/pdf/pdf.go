// Package pdf tells what a PDF says and how its pages look. The file is read in a process of its own (package jail), by
// PDFium compiled to WebAssembly: a file that breaks it ends that process, with a reason.
package pdf

import (
	"context"
	"encoding/json"
	"io"
	"time"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// Page is the text of one page, counted from 1, of a document of Pages pages.
type Page struct {
	Number, Pages int
	Text          string
}

// Picture is how a page looks: a JPEG of Width times Height pixels.
type Picture struct {
	Pages, Width, Height int
	JPEG                 []byte
}

// question is what is asked of the reader: text of the first Most pages, or a picture of one page.
type question struct {
	Most         int
	Page, Pixels int
}

var documents = jail.Reader{Name: "pdf", Compiled: true, Prepare: prepare, Serve: serve,
	Limits: jail.Limits{Wall: 30 * time.Second, Answer: 16 << 20, Behind: true}}

func init() { jail.Register(&documents) }

// Text gives the text of the first most pages to hear, page by page. A scanned page has none. Errors are those of jail.Read;
// what was heard before an error may be used.
func Text(ctx context.Context, file io.ReaderAt, size int64, most int, hear func(Page) error) error {
	return documents.Read(ctx, file, size, question{Most: most}, func(answer json.RawMessage) error {
		var p Page
		if err := json.Unmarshal(answer, &p); err != nil {
			return err
		}
		return hear(p)
	})
}

// Look draws a page, counted from 1, no wider and no higher than so many pixels (at most 2,000).
func Look(ctx context.Context, file io.ReaderAt, size int64, page, pixels int) (Picture, error) {
	return jail.One[Picture](ctx, &documents, file, size, question{Page: page, Pixels: min(max(pixels, 16), 2000)})
}
