package picture_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/picture"
)

// held is a JPEG of 80 by 40, white with a black left end, whose camera noted how it was held.
func held(t *testing.T, turn byte) []byte {
	t.Helper()
	img := image.NewGray(image.Rect(0, 0, 80, 40))
	for y := range 40 {
		for x := range 80 {
			if x >= 16 {
				img.SetGray(x, y, color.Gray{255})
			}
		}
	}
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, nil); err != nil {
		t.Fatal(err)
	}
	note := []byte("Exif\x00\x00MM\x00\x2a\x00\x00\x00\x08\x00\x01\x01\x12\x00\x03\x00\x00\x00\x01\x00" + string([]byte{turn}) + "\x00\x00\x00\x00\x00\x00")
	head := append([]byte{0xff, 0xe1, 0, byte(len(note) + 2)}, note...)
	return append(append([]byte{0xff, 0xd8}, head...), out.Bytes()[2:]...)
}

// TestPicturesAreTurnedAsTheyWereHeld: the black end stands where the note puts it.
func TestPicturesAreTurnedAsTheyWereHeld(t *testing.T) {
	t.Parallel()
	for turn, at := range map[byte]image.Point{1: {1, 10}, 2: {38, 10}, 3: {38, 10}, 4: {1, 10}, 5: {10, 1}, 6: {10, 1}, 7: {10, 38}, 8: {10, 38}} {
		data := held(t, turn)
		got, err := picture.Small(t.Context(), bytes.NewReader(data), int64(len(data)), 40)
		if err != nil {
			t.Fatal(err)
		}
		seen, err := jpeg.Decode(bytes.NewReader(got.JPEG))
		if err != nil || seen.Bounds().Dx() != got.Width || max(got.Width, got.Height) != 40 || (got.Height > got.Width) != (turn > 4) {
			t.Fatalf("turn %d: %d by %d, %v", turn, got.Width, got.Height, err)
		}
		if grey, _, _, _ := seen.At(at.X, at.Y).RGBA(); grey > 0x4000 {
			t.Errorf("turn %d: the black end is not at %v", turn, at)
		}
		if bytes.Contains(got.JPEG, []byte("Exif")) {
			t.Error("the copy tells what the camera noted")
		}
	}
}

func TestKinds(t *testing.T) {
	t.Parallel()
	for _, kind := range []string{"png", "jpeg", "gif"} {
		data := hostile.Picture(kind, 300, 20)
		got, err := picture.Head(t.Context(), bytes.NewReader(data), int64(len(data)))
		if err != nil || got != (picture.Look{Kind: kind, Width: 300, Height: 20}) {
			t.Errorf("%s: %+v %v", kind, got, err)
		}
	}
}

func TestHostilePicturesEndTheirReaderAlone(t *testing.T) {
	t.Parallel()
	all := append(hostile.Pictures(), hostile.Mutants("jpeg", held(t, 6), 9, 5)...)
	for _, f := range all {
		_, err := picture.Small(t.Context(), bytes.NewReader(f.Data), int64(len(f.Data)), 100)
		if why := jail.Why(err); !f.May(why) || err != nil && why == "" {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	data := hostile.Picture("png", 8, 8)
	if _, err := picture.Small(t.Context(), bytes.NewReader(data), int64(len(data)), 100); err != nil {
		t.Errorf("a sound picture after all: %v", err)
	}
}

// FuzzSmall looks for files that end their reader in a way that has no reason.
func FuzzSmall(f *testing.F) {
	f.Add(hostile.Picture("png", 8, 8))
	f.Add(hostile.Picture("jpeg", 8, 8))
	f.Fuzz(func(t *testing.T, data []byte) {
		if _, err := picture.Small(t.Context(), bytes.NewReader(data), int64(len(data)), 50); err != nil && jail.Why(err) == "" {
			t.Error(err)
		}
	})
}
