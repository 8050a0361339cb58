// Package hostile makes the files that tests throw at readers: made to crash, to exhaust, to climb out or to lie about what
// they are. They are made here, never kept, and are the same every time.
package hostile

import (
	"bytes"
	"compress/flate"
	"compress/zlib"
	"math/rand/v2"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// File is a hostile file and how its reading may end; the empty reason is "it was read".
type File struct {
	Name string
	Data []byte
	Ends []jail.Reason
}

// May reports whether a reading of the file may end like this.
func (f File) May(why jail.Reason) bool { return slices.Contains(f.Ends, why) }

var (
	read      = jail.Reason("")
	exhausted = []jail.Reason{jail.TooLong, jail.TooMuchMemory, jail.TooBig, jail.Crashed}
	notSuch   = []jail.Reason{jail.NotSuch}
	harmless  = []jail.Reason{read, jail.NotSuch}
	anything  = append([]jail.Reason{read, jail.NotSuch, jail.Locked}, exhausted...)
)

// zeros is so many zero bytes, deflated; zlib adds its head and sum.
func zeros(n int64, wrap bool) []byte {
	var out bytes.Buffer
	w := writer(&out, wrap)
	piece := make([]byte, 1<<20)
	for ; n > 0; n -= int64(len(piece)) {
		if _, err := w.Write(piece[:min(n, int64(len(piece)))]); err != nil {
			panic(err)
		}
	}
	if err := w.Close(); err != nil {
		panic(err)
	}
	return out.Bytes()
}

type writeCloser interface {
	Write(p []byte) (int, error)
	Close() error
}

func writer(out *bytes.Buffer, wrap bool) writeCloser {
	if wrap {
		w, err := zlib.NewWriterLevel(out, zlib.BestSpeed)
		if err != nil {
			panic(err)
		}
		return w
	}
	w, err := flate.NewWriter(out, flate.BestSpeed)
	if err != nil {
		panic(err)
	}
	return w
}

// Mutants are n broken copies of a file: cut short, bytes changed, pieces doubled. The same seed gives the same copies.
func Mutants(name string, data []byte, n int, seed uint64) []File {
	dice := rand.New(rand.NewPCG(seed, 1))
	var out []File
	for i := range n {
		m := bytes.Clone(data)
		switch i % 3 {
		case 0:
			m = m[:dice.IntN(len(m))]
		case 1:
			for range 1 + dice.IntN(20) {
				m[dice.IntN(len(m))] = byte(dice.UintN(256))
			}
		default:
			from := dice.IntN(len(m))
			piece := bytes.Clone(m[from : from+dice.IntN(len(m)-from)])
			m = slices.Insert(m, dice.IntN(len(m)), piece...)
		}
		out = append(out, File{name + " mutant " + strconv.Itoa(i), m, anything})
	}
	return out
}

// Common are files that are nobody's kind.
func Common() []File {
	return []File{
		{"no byte", nil, harmless},
		{"one byte", []byte{0}, harmless},
		{"zeros", make([]byte, 1<<16), harmless},
		{"a program", append([]byte("\x7fELF\x02\x01\x01"), make([]byte, 500)...), harmless},
		{"a picture", Picture("png", 8, 8), harmless},
	}
}
