package hostile

import (
	"archive/zip"
	"bytes"
	"hash/crc32"
	"io/fs"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/jail"
)

// Entry is one file of an archive. Raw data are deflated already and unfold to Unpacked bytes; the directory says so.
type Entry struct {
	Name     string
	Data     []byte
	Raw      bool
	Unpacked uint64
	Mode     fs.FileMode
}

// Zip puts entries into an archive in their order.
func Zip(all ...Entry) []byte {
	var b bytes.Buffer
	z := zip.NewWriter(&b)
	for _, e := range all {
		if err := put(z, e); err != nil {
			panic(err)
		}
	}
	if err := z.Close(); err != nil {
		panic(err)
	}
	return b.Bytes()
}

func put(z *zip.Writer, e Entry) error {
	head := &zip.FileHeader{Name: e.Name, Method: zip.Deflate}
	if e.Mode != 0 {
		head.SetMode(e.Mode)
	}
	if !e.Raw {
		w, err := z.CreateHeader(head)
		if err == nil {
			_, err = w.Write(e.Data)
		}
		return err
	}
	head.CRC32, head.CompressedSize64, head.UncompressedSize64 = crc32.ChecksumIEEE(e.Data), uint64(len(e.Data)), e.Unpacked
	w, err := z.CreateRaw(head)
	if err == nil {
		_, err = w.Write(e.Data)
	}
	return err
}

// Archives are made to break readers of archives, and whoever unpacks them.
func Archives() []File {
	bomb := zeros(600<<20, false)
	var many []Entry
	for n := range 10_001 {
		many = append(many, Entry{Name: strconv.Itoa(n)})
	}
	layers := Zip(Entry{Name: "0", Data: []byte("x")})
	for range 8 {
		layers = Zip(Entry{Name: "in.zip", Data: layers})
	}
	refused := append([]jail.Reason{read}, exhausted...)
	return []File{
		{"bomb of 600 MB", Zip(Entry{Name: "a", Data: bomb, Raw: true, Unpacked: 600 << 20}), refused},
		{"bomb that lies", Zip(Entry{Name: "in.zip", Data: bomb, Raw: true, Unpacked: 10}), append(refused, notSuch...)},
		{"too many", Zip(many...), refused},
		{"too deep", layers, refused},
		{"climbing", Zip(Entry{Name: "../../etc/passwd", Data: []byte("x")}), refused},
		{"climbing back", Zip(Entry{Name: `..\..\windows\x`, Data: []byte("x")}), refused},
		{"absolute", Zip(Entry{Name: "/etc/passwd", Data: []byte("x")}), refused},
		{"symbolic link", Zip(Entry{Name: "link", Data: []byte("/etc/passwd"), Mode: fs.ModeSymlink | 0o777}), refused},
		{"not an archive", []byte("PK\x03\x04nonsense"), append(refused, notSuch...)},
	}
}

// Texts are archives whose part of this name is hostile XML; the others stand before it.
func Texts(part string, others ...Entry) []File {
	with := func(e Entry) []byte { return Zip(append(slices.Clone(others), e)...) }
	head := `<?xml version="1.0"?>`
	laughs := head + `<!DOCTYPE a [<!ENTITY a "haha"><!ENTITY b "&a;&a;&a;&a;&a;&a;&a;&a;&a;&a;"><!ENTITY c "&b;&b;&b;&b;&b;&b;&b;&b;&b;&b;">]><a>&c;</a>`
	outside := head + `<!DOCTYPE a [<!ENTITY x SYSTEM "file:///etc/passwd">]><a>&x;</a>`
	var out []File
	for name, body := range map[string]string{
		"entities that grow":  laughs,
		"entity of a file":    outside,
		"deep elements":       head + strings.Repeat("<a>", 1_000_000),
		"one long name":       head + "<" + strings.Repeat("a", 20<<20),
		"one long attribute":  head + `<a b="` + strings.Repeat("c", 20<<20) + `"/>`,
		"bytes that are none": "\xff\xfe\x00\x01",
	} {
		out = append(out, File{name, with(Entry{Name: part, Data: []byte(body)}), anything})
	}
	return append(out, File{"part of 600 MB", with(Entry{Name: part, Data: zeros(600<<20, false), Raw: true, Unpacked: 600 << 20}), anything})
}
