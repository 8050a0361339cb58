package replica

import (
	"bufio"
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"
	"time"

	"filippo.io/age"
	"github.com/klauspost/compress/zstd"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/keys"
)

// header is the first line of a segment or base; the second line is its signature; then come the packed pages, each with
// its number (4 bytes, big endian).
type header struct {
	Format     int    `json:"format"`
	Kind       string `json:"kind"` // segment, base
	Generation string `json:"generation"`
	Number     int64  `json:"number"`
	Before     string `json:"before"` // SHA-256 of the header of the segment before; of a base: of the segment it stands behind
	At         int64  `json:"at"`     // milliseconds: everything acknowledged until then is in it
	Version    string `json:"version"`
	PageSize   int    `json:"page_size"`
	Pages      int    `json:"pages"`
	Size       uint32 `json:"size"`   // of the database in pages afterwards
	Packed     int64  `json:"packed"` // bytes that follow
	SHA256     string `json:"sha256"` // of them

	Columns []blob.Column `json:"columns,omitempty"` // of a base: whose rows name files
}

const (
	segmentKind = "segment"
	baseKind    = "base"
	segmentEnd  = ".seg"
	baseEnd     = ".base"
	sealedEnd   = ".age"
)

func (h header) line() ([]byte, error) { return json.Marshal(h) }

func hexSum(b []byte) string {
	sum := sha256.Sum256(b)
	return hex.EncodeToString(sum[:])
}

// logName is the name of a segment or base at the other place.
func logName(generation string, number int64, end string) string {
	return fmt.Sprintf("log/%s/%010d%s", generation, number, end)
}

// spoolName is one that waits here; its time stands in the name, so that the age of the copy is known without reading it.
type spoolName struct {
	file, generation string
	number, at       int64
	base             bool
}

func (s *Shipper) spoolFile(h header) string {
	end := segmentEnd
	if h.Kind == baseKind {
		end = baseEnd
	}
	return fmt.Sprintf("%s_%010d_%d%s", h.Generation, h.Number, h.At, end)
}

// spooled lists what waits, in the order in which it is sent.
func (s *Shipper) spooled() ([]spoolName, error) {
	entries, err := os.ReadDir(s.Spool)
	if err != nil {
		return nil, err
	}
	var out []spoolName
	for _, e := range entries {
		name, end := e.Name(), filepath.Ext(e.Name())
		parts := strings.Split(strings.TrimSuffix(name, end), "_")
		if len(parts) != 3 || end != segmentEnd && end != baseEnd {
			continue
		}
		number, err := strconv.ParseInt(parts[1], 10, 64)
		at, err2 := strconv.ParseInt(parts[2], 10, 64)
		if errors.Join(err, err2) == nil {
			out = append(out, spoolName{file: name, generation: parts[0], number: number, at: at, base: end == baseEnd})
		}
	}
	return out, nil // by generation, then number: os.ReadDir sorts by name
}

// write makes a segment in the spool out of pages, in the order of their numbers, and gives the hash of its header.
func (s *Shipper) write(h header, numbers []uint32, read func(no uint32, page []byte) error) (chain string, err error) {
	packed, err := os.CreateTemp(s.Spool, "packing-*")
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, packed.Close(), os.Remove(packed.Name())) }()
	slices.Sort(numbers)
	sum := sha256.New()
	if err := pack(io.MultiWriter(packed, sum), h.PageSize, numbers, read); err != nil {
		return "", err
	}
	if h.Packed, err = packed.Seek(0, io.SeekCurrent); err != nil {
		return "", err
	}
	h.Format, h.Version, h.Pages, h.SHA256 = 1, s.Version, len(numbers), hex.EncodeToString(sum.Sum(nil))
	line, err := h.line()
	if err != nil {
		return "", err
	}
	signature := ""
	if s.Sign != nil {
		if signature, err = s.Sign(line); err != nil {
			return "", err
		}
	}
	if _, err := packed.Seek(0, io.SeekStart); err != nil {
		return "", err
	}
	return hexSum(line), s.seal(s.spoolFile(h), line, signature, packed)
}

func pack(w io.Writer, size int, numbers []uint32, read func(uint32, []byte) error) error {
	z, err := zstd.NewWriter(w, zstd.WithEncoderLevel(zstd.SpeedFastest), zstd.WithEncoderConcurrency(1))
	if err != nil {
		return err
	}
	page := make([]byte, 4+size)
	for _, no := range numbers {
		binary.BigEndian.PutUint32(page, no)
		if err := read(no, page[4:]); err != nil {
			return errors.Join(err, z.Close())
		}
		if _, err := z.Write(page); err != nil {
			return errors.Join(err, z.Close())
		}
	}
	return z.Close()
}

// seal writes the whole segment, encrypted when there are recipients, and gives it its name when it is on the disk.
func (s *Shipper) seal(name string, line []byte, signature string, packed io.Reader) (err error) {
	out, err := os.CreateTemp(s.Spool, "sealing-*")
	if err != nil {
		return err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, out.Close(), os.Remove(out.Name()))
		}
	}()
	var w io.Writer = out
	var sealed io.WriteCloser
	if readers := s.readers(); len(readers) > 0 {
		if sealed, err = age.Encrypt(out, readers...); err != nil {
			return err
		}
		w = sealed
	}
	if _, err := fmt.Fprintf(w, "%s\n%s\n", line, base64.StdEncoding.EncodeToString([]byte(signature))); err != nil {
		return err
	}
	if _, err := io.Copy(w, packed); err != nil {
		return err
	}
	if sealed != nil {
		if err := sealed.Close(); err != nil {
			return err
		}
	}
	if err := errors.Join(out.Sync(), out.Close()); err != nil {
		return err
	}
	return durable.Rename(out.Name(), filepath.Join(s.Spool, name))
}

func (s *Shipper) readers() []age.Recipient {
	if len(s.Recipients) == 0 {
		return nil
	}
	out := slices.Clone(s.Recipients)
	if s.Own != nil {
		out = append(out, s.Own.Recipient())
	}
	return out
}

// Trust is by what a copy is believed and opened.
type Trust struct {
	Identities []age.Identity
	// Check compares the signature of a header; nil asks for none.
	Check func(data []byte, signature string) error
	// Prove looks at the restored store before anything gets its name; nil looks at nothing.
	Prove func(ctx context.Context, d *db.DB) error
	// Pause is the wait before a file is asked for again, twice as long each time; 0 is a second.
	Pause time.Duration
}

// unsealed opens what lies at the other place, whatever form it has: an encrypted object begins with the name of age.
func unsealed(r io.Reader, ids []age.Identity) (*bufio.Reader, error) {
	in := bufio.NewReaderSize(r, 64<<10)
	start, _ := in.Peek(len("age-encryption.org/"))
	if string(start) != "age-encryption.org/" {
		return in, nil
	}
	plain, err := keys.Decrypt(in, ids, nil)
	if err != nil {
		return nil, err
	}
	return bufio.NewReaderSize(plain, 64<<10), nil
}

// open reads the header of a segment and leaves the reader before its pages.
func open(r io.Reader, trust Trust) (h header, chain string, in *bufio.Reader, err error) {
	if in, err = unsealed(r, trust.Identities); err != nil {
		return h, "", nil, err
	}
	line, err := in.ReadBytes('\n')
	if err != nil {
		return h, "", nil, fmt.Errorf("no segment: %w", err)
	}
	line = line[:len(line)-1]
	signature, err := in.ReadString('\n')
	if err != nil {
		return h, "", nil, err
	}
	signed, err := base64.StdEncoding.DecodeString(strings.TrimSpace(signature))
	if err != nil {
		return h, "", nil, err
	}
	if trust.Check != nil {
		if err := trust.Check(line, string(signed)); err != nil {
			return h, "", nil, err
		}
	}
	if err := json.Unmarshal(line, &h); err != nil {
		return h, "", nil, err
	}
	if h.Format != 1 || h.PageSize < 512 || h.PageSize > 65536 {
		return h, "", nil, fmt.Errorf("segment %d was made by another Pendapa (%s)", h.Number, h.Version)
	}
	return h, hexSum(line), in, nil
}

// unpack writes the pages of a segment to their places in a database file. Nothing of a segment that does not fit its hash
// may be believed; the caller gives up the whole file then.
func unpack(in io.Reader, h header, to io.WriterAt) error {
	sum := sha256.New()
	limited := io.LimitReader(in, h.Packed)
	z, err := zstd.NewReader(io.TeeReader(limited, sum), zstd.WithDecoderConcurrency(1))
	if err != nil {
		return err
	}
	defer z.Close()
	page := make([]byte, 4+h.PageSize)
	for range h.Pages {
		if _, err := io.ReadFull(z, page); err != nil {
			return fmt.Errorf("segment %d is cut or damaged: %w", h.Number, err)
		}
		no := int64(binary.BigEndian.Uint32(page))
		if no == 0 {
			return fmt.Errorf("segment %d names page 0", h.Number)
		}
		if _, err := to.WriteAt(page[4:], (no-1)*int64(h.PageSize)); err != nil {
			return err
		}
	}
	if _, err := io.Copy(io.Discard, z); err != nil {
		return fmt.Errorf("segment %d is damaged: %w", h.Number, err)
	}
	if _, err := io.Copy(sum, limited); err != nil {
		return err
	}
	if hex.EncodeToString(sum.Sum(nil)) != h.SHA256 {
		return fmt.Errorf("segment %d is damaged", h.Number)
	}
	return nil
}
