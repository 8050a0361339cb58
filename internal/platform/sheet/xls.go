package sheet

import (
	"bytes"
	"encoding/binary"
	"errors"
	"io"
	"strings"

	"github.com/richardlehane/mscfb"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail"
)

// compoundMark begins every file of the old Office kinds, and every book of the new kind behind a password.
const compoundMark = "\xd0\xcf\x11\xe0"

var errXLS = errors.New("the records of the old book do not fit together")

// readXLS reads the first visible sheet that holds anything from a book of Excel 97 to 2003. Formula cells give
// the value that was stored with them, dates are written 2006-01-02, and of merged cells the first one holds the
// value.
func readXLS(data []byte, name string, l Limits) (Table, error) {
	stream, err := bookStream(data, name)
	if err != nil {
		return Table{}, err
	}
	b := xls{stream: stream, name: name, l: l}
	if err := b.globals(); err != nil {
		return Table{}, b.wrong(err)
	}
	for _, at := range b.sheets {
		t, err := b.sheet(at)
		if err != nil || len(t.Rows) > 0 {
			return t, b.wrong(err)
		}
	}
	return Table{}, nil
}

// bookStream finds the records of the book inside the compound file.
func bookStream(data []byte, name string) ([]byte, error) {
	kind := func(err error) error { return errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", name) }
	file, err := mscfb.New(bytes.NewReader(data))
	if err != nil {
		return nil, kind(err)
	}
	older := false
	for _, part := range file.File {
		switch {
		case part.Name == "EncryptedPackage": // a book of the new kind behind a password
			return nil, jail.Fail(jail.Locked, nil)
		case len(part.Path) > 0:
		case strings.EqualFold(part.Name, "Book"):
			older = true
		case strings.EqualFold(part.Name, "Workbook"):
			if part.Size < 0 || part.Size > int64(len(data)) {
				return nil, kind(errXLS)
			}
			stream := make([]byte, part.Size)
			if _, err := io.ReadFull(part, stream); err != nil {
				return nil, kind(err)
			}
			return stream, nil
		}
	}
	if older {
		return nil, errs.E(errs.Invalid, "web.error.sheet_xls", nil, "Name", name)
	}
	return nil, kind(nil)
}

// Records of a book, by their numbers in the published format (MS-XLS).
const (
	recFormula    = 0x0006
	recEOF        = 0x000A
	recDateMode   = 0x0022
	recFilePass   = 0x002F
	recContinue   = 0x003C
	recBoundSheet = 0x0085
	recMulRK      = 0x00BD
	recRString    = 0x00D6
	recXF         = 0x00E0
	recMerged     = 0x00E5
	recSST        = 0x00FC
	recLabelSST   = 0x00FD
	recNumber     = 0x0203
	recLabel      = 0x0204
	recBoolErr    = 0x0205
	recString     = 0x0207
	recRK         = 0x027E
	recFormat     = 0x041E
	recBOF        = 0x0809

	versionBIFF8 = 0x0600
	mostTexts    = 4 << 20  // shared texts of a book
	mostCellText = 64 << 20 // bytes of text in the cells of a sheet
)

// xls is a book being read: what its first part says about all sheets, and its records.
type xls struct {
	stream  []byte
	name    string
	l       Limits
	sheets  []int // where the visible sheets begin
	texts   []string
	formats map[uint16]string
	cells   []uint16 // the format of each kind of cell
	from04  bool     // days are counted from 1904
}

// wrong turns what does not fit into the text for people; errors that have one keep theirs.
func (b *xls) wrong(err error) error {
	if errors.Is(err, errXLS) {
		return errs.E(errs.Invalid, "web.error.sheet_kind", err, "Name", b.name)
	}
	return err
}

func (b *xls) limit() error {
	return errs.E(errs.Invalid, "web.error.sheet_limit", nil, "Name", b.name, "Rows", b.l.Rows, "Cols", b.l.Cols)
}

// record is one record, with the pieces that continue it. more is what follows.
type record struct {
	id     uint16
	data   []byte
	pieces [][]byte
	more   int
}

// next reads the record at a place; ok is false at the end of the stream or where it is cut short.
func (b *xls) next(at int) (r record, ok bool) {
	id, data, at, ok := b.piece(at)
	if !ok {
		return r, false
	}
	r = record{id: id, data: data, pieces: [][]byte{data}, more: at}
	for id == recSST || id == recString || id == recLabel || id == recRString || id == recFormat {
		cont, data, after, ok := b.piece(r.more)
		if !ok || cont != recContinue {
			break
		}
		r.pieces, r.more = append(r.pieces, data), after
	}
	return r, true
}

func (b *xls) piece(at int) (id uint16, data []byte, more int, ok bool) {
	if at < 0 || at+4 > len(b.stream) {
		return 0, nil, at, false
	}
	size := int(binary.LittleEndian.Uint16(b.stream[at+2:]))
	if at+4+size > len(b.stream) {
		return 0, nil, at, false
	}
	return binary.LittleEndian.Uint16(b.stream[at:]), b.stream[at+4 : at+4+size], at + 4 + size, true
}

// globals reads the first part of the book, up to its end.
func (b *xls) globals() error {
	first, ok := b.next(0)
	if !ok || first.id != recBOF || len(first.data) < 4 {
		return errXLS
	}
	if binary.LittleEndian.Uint16(first.data) != versionBIFF8 {
		return errs.E(errs.Invalid, "web.error.sheet_xls", nil, "Name", b.name)
	}
	b.formats = map[uint16]string{}
	for at := first.more; ; {
		r, ok := b.next(at)
		if !ok {
			return errXLS
		}
		if r.id == recEOF {
			return nil
		}
		if err := b.global(r); err != nil {
			return err
		}
		at = r.more
	}
}

func (b *xls) global(r record) error {
	switch {
	case r.id == recFilePass:
		return jail.Fail(jail.Locked, nil)
	case r.id == recDateMode && len(r.data) >= 2:
		b.from04 = r.data[0] == 1
	case r.id == recXF && len(r.data) >= 4:
		b.cells = append(b.cells, binary.LittleEndian.Uint16(r.data[2:]))
	case r.id == recFormat && len(r.data) >= 5:
		p := packed{pieces: r.pieces}
		number, _ := p.u16()
		text, err := p.text(2)
		b.formats[number] = text
		return err
	case r.id == recBoundSheet && len(r.data) >= 8:
		if visible, table := r.data[4]&3 == 0, r.data[5] == 0; visible && table {
			b.sheets = append(b.sheets, int(binary.LittleEndian.Uint32(r.data)))
		}
	case r.id == recSST:
		return b.shared(r.pieces)
	}
	return nil
}

// shared reads the texts that cells point at. How many the record promises is no more than a hint.
func (b *xls) shared(pieces [][]byte) error {
	p := packed{pieces: pieces}
	if !p.skip(4) {
		return errXLS
	}
	promised, ok := p.u32()
	if !ok {
		return errXLS
	}
	for n := uint32(0); n < promised && !p.done(); n++ {
		if n == mostTexts {
			return b.limit()
		}
		text, err := p.text(2)
		if err != nil {
			return err
		}
		b.texts = append(b.texts, clean(text))
	}
	return nil
}
