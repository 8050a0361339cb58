package guard

import (
	"encoding/binary"
	"io"
)

// logFile reads a log frame by frame, some at a time.
type logFile struct {
	in     io.ReaderAt
	size   int64 // bytes of a frame
	frames int
	salts  [8]byte
	seed   [8]byte // checksum of the head
	big    bool
	chunk  []byte
	from   int   // first frame in chunk
	err    error // of a read that could not be handed on
}

const chunkFrames = 64

// openLog reads the head. A log that is too short or whose head does not fit gives nil and the head as it is.
func openLog(in io.ReaderAt, size int64) (l *logFile, head []byte) {
	if in == nil || size < logHead {
		return nil, nil
	}
	head = make([]byte, logHead)
	if _, err := in.ReadAt(head, 0); err != nil || !headFits(head) {
		return nil, head
	}
	page := int64(binary.BigEndian.Uint32(head[8:]))
	return &logFile{in: in, size: page + frameHead, frames: int((size - logHead) / (page + frameHead)),
		salts: [8]byte(head[16:24]), seed: [8]byte(head[24:32]), big: head[3]&1 != 0}, head
}

// frame gives a frame, which is valid until the next call. Frames count from 1.
func (l *logFile) frame(i int) ([]byte, error) {
	if l.chunk == nil || i < l.from || i >= l.from+len(l.chunk)/int(l.size) {
		n := min(chunkFrames, l.frames-i+1)
		if cap(l.chunk) == 0 {
			l.chunk = make([]byte, chunkFrames*int(l.size))
		}
		l.chunk, l.from = l.chunk[:n*int(l.size)], i
		if _, err := l.in.ReadAt(l.chunk, logHead+int64(i-1)*l.size); err != nil {
			l.chunk = nil
			return nil, err
		}
	}
	return l.chunk[(i-l.from)*int(l.size):][:l.size], nil
}

// start gives the checksum that runs into a frame: that of the frame before, or of the head.
func (l *logFile) start(i int) (a, b uint32, err error) {
	seed := l.seed[:]
	if i > 1 {
		seed = make([]byte, 8)
		if _, err := l.in.ReadAt(seed, logHead+int64(i-2)*l.size+16); err != nil {
			return 0, 0, err
		}
	}
	return binary.BigEndian.Uint32(seed), binary.BigEndian.Uint32(seed[4:]), nil
}

func (l *logFile) fits(i int) (bool, error) {
	f, err := l.frame(i)
	if err != nil {
		return false, err
	}
	a, b, err := l.start(i)
	return err == nil && l.fit(f, a, b), err
}

// fit compares a frame with its checksum, given what runs into it.
func (l *logFile) fit(f []byte, a, b uint32) bool {
	if [8]byte(f[8:16]) != l.salts || binary.BigEndian.Uint32(f) == 0 {
		return false
	}
	a, b = logSum(f[:8], a, b, l.big)
	a, b = logSum(f[frameHead:], a, b, l.big)
	return binary.BigEndian.Uint32(f[16:]) == a && binary.BigEndian.Uint32(f[20:]) == b
}

// commits reports whether a frame is the last of a commit.
func (l *logFile) commits(i int) bool {
	f, err := l.frame(i)
	if err != nil {
		l.err = err
		return false
	}
	return binary.BigEndian.Uint32(f[4:]) != 0
}

// pageOf gives the page that a frame holds.
func (l *logFile) pageOf(i int) int64 {
	f, err := l.frame(i)
	if err != nil {
		l.err = err
		return 0
	}
	return int64(binary.BigEndian.Uint32(f))
}

// sumAt gives the checksum of a frame.
func (l *logFile) sumAt(i int) (sum [8]byte) {
	f, err := l.frame(i)
	if err != nil {
		l.err = err
		return sum
	}
	return [8]byte(f[16:24])
}

// oneBit counts the single bits whose flip makes a frame fit, and gives the last of them.
func (l *logFile) oneBit(i int) (bit Bit, ways int, err error) {
	f, err := l.frame(i)
	if err != nil {
		return bit, 0, err
	}
	a, b, err := l.start(i)
	if err != nil {
		return bit, 0, err
	}
	at, which, ways := bits(f, func() bool { return l.fit(f, a, b) })
	return Bit{Offset: logHead + int64(i-1)*l.size + int64(at), Bit: which}, ways, nil
}

// bits tries every single bit of b and counts those with which it fits; b is left as it was.
func bits(b []byte, fits func() bool) (at int, bit uint, ways int) {
	for i := range b {
		for n := range uint(8) {
			b[i] ^= 1 << n
			if fits() {
				ways++
				at, bit = i, n
			}
			b[i] ^= 1 << n
		}
	}
	return at, bit, ways
}

// oneBitOf gives the only bit that makes b fit; ok is false when none or several do.
func oneBitOf(b []byte, fits func() bool) (at int, bit uint, ok bool) {
	at, bit, ways := bits(b, fits)
	return at, bit, ways == 1
}
