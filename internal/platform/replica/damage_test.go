package replica_test

import (
	"bytes"
	"encoding/base64"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/klauspost/compress/zstd"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

// signedCopy gives a house whose signed copy is whole: a base and four segments, in the order of their names.
func signedCopy(t *testing.T) (h *house, all []string) {
	t.Helper()
	dest, root := other(t)
	h = build(t, dest)
	h.Shipper.Sign = signs("here")
	for range 4 {
		h.write(40)
		h.ship()
	}
	all, err := filepath.Glob(filepath.Join(root, "log", "*", "*"))
	h.must(err)
	if len(all) != 5 {
		t.Fatalf("%v", all)
	}
	h.same(trusted)
	return h, all
}

var trusted = replica.Trust{Check: signedBy("here")}

// refused wants no restore while a file of the copy holds something else, and one again afterwards.
func (h *house) refused(path string, body []byte, why string) {
	h.t.Helper()
	whole, err := os.ReadFile(path)
	h.must(err)
	h.must(os.WriteFile(path, body, 0o600))
	if _, n, _, err := h.restored(replica.Until{}, trusted); err == nil {
		h.t.Errorf("%s: restored with %d rows", filepath.Base(path), n)
	} else if !strings.Contains(err.Error(), why) {
		h.t.Errorf("%s: %v, want %q", filepath.Base(path), err, why)
	}
	h.must(os.WriteFile(path, whole, 0o600))
}

func TestDamageInTheCopyIsFound(t *testing.T) {
	t.Parallel()
	h, all := signedCopy(t)
	for _, path := range all {
		body, err := os.ReadFile(path)
		h.must(err)
		for _, at := range []int{5, len(body) / 2, len(body) - 1} {
			harmed := bytes.Clone(body)
			harmed[at] ^= 8
			h.refused(path, harmed, "")
		}
		h.refused(path, body[:len(body)-9], "damaged")
	}
	h.same(trusted)
	h.must(os.Remove(all[2]))
	if _, _, _, err := h.restored(replica.Until{}, trusted); err == nil || !strings.Contains(err.Error(), "is missing") {
		t.Errorf("a missing segment: %v", err)
	}
}

// parts takes a segment apart: the line of its header, its signature, its packed pages.
func parts(h *house, path string) (line, signature, packed []byte) {
	h.t.Helper()
	body, err := os.ReadFile(path)
	h.must(err)
	line, body, _ = bytes.Cut(body, []byte{'\n'})
	signature, packed, _ = bytes.Cut(body, []byte{'\n'})
	return line, signature, packed
}

func TestASwappedSegmentIsFound(t *testing.T) {
	t.Parallel()
	h, all := signedCopy(t)
	last := all[len(all)-1]
	earlier, err := os.ReadFile(all[len(all)-2])
	h.must(err)
	h.refused(last, earlier, "is another segment under this name")

	// One that is signed and has the right number and pages, of a line of segments that parted before it.
	line, _, packed := parts(h, last)
	at := bytes.Index(line, []byte(`"before":"`)) + len(`"before":"`)
	copy(line[at:at+64], strings.Repeat("ab", 32))
	signature, err := h.Shipper.Sign(line)
	h.must(err)
	coded := []byte(base64.StdEncoding.EncodeToString([]byte(signature)))
	h.refused(last, bytes.Join([][]byte{line, coded, packed}, []byte{'\n'}), "does not follow the segment before it")
}

// TestOtherPagesUnderAnOldHeaderAreFound puts pages in place that are packed well and make a sound database with another
// text in one row.
func TestOtherPagesUnderAnOldHeaderAreFound(t *testing.T) {
	t.Parallel()
	h, all := signedCopy(t)
	last := all[len(all)-1]
	line, signature, packed := parts(h, last)
	unpacker, err := zstd.NewReader(nil)
	h.must(err)
	defer unpacker.Close()
	plain, err := unpacker.DecodeAll(packed, nil)
	h.must(err)
	old, other := []byte(strings.Repeat("160", 300)), []byte(strings.Repeat("161", 300))
	if !bytes.Contains(plain, old) {
		t.Fatal("the last row is not in the last segment")
	}
	packer, err := zstd.NewWriter(nil, zstd.WithEncoderLevel(zstd.SpeedBestCompression))
	h.must(err)
	repacked := packer.EncodeAll(bytes.ReplaceAll(plain, old, other), nil)
	if len(repacked) > len(packed) {
		t.Fatalf("%d bytes do not fit in %d", len(repacked), len(packed))
	}
	h.refused(last, bytes.Join([][]byte{line, signature, repacked}, []byte{'\n'}), "is damaged")
}
