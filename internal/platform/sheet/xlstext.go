package sheet

import (
	"encoding/binary"
	"unicode/utf16"
)

// packed reads what is packed into a record and the pieces that continue it.
type packed struct {
	pieces [][]byte
	at     int // within the first piece
}

// done moves to the next piece that holds anything and reports that there is none.
func (p *packed) done() bool {
	for len(p.pieces) > 0 && p.at >= len(p.pieces[0]) {
		p.pieces, p.at = p.pieces[1:], 0
	}
	return len(p.pieces) == 0
}

func (p *packed) skip(n int64) bool {
	for n > 0 {
		if p.done() {
			return false
		}
		some := min(n, int64(len(p.pieces[0])-p.at))
		p.at += int(some)
		n -= some
	}
	return true
}

func (p *packed) byte() (byte, bool) {
	if p.done() {
		return 0, false
	}
	p.at++
	return p.pieces[0][p.at-1], true
}

func (p *packed) u16() (uint16, bool) {
	low, _ := p.byte()
	high, ok := p.byte()
	return uint16(low) | uint16(high)<<8, ok
}

func (p *packed) u32() (uint32, bool) {
	low, _ := p.u16()
	high, ok := p.u16()
	return uint32(low) | uint32(high)<<16, ok
}

// How a text is packed: two bytes a letter, followed by notes on its sound, followed by runs of fonts.
const (
	flagWide  = 0x01
	flagSound = 0x04
	flagRuns  = 0x08
)

// text reads one text whose length takes so many bytes (1 or 2). A text may go on in the next piece, which then
// says anew how its letters are packed.
func (p *packed) text(lengthBytes int) (string, error) {
	var count uint16
	ok := true
	if lengthBytes == 2 {
		count, ok = p.u16()
	} else {
		var short byte
		short, ok = p.byte()
		count = uint16(short)
	}
	flags, has := p.byte()
	if !ok || !has {
		return "", errXLS
	}
	var after int64
	if flags&flagRuns != 0 {
		runs, _ := p.u16()
		after += 4 * int64(runs)
	}
	if flags&flagSound != 0 {
		sound, _ := p.u32()
		after += int64(sound)
	}
	letters, err := p.letters(int(count), flags&flagWide != 0)
	if err != nil || !p.skip(after) {
		return "", errXLS
	}
	return letters, nil
}

func (p *packed) letters(count int, wide bool) (string, error) {
	units := make([]uint16, 0, min(count, 1<<10))
	for len(units) < count {
		if len(p.pieces) > 0 && p.at >= len(p.pieces[0]) {
			flags, ok := p.byte() // of the next piece
			if !ok {
				return "", errXLS
			}
			wide = flags&flagWide != 0
		}
		if len(p.pieces) == 0 {
			return "", errXLS
		}
		got := p.some(count-len(units), wide)
		if len(got) == 0 {
			return "", errXLS
		}
		units = append(units, got...)
	}
	return string(utf16.Decode(units)), nil
}

// some gives the letters that stand in this piece, at most so many.
func (p *packed) some(most int, wide bool) (units []uint16) {
	left := p.pieces[0][p.at:]
	width := 1
	if wide {
		width = 2
	}
	n := min(most, len(left)/width)
	p.at += n * width
	for i := range n {
		if wide {
			units = append(units, binary.LittleEndian.Uint16(left[2*i:]))
		} else {
			units = append(units, uint16(left[i]))
		}
	}
	return units
}
