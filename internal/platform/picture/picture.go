// Package picture looks at pictures that people bring: what they are, how large, and a small copy to show. A process of its
// own reads them (package jail); a head that promises more pixels than a reader may hold is refused before they are unfolded.
package picture

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"image"
	"image/color"
	_ "image/gif" // the kinds that are read
	"image/jpeg"
	_ "image/png" // see above
	"io"

	"golang.org/x/image/draw"
	_ "golang.org/x/image/webp" // see above

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// Look is what a picture is. Width and Height are pixels as it is meant to be seen, after the turn that a camera notes.
type Look struct {
	Kind          string // jpeg, png, gif, webp
	Width, Height int
}

// Copy is a picture made anew: a JPEG without place, camera and everything else that the original tells about its maker.
type Copy struct {
	Look
	JPEG []byte
}

const mostPixels = 40_000_000 // of the original; four bytes each while it is unfolded

// question asks for the head alone, or for a copy of at most so many pixels on its longer side.
type question struct{ Side int }

var pictures = jail.Reader{Name: "gambar", Serve: serve, Limits: jail.Limits{Memory: 384 << 20, Answer: 16 << 20}}

func init() { jail.Register(&pictures) }

// Head tells what a picture is without unfolding it. Errors are those of jail.Read.
func Head(ctx context.Context, file io.ReaderAt, size int64) (Look, error) {
	c, err := jail.One[Copy](ctx, &pictures, file, size, question{})
	return c.Look, err
}

// Small makes a copy whose longer side has at most so many pixels (16 to 4,000), turned as it is meant to be seen.
func Small(ctx context.Context, file io.ReaderAt, size int64, side int) (Copy, error) {
	return jail.One[Copy](ctx, &pictures, file, size, question{min(max(side, 16), 4000)})
}

func serve(data []byte, ask json.RawMessage, say jail.Say) error {
	var q question
	if err := json.Unmarshal(ask, &q); err != nil {
		return err
	}
	head, kind, err := image.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return err
	}
	if head.Width < 1 || head.Height < 1 {
		return errors.New("a picture without pixels")
	}
	if int64(head.Width)*int64(head.Height) > mostPixels {
		return jail.Fail(jail.TooBig, fmt.Errorf("%d by %d pixels", head.Width, head.Height))
	}
	turn := 1
	if kind == "jpeg" {
		turn = orientation(data)
	}
	look := Look{kind, head.Width, head.Height}
	if turn > 4 {
		look.Width, look.Height = head.Height, head.Width
	}
	if q.Side == 0 {
		return say(Copy{Look: look})
	}
	return shrink(data, look, turn, q.Side, say)
}

func shrink(data []byte, look Look, turn, side int, say jail.Say) error {
	whole, _, err := image.Decode(bytes.NewReader(data))
	if err != nil {
		return err
	}
	b := whole.Bounds()
	width, height := fit(b.Dx(), b.Dy(), side)
	small := image.NewRGBA(image.Rect(0, 0, width, height))
	draw.Draw(small, small.Bounds(), image.NewUniform(color.White), image.Point{}, draw.Src)
	draw.ApproxBiLinear.Scale(small, small.Bounds(), whole, b, draw.Over, nil)
	seen := turned(small, turn)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, seen, &jpeg.Options{Quality: 82}); err != nil {
		return err
	}
	look.Width, look.Height = seen.Bounds().Dx(), seen.Bounds().Dy()
	return say(Copy{look, out.Bytes()})
}

func fit(width, height, side int) (int, int) {
	longer := max(width, height)
	if longer <= side {
		return width, height
	}
	return max(1, width*side/longer), max(1, height*side/longer)
}
