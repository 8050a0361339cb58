package pdf

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image/jpeg"
	"io"
	"os"
	"time"

	"github.com/klippa-app/go-pdfium"
	broken "github.com/klippa-app/go-pdfium/errors"
	"github.com/klippa-app/go-pdfium/references"
	"github.com/klippa-app/go-pdfium/requests"
	"github.com/klippa-app/go-pdfium/webassembly"
	"github.com/tetratelabs/wazero"
	"github.com/tetratelabs/wazero/api"
	"github.com/tetratelabs/wazero/experimental"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

const (
	mostMemory   = 8192    // pages of 64 KB that PDFium may take; what watches the reader's memory stops it before
	mostPageText = 1 << 20 // bytes of one page
)

// engine is PDFium, ready for one document. Only a reader's process has one.
var engine pdfium.Pdfium

// prepare makes PDFium ready. Compiled code that the disk has damaged is thrown away and made again: without that no PDF would
// be read until somebody removed it by hand.
func prepare(cache string, write bool) error {
	err := begin(cache, write)
	if err == nil || !write || cache == "" {
		return err
	}
	if gone := os.RemoveAll(cache); gone != nil {
		return errors.Join(err, gone)
	}
	return begin(cache, write)
}

// begin compiles PDFium, or loads it compiled from the cache, and starts it without any folder of this machine.
func begin(cache string, write bool) error {
	features := api.CoreFeaturesV2 | experimental.CoreFeaturesExceptionHandling
	config := wazero.NewRuntimeConfig().WithCoreFeatures(features).WithMemoryLimitPages(mostMemory).WithCloseOnContextDone(true)
	if cache != "" {
		compiled, err := wazero.NewCompilationCacheWithDir(cache)
		if err != nil {
			return err
		}
		config = config.WithCompilationCache(compiled)
	}
	ctx := experimental.WithMemoryAllocator(context.Background(), experimental.MemoryAllocatorFunc(reserve))
	pool, err := webassembly.Init(webassembly.Config{Context: ctx, MaxIdle: 1, MaxTotal: 1, RuntimeConfig: config,
		FSConfig: wazero.NewFSConfig(), Stdout: io.Discard, Stderr: io.Discard})
	if err != nil || write {
		return err
	}
	engine, err = pool.GetInstance(time.Minute)
	return err
}

func serve(data []byte, ask json.RawMessage, say jail.Say) error {
	var q question
	if err := json.Unmarshal(ask, &q); err != nil {
		return err
	}
	opened, err := engine.OpenDocument(&requests.OpenDocument{File: &data})
	if err != nil {
		return reason(err)
	}
	count, err := engine.FPDF_GetPageCount(&requests.FPDF_GetPageCount{Document: opened.Document})
	if err != nil {
		return reason(err)
	}
	if q.Pixels > 0 {
		return draw(opened.Document, count.PageCount, q, say)
	}
	for n := range min(count.PageCount, q.Most) {
		p := Page{Number: n + 1, Pages: count.PageCount}
		// A page that cannot be read has no text; the others may have.
		if text, err := engine.GetPageText(&requests.GetPageText{Page: page(opened.Document, n)}); err == nil {
			p.Text = text.Text[:min(len(text.Text), mostPageText)]
		}
		if err := say(p); err != nil {
			return err
		}
	}
	return nil
}

func page(document references.FPDF_DOCUMENT, n int) requests.Page {
	return requests.Page{ByIndex: &requests.PageByIndex{Document: document, Index: n}}
}

func draw(document references.FPDF_DOCUMENT, pages int, q question, say jail.Say) error {
	if q.Page < 1 || q.Page > pages {
		return fmt.Errorf("page %d of %d", q.Page, pages)
	}
	drawn, err := engine.RenderPageInPixels(&requests.RenderPageInPixels{Page: page(document, q.Page-1), Width: q.Pixels, Height: q.Pixels})
	if err != nil {
		return reason(err)
	}
	defer drawn.Cleanup()
	var out bytes.Buffer
	if err := jpeg.Encode(&out, drawn.Result.RenderedImage, &jpeg.Options{Quality: 80}); err != nil {
		return err
	}
	return say(Picture{pages, drawn.Result.Width, drawn.Result.Height, out.Bytes()})
}

func reason(err error) error {
	if errors.Is(err, broken.ErrPassword) || errors.Is(err, broken.ErrSecurity) {
		return jail.Fail(jail.Locked, err)
	}
	return jail.Fail(jail.NotSuch, err)
}
