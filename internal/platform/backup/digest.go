package backup

import (
	"bufio"
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// digest holds 16 bytes for each row of each table: the beginnings of the hashes of its key and of the whole row. With the
// digest of yesterday it tells how many rows came, changed and went without the rows of yesterday.
type digest map[string][][16]byte

// tree reports whether a table belongs to the audit tree, which is compared by its roots and far too long for this.
func tree(table string) bool { return table == "audit_entry" || table == "audit_hash" }

func (d digest) noter(table string, keys []string) func([]string, []any, [sha256.Size]byte) error {
	if tree(table) {
		return nil
	}
	d[table] = nil
	var at []int
	return func(columns []string, row []any, sum [sha256.Size]byte) error {
		if at == nil {
			for _, key := range keys {
				at = append(at, slices.Index(columns, key))
			}
		}
		key := make([]any, len(at))
		for i, n := range at {
			key[i] = row[n]
		}
		text, err := json.Marshal(key)
		if err != nil {
			return err
		}
		k, x := sha256.Sum256(text), [16]byte{}
		copy(x[:8], k[:8])
		copy(x[8:], sum[:8])
		d[table] = append(d[table], x)
		return nil
	}
}

func (d digest) sort() {
	for _, rows := range d {
		slices.SortFunc(rows, func(a, b [16]byte) int { return bytes.Compare(a[:], b[:]) })
	}
}

// Difference is what happened to the rows of a table between two backups.
type Difference struct {
	Added   int64 `json:"added,omitempty"`
	Changed int64 `json:"changed,omitempty"`
	Removed int64 `json:"removed,omitempty"`
}

// differ compares the sorted rows of a table by their keys.
func differ(before, now [][16]byte) (d Difference) {
	for len(before) > 0 || len(now) > 0 {
		order := 0
		switch {
		case len(before) == 0:
			order = 1
		case len(now) == 0:
			order = -1
		default:
			order = bytes.Compare(before[0][:8], now[0][:8])
		}
		switch {
		case order < 0:
			d.Removed++
			before = before[1:]
		case order > 0:
			d.Added++
			now = now[1:]
		default:
			if before[0] != now[0] {
				d.Changed++
			}
			before, now = before[1:], now[1:]
		}
	}
	return d
}

// rowsDir keeps the digests of the last backup: beside the backups and not in them, because hashes of short rows can be
// guessed and a backup may be encrypted.
const rowsDir = ".rows"

func digestPath(root, name string) string { return filepath.Join(root, rowsDir, name) }

// write keeps the digest of a backup beside those that are there: until the backup is finished the next one is compared
// with the one before.
func (d digest) write(root, name string) (string, error) {
	var b bytes.Buffer
	for _, table := range slices.Sorted(maps.Keys(d)) {
		fmt.Fprintf(&b, "%s %d\n", table, len(d[table]))
		for _, row := range d[table] {
			b.Write(row[:])
		}
	}
	if err := durable.MkdirAll(filepath.Join(root, rowsDir)); err != nil {
		return "", err
	}
	return hexSum(b.Bytes()), durable.WriteFile(digestPath(root, name), b.Bytes())
}

// keepDigest drops all digests but that of a finished backup.
func keepDigest(root, name string) error {
	entries, err := os.ReadDir(filepath.Join(root, rowsDir))
	for _, e := range entries {
		if e.Name() != name {
			err = errors.Join(err, os.RemoveAll(digestPath(root, e.Name())))
		}
	}
	return err
}

// dropDigest drops the digest of a backup that failed.
func dropDigest(root, name string) error {
	if err := os.Remove(digestPath(root, name)); !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	return nil
}

// readDigest reads the digest of a backup, whose SHA-256 its manifest tells.
func readDigest(root, name, sum string) (digest, error) {
	data, err := os.ReadFile(digestPath(root, name))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, errors.New("the row hashes of " + name + " are missing: nobody can tell which rows went since")
	}
	if err != nil {
		return nil, err
	}
	if hexSum(data) != sum {
		return nil, errors.New("the row hashes of " + name + " were changed")
	}
	d, r := digest{}, bufio.NewReader(bytes.NewReader(data))
	for {
		line, err := r.ReadString('\n')
		if errors.Is(err, io.EOF) && line == "" {
			return d, nil
		}
		table, _, _ := strings.Cut(line, " ")
		var n int
		if _, scanned := fmt.Sscanf(strings.TrimPrefix(line, table), "%d", &n); errors.Join(err, scanned) != nil {
			return nil, errors.Join(err, scanned)
		}
		d[table] = make([][16]byte, n)
		if err := binary.Read(r, binary.BigEndian, d[table]); err != nil {
			return nil, err
		}
	}
}
