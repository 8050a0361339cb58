package hostile

import (
	"bytes"
	"encoding/binary"
	"slices"
	"strings"
	"unicode/utf16"
)

// Record is one record of an old book (XLS): its number, how long it is, its data of at most 8,224 bytes.
func Record(id uint16, data ...[]byte) []byte {
	body := slices.Concat(data...)
	head := binary.LittleEndian.AppendUint16(binary.LittleEndian.AppendUint16(nil, id), uint16(len(body)))
	return append(head, body...)
}

// U16 packs numbers of two bytes as records hold them.
func U16(values ...uint16) (out []byte) {
	for _, v := range values {
		out = binary.LittleEndian.AppendUint16(out, v)
	}
	return out
}

// U32 packs numbers of four bytes as records hold them.
func U32(values ...uint32) (out []byte) {
	for _, v := range values {
		out = binary.LittleEndian.AppendUint32(out, v)
	}
	return out
}

// OldText packs a text of an old book with one byte a letter, or two when it must.
func OldText(text string) []byte {
	units := utf16.Encode([]rune(text))
	out := append(U16(uint16(len(units))), 0)
	if !slices.ContainsFunc(units, func(u uint16) bool { return u > 255 }) {
		for _, u := range units {
			out = append(out, byte(u))
		}
		return out
	}
	out[2] = 1
	return append(out, U16(units...)...)
}

// OldSheet is a sheet of an old book: State 1 hides it.
type OldSheet struct {
	Name  string
	State byte
	Cells []byte // records
}

// OldBook is a book of Excel 97: records that hold for all sheets, then the sheets.
func OldBook(common []byte, sheets ...OldSheet) []byte {
	begin := func(kind uint16) []byte { return Record(0x0809, U16(0x0600, kind, 0, 0), U32(0, 0)) }
	end := Record(0x000A)
	at := len(begin(5)) + len(common) + len(end)
	for _, s := range sheets {
		at += 12 + len(s.Name)
	}
	out, bodies := append(begin(5), common...), []byte(nil)
	for _, s := range sheets {
		about := []byte{s.State, 0, byte(len(s.Name)), 0}
		out = append(out, Record(0x0085, U32(uint32(at+len(bodies))), about, []byte(s.Name))...)
		bodies = slices.Concat(bodies, begin(0x10), s.Cells, end)
	}
	return Compound("Workbook", slices.Concat(out, end, bodies))
}

const sector = 512

// Compound is a compound file (OLE 2) that holds one stream, filled with zeros to 4,096 bytes and to whole sectors.
func Compound(name string, stream []byte) []byte {
	stream = bytes.Clone(stream)
	stream = append(stream, make([]byte, max(0, 4096-len(stream)))...)
	if rest := len(stream) % sector; rest > 0 {
		stream = append(stream, make([]byte, sector-rest)...)
	}
	count := len(stream) / sector
	tables := 1
	for (count+1+tables)*4 > tables*sector {
		tables++
	}
	next := make([]uint32, 0, tables*sector/4)
	chain := func(n int) {
		for range n - 1 {
			next = append(next, uint32(len(next)+1))
		}
		next = append(next, 0xFFFFFFFE)
	}
	chain(count)
	chain(1)
	for range tables {
		next = append(next, 0xFFFFFFFD)
	}
	for len(next) < cap(next) {
		next = append(next, 0xFFFFFFFF)
	}
	return slices.Concat(compoundHead(count, tables), stream, directory(name, len(stream)), U32(next...))
}

// compoundHead names the sectors of the directory and of the tables; there is room for 109 tables, 7 MB of stream.
func compoundHead(count, tables int) []byte {
	head := slices.Concat([]byte("\xd0\xcf\x11\xe0\xa1\xb1\x1a\xe1"), make([]byte, 16),
		U16(0x3E, 3, 0xFFFE, 9, 6), make([]byte, 6), U32(0, uint32(tables), uint32(count), 0, 4096, 0xFFFFFFFE, 0, 0xFFFFFFFE, 0))
	for n := range 109 {
		if n < tables {
			head = append(head, U32(uint32(count+1+n))...)
		} else {
			head = append(head, U32(0xFFFFFFFF)...)
		}
	}
	return head
}

func directory(name string, size int) []byte {
	entry := func(name string, kind byte, child, start uint32, size int) []byte {
		units := append(utf16.Encode([]rune(name)), 0)
		text := append(U16(units...), make([]byte, 64-2*len(units))...)
		return slices.Concat(text, U16(uint16(2*len(units))), []byte{kind, 1}, U32(0xFFFFFFFF, 0xFFFFFFFF, child),
			make([]byte, 36), U32(start, uint32(size), 0))
	}
	empty := slices.Concat(make([]byte, 68), U32(0xFFFFFFFF, 0xFFFFFFFF, 0xFFFFFFFF), make([]byte, 48))
	return slices.Concat(entry("Root Entry", 5, 1, 0xFFFFFFFE, 0), entry(name, 2, 0xFFFFFFFF, 0, size), empty, empty)
}

// OldTable is a sound old book whose first cell holds a text.
func OldTable(text string) []byte {
	texts := Record(0x00FC, U32(1, 1), OldText(text))
	return OldBook(texts, OldSheet{Name: "Lembar", Cells: Record(0x00FD, U16(0, 0, 0), U32(0))})
}

// OldBooks are old books made to exhaust their reader or to lead it in circles.
func OldBooks() []File {
	cell := func(row, col uint16, n uint32) []byte { return Record(0x00FD, U16(row, col, 0), U32(n)) }
	one := func(cells ...[]byte) OldSheet { return OldSheet{Name: "S", Cells: slices.Concat(cells...)} }
	long := Record(0x00FC, U32(1, 1), OldText(strings.Repeat("x", 8000)))
	var same, far, merged, again []byte
	for n := range 60_000 {
		same = append(same, cell(uint16(n), uint16(n%200), 0)...)
		far = append(far, Record(0x0203, U16(uint16(n), 255, 0), make([]byte, 8))...)
	}
	for range 700 {
		merged = append(merged, Record(0x00E5, U16(1000), bytes.Repeat(U16(0, 65535, 0, 255), 1000))...)
	}
	for range 2000 {
		again = append(again, Record(0x0085, U32(0), []byte{0, 0, 1, 0, 'S'})...)
	}
	promise := Record(0x00FC, U32(1<<32-1, 1<<32-1))
	beyond := Record(0x00FC, U32(1, 1), U16(65535), []byte{0x0D, 255, 255, 255, 255})
	circle := Compound("Workbook", make([]byte, 8192))
	at := len(circle) - sector // the table: the first sector follows itself
	copy(circle[at:], U32(0))
	return []File{
		{"text of 8,000 letters in 60,000 cells", OldBook(long, one(same)), anything},
		{"old cells in the last column", OldBook(nil, one(far)), anything},
		{"700,000 merged areas as large as the sheet", OldBook(long, one(cell(0, 0, 0), merged)), anything},
		{"sheets that are the book itself", OldBook(again, one(cell(0, 0, 0))), anything},
		{"four thousand million texts promised", OldBook(promise, one(cell(0, 0, 0))), anything},
		{"a text longer than its record", OldBook(beyond, one()), anything},
		{"a cell of no text", OldBook(nil, one(cell(0, 0, 1<<32-1))), anything},
		{"an old book that goes in a circle", circle, anything},
		{"an old book without an end", Compound("Workbook", Record(0x0809, U16(0x0600, 5))), anything},
	}
}
