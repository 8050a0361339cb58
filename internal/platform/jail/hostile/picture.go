package hostile

import (
	"bytes"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/gif"
	"image/jpeg"
	"image/png"
)

// Picture is a sound picture of one colour: png, jpeg or gif.
func Picture(kind string, width, height int) []byte {
	img := image.NewPaletted(image.Rect(0, 0, width, height), color.Palette{color.White, color.Black})
	var out bytes.Buffer
	var err error
	switch kind {
	case "png":
		err = png.Encode(&out, img)
	case "gif":
		err = gif.Encode(&out, img, nil)
	default:
		err = jpeg.Encode(&out, img, nil)
	}
	if err != nil {
		panic(err)
	}
	return out.Bytes()
}

// Pictures are made to break readers of pictures: their heads promise far more than a picture needs.
func Pictures() []File {
	return []File{
		{"png flood", pngHead(60_000, 60_000), exhausted},
		{"png of no width", pngHead(0, 10), notSuch},
		{"jpeg flood", resized(Picture("jpeg", 8, 8), []byte{0xff, 0xc0}, 5, 60_000), exhausted},
		{"gif flood", gifHead(60_000, 60_000), exhausted},
		{"wrong name", []byte("ini bukan gambar"), notSuch},
		{"cut short", Picture("png", 100, 100)[:60], notSuch},
	}
}

// pngHead is a PNG whose head promises a size; its data are a few zeros.
func pngHead(width, height uint32) []byte {
	head := binary.BigEndian.AppendUint32(nil, width)
	head = binary.BigEndian.AppendUint32(head, height)
	head = append(head, 8, 6, 0, 0, 0)
	out := []byte("\x89PNG\r\n\x1a\n")
	for _, part := range []struct {
		name string
		data []byte
	}{{"IHDR", head}, {"IDAT", zeros(1<<20, true)}, {"IEND", nil}} {
		out = binary.BigEndian.AppendUint32(out, uint32(len(part.data)))
		body := append([]byte(part.name), part.data...)
		out = append(out, body...)
		out = binary.BigEndian.AppendUint32(out, crc32.ChecksumIEEE(body))
	}
	return out
}

func resized(data, mark []byte, after int, size uint16) []byte {
	at := bytes.Index(data, mark) + after
	binary.BigEndian.PutUint16(data[at:], size)
	binary.BigEndian.PutUint16(data[at+2:], size)
	return data
}

func gifHead(width, height uint16) []byte {
	data := Picture("gif", 8, 8)
	binary.LittleEndian.PutUint16(data[6:], width)
	binary.LittleEndian.PutUint16(data[8:], height)
	return data
}
