package replica

import (
	"bufio"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"io"
	"io/fs"
	"os"
)

// The log of SQLite: a header of 32 bytes, then frames of 24 bytes and a page each. Every frame carries the salts of the
// header and a sum over everything before it; a frame that ends a commit carries the size of the database after it.
const (
	headSize  = 32
	frameHead = 24
)

// place is how far a log was read: so many frames of the log with these salts, and the running sum there.
type place struct {
	Salts string `json:"salts"` // "" before the first look
	Seq   uint32 `json:"seq"`   // how often this log was begun anew
	Frame int64  `json:"frame"`
	A     uint32 `json:"a"`
	B     uint32 `json:"b"`
}

// head is the header of a log.
type head struct {
	order binary.ByteOrder
	page  int
	start place // before the first frame
}

// readHead reads the header of a log; ok is false when there is no log or nothing in it.
func readHead(r io.ReaderAt) (h head, ok bool) {
	b := make([]byte, headSize)
	if n, _ := r.ReadAt(b, 0); n < headSize {
		return h, false
	}
	switch binary.BigEndian.Uint32(b) {
	case 0x377f0682:
		h.order = binary.LittleEndian
	case 0x377f0683:
		h.order = binary.BigEndian
	default:
		return h, false
	}
	x, y := h.sum(b[:24], 0, 0)
	if binary.BigEndian.Uint32(b[24:]) != x || binary.BigEndian.Uint32(b[28:]) != y {
		return h, false
	}
	h.page = int(binary.BigEndian.Uint32(b[8:]))
	h.start = place{Salts: hex.EncodeToString(b[16:24]), Seq: binary.BigEndian.Uint32(b[12:]), A: x, B: y}
	return h, true
}

// sum is SQLite's own running checksum.
func (h head) sum(b []byte, x, y uint32) (uint32, uint32) {
	for ; len(b) >= 8; b = b[8:] {
		x += h.order.Uint32(b) + y
		y += h.order.Uint32(b[4:]) + x
	}
	return x, y
}

// follows reports whether the log was begun anew exactly once since p.
func (h head) follows(p place) bool {
	old, err := hex.DecodeString(p.Salts)
	now, err2 := hex.DecodeString(h.start.Salts)
	return err == nil && err2 == nil && len(old) == 8 && h.start.Seq == p.Seq+1 && binary.BigEndian.Uint32(now) == binary.BigEndian.Uint32(old)+1
}

// found is what a scan found: the last place of each changed page in the log, and the size of the database in pages after
// the last commit.
type found struct {
	pages map[uint32]int64 // number -> offset of its bytes
	size  uint32
	end   place
}

// scan reads on from a place up to the last commit, or up to the first commit after most bytes. What does not fit its sum
// has not been written yet.
func scan(f io.ReaderAt, h head, from place, most int64) (out found, err error) {
	out.end, out.pages = from, map[uint32]int64{}
	at := headSize + from.Frame*int64(frameHead+h.page)
	r := bufio.NewReaderSize(io.NewSectionReader(f, at, 1<<62), 1<<20)
	frame, pending, p := make([]byte, frameHead+h.page), map[uint32]int64{}, from
	for {
		if _, err := io.ReadFull(r, frame); errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
			return out, nil
		} else if err != nil {
			return out, err
		}
		if hex.EncodeToString(frame[8:16]) != h.start.Salts {
			return out, nil
		}
		x, y := h.sum(frame[:8], p.A, p.B)
		x, y = h.sum(frame[frameHead:], x, y)
		if binary.BigEndian.Uint32(frame[16:]) != x || binary.BigEndian.Uint32(frame[20:]) != y {
			return out, nil
		}
		p.Frame, p.A, p.B = p.Frame+1, x, y
		pending[binary.BigEndian.Uint32(frame)] = at + frameHead
		at += int64(len(frame))
		if size := binary.BigEndian.Uint32(frame[4:]); size > 0 {
			for no, offset := range pending {
				out.pages[no] = offset
			}
			clear(pending)
			out.size, out.end = size, p
			if int64(len(out.pages))*int64(h.page) >= most {
				return out, nil
			}
		}
	}
}

// reaches reports whether the log holds the place: the same frames up to it.
func reaches(f io.ReaderAt, h head, p place) bool {
	if h.start.Salts != p.Salts {
		return false
	}
	now := h.start
	r := bufio.NewReaderSize(io.NewSectionReader(f, headSize, 1<<62), 1<<20)
	frame := make([]byte, frameHead+h.page)
	for now.Frame < p.Frame {
		if _, err := io.ReadFull(r, frame); err != nil {
			return false
		}
		x, y := h.sum(frame[:8], now.A, now.B)
		now.A, now.B = h.sum(frame[frameHead:], x, y)
		now.Frame++
	}
	return now.A == p.A && now.B == p.B
}

// openLog opens the log of a database; nil when there is none.
func openLog(path string) (*os.File, error) {
	f, err := os.Open(path + "-wal")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	return f, err
}
