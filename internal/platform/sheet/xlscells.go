package sheet

import (
	"encoding/binary"
	"math"
	"slices"

	"github.com/pendapa/pendapa/internal/errs"
)

// xlsSheet is a sheet being read.
type xlsSheet struct {
	b        *xls
	rows     [][]string
	merged   [][4]uint16 // first and last row, first and last column
	cells    int
	bytes    int
	formulas int
	waiting  *[2]int // the formula cell whose text comes in a record of its own
}

// sheet reads the sheet that begins at a place. What is drawn into it (charts) is passed over.
func (b *xls) sheet(at int) (Table, error) {
	r, ok := b.next(at)
	if !ok || r.id != recBOF {
		return Table{}, errXLS
	}
	s := xlsSheet{b: b}
	for depth := 1; depth > 0; {
		if r, ok = b.next(r.more); !ok {
			return Table{}, errXLS
		}
		switch {
		case r.id == recBOF:
			depth++
		case r.id == recEOF:
			depth--
		case depth == 1:
			if err := s.take(r); err != nil {
				return Table{}, err
			}
		}
	}
	s.cover()
	t := Table{Rows: withoutEmpty(s.rows)}
	if s.formulas > 0 && len(t.Rows) > 0 {
		t.Notes = []errs.Msg{errs.M("web.sheet.formulas", "N", s.formulas)}
	}
	return t, nil
}

// leastSize is how many bytes a record of a cell has at least.
var leastSize = map[uint16]int{recNumber: 14, recRK: 10, recMulRK: 6, recLabelSST: 10, recLabel: 9, recRString: 9,
	recBoolErr: 8, recFormula: 14, recMerged: 2}

func (s *xlsSheet) take(r record) error {
	if r.id == recString {
		return s.result(r)
	}
	least, known := leastSize[r.id]
	if !known {
		return nil
	}
	if len(r.data) < least {
		return errXLS
	}
	u16 := func(at int) int { return int(binary.LittleEndian.Uint16(r.data[at:])) }
	switch r.id {
	case recMerged:
		s.merge(r.data)
		return nil
	case recMulRK:
		return s.many(r.data)
	case recFormula:
		return s.formula(r.data)
	}
	text, err := s.value(r, u16(4))
	if err != nil {
		return err
	}
	return s.put(u16(0), u16(2), text)
}

func (s *xlsSheet) value(r record, kind int) (string, error) {
	switch r.id {
	case recNumber:
		return s.b.shown(double(r.data[6:]), kind), nil
	case recRK:
		return s.b.shown(short(r.data[6:]), kind), nil
	case recBoolErr:
		return truth(r.data[6], r.data[7] != 0), nil
	case recLabelSST:
		n := binary.LittleEndian.Uint32(r.data[6:])
		if int64(n) >= int64(len(s.b.texts)) {
			return "", errXLS
		}
		return s.b.texts[n], nil
	}
	p := packed{pieces: r.pieces}
	p.skip(6)
	text, err := p.text(2)
	return clean(text), err
}

// many are numbers side by side.
func (s *xlsSheet) many(data []byte) error {
	row, col := int(binary.LittleEndian.Uint16(data)), int(binary.LittleEndian.Uint16(data[2:]))
	for at := 4; at+8 <= len(data); at += 6 {
		text := s.b.shown(short(data[at+2:]), int(binary.LittleEndian.Uint16(data[at:])))
		if err := s.put(row, col, text); err != nil {
			return err
		}
		col++
	}
	return nil
}

// formula takes the value that was stored with a formula; a text follows in its own record.
func (s *xlsSheet) formula(data []byte) error {
	row, col := int(binary.LittleEndian.Uint16(data)), int(binary.LittleEndian.Uint16(data[2:]))
	s.formulas++
	s.waiting = nil
	if data[12] != 0xFF || data[13] != 0xFF {
		return s.put(row, col, s.b.shown(double(data[6:]), int(binary.LittleEndian.Uint16(data[4:]))))
	}
	switch data[6] {
	case 0:
		s.waiting = &[2]int{row, col}
	case 1, 2:
		return s.put(row, col, truth(data[8], data[6] == 2))
	}
	return nil
}

func (s *xlsSheet) result(r record) error {
	if s.waiting == nil {
		return nil
	}
	p := packed{pieces: r.pieces}
	text, err := p.text(2)
	if err != nil {
		return err
	}
	at := *s.waiting
	s.waiting = nil
	return s.put(at[0], at[1], clean(text))
}

// put writes a cell. What lies beyond the wanted rows is passed over when the table may be cut, else refused.
func (s *xlsSheet) put(row, col int, text string) error {
	if text == "" || s.b.l.Cut && row >= s.b.l.Rows {
		return nil
	}
	if s.bytes += len(text); row >= s.b.l.Rows || col >= s.b.l.Cols || s.bytes > mostCellText {
		return s.b.limit()
	}
	for len(s.rows) <= row {
		s.rows = append(s.rows, nil)
	}
	if wide := col + 1 - len(s.rows[row]); wide > 0 {
		if s.cells += wide; s.cells > s.b.l.Cells {
			return s.b.limit()
		}
		s.rows[row] = append(s.rows[row], make([]string, wide)...)
	}
	s.rows[row][col] = text
	return nil
}

func (s *xlsSheet) merge(data []byte) {
	for at := 2; at+8 <= len(data) && len(s.merged) < 1<<16; at += 8 {
		u16 := func(n int) uint16 { return binary.LittleEndian.Uint16(data[at+2*n:]) }
		s.merged = append(s.merged, [4]uint16{u16(0), u16(1), u16(2), u16(3)})
	}
}

// cover empties the cells that lie below a merged one, which nobody sees. Merged areas of a sound book never
// overlap, so together they have no more cells than the table.
func (s *xlsSheet) cover() {
	left := s.cells + len(s.rows)
	for _, m := range s.merged {
		for row := int(m[0]); row <= min(int(m[1]), len(s.rows)-1); row++ {
			from, to := int(m[2]), min(int(m[3])+1, len(s.rows[row]))
			if row == int(m[0]) {
				from++ // the one that is seen
			}
			if left -= 1 + max(0, to-from); left < 0 {
				return
			}
			if from < to {
				clear(s.rows[row][from:to])
			}
		}
	}
	s.rows = slices.Clip(s.rows)
}

func double(data []byte) float64 { return math.Float64frombits(binary.LittleEndian.Uint64(data)) }

// short unfolds a number of four bytes: a whole one of 30 bits or the upper half of a double, perhaps in hundredths.
func short(data []byte) float64 {
	bits := binary.LittleEndian.Uint32(data)
	v := math.Float64frombits(uint64(bits&^3) << 32)
	if bits&2 != 0 {
		v = float64(int32(bits) >> 2)
	}
	if bits&1 != 0 {
		v /= 100
	}
	return v
}

// truth gives a yes, a no or an error as spreadsheets write them.
func truth(code byte, isError bool) string {
	if !isError {
		if code != 0 {
			return "TRUE"
		}
		return "FALSE"
	}
	names := map[byte]string{0: "#NULL!", 7: "#DIV/0!", 15: "#VALUE!", 23: "#REF!", 29: "#NAME?", 36: "#NUM!", 42: "#N/A"}
	if name, ok := names[code]; ok {
		return name
	}
	return "#?"
}
