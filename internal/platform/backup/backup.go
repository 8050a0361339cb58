// Package backup copies a running house into one folder and proves that it can be restored from it.
//
// A backup holds app.db (an SQLite file whatever the store is, so that a backup of PostgreSQL restores into SQLite and the
// other way round), files/ (every file a row names, by content), manifest.json (a hash of every file and of the rows of
// every table, the roots of the audit trails, what changed since the backup before) and manifest.sig, the signature of the
// manifest by a key that is in no backup. With recipients every file is encrypted (age) and ends in .age.
//
// A backup shares nothing with the living house: its files are copies. It may share the copy of a file that did not change
// with up to mostShared backups before it, each of which compared that copy with its hash again; then a new copy is made,
// so that two weeks of daily backups hold at least two copies and one rotten sector never takes a file out of all of them.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Source is what is backed up. Migrate makes the tables in an empty store.
type Source struct {
	DB       *db.DB
	Files    string        // folder of the files, by content
	Columns  []blob.Column // whose rows name them
	Fleeting []string      // tables whose rows come and go without an entry in the audit trail
	Migrate  func(ctx context.Context, d *db.DB) error
	Version  string

	// Ready looks at the living house before it is copied; an error stops the backup. nil looks at nothing.
	Ready func(ctx context.Context) error
	// Bad is told of a living file that is not as it was put; nil is not told.
	Bad func(hash, state string)
	// Sign signs the manifest; nil leaves it unsigned.
	Sign func(data []byte) (string, error)
	// Recipients may read the backup; none leaves it plain. Own proves an encrypted one here.
	Recipients []age.Recipient
	Own        *age.X25519Identity
}

// Table is what a table held: rows and a hash over all of them that does not depend on their order.
type Table struct {
	Rows int64  `json:"rows"`
	Hash string `json:"hash"`
}

// File is one file of a backup. Size is in bytes.
type File struct {
	Size   int64  `json:"size"`
	SHA256 string `json:"sha256"`
}

// format is the present form of a backup. Form 0 held the keys and every file of the folder, unsigned.
const format = 2

// Manifest says what a backup holds.
type Manifest struct {
	Format     int                   `json:"format,omitempty"`
	Name       string                `json:"name"`
	At         int64                 `json:"at"` // milliseconds
	Version    string                `json:"version"`
	Store      string                `json:"store"`
	Tables     map[string]Table      `json:"tables"`
	Files      map[string]File       `json:"files"`                // what was backed up
	Stored     map[string]File       `json:"stored,omitempty"`     // what stands in the folder when that is encrypted
	Shared     map[string]int        `json:"shared,omitempty"`     // files whose copy is that of so many backups before
	Columns    []blob.Column         `json:"columns,omitempty"`    // whose rows name files
	Roots      map[string]Root       `json:"roots,omitempty"`      // of the audit trails, by regency
	Readers    string                `json:"readers,omitempty"`    // SHA-256 of the recipients, so that a change of them is seen
	Recipients []string              `json:"recipients,omitempty"` // public keys whose secret ones open it
	Digest     string                `json:"digest,omitempty"`     // SHA-256 of the row hashes kept beside the backups
	Before     string                `json:"before,omitempty"`     // the backup this one was compared with
	Since      map[string]Difference `json:"since,omitempty"`      // what happened to the tables since then
	Doubts     []string              `json:"doubts,omitempty"`     // what nobody can have done, and files that were not to be had
}

const (
	manifestName  = "manifest.json"
	signatureName = "manifest.sig"
	databaseName  = "app.db"
	sealedEnd     = ".age"
	partEnd       = ".part"
	scratchEnd    = ".scratch"
	mostShared    = 6
)

// Bytes adds up all files.
func (m Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// Encrypted reports whether only the recipients can read the backup.
func (m Manifest) Encrypted() bool { return len(m.Stored) > 0 }

// stored gives what stands in the folder: name -> file.
func (m Manifest) stored() map[string]File {
	if m.Encrypted() {
		return m.Stored
	}
	return m.Files
}

// place gives the name under which a file stands in the folder.
func (m Manifest) place(name string) string {
	if m.Encrypted() {
		return name + sealedEnd
	}
	return name
}

func blobName(hash string) string { return "files/" + hash[:2] + "/" + hash[2:] }

// Make copies the house into a new folder below root. The folder has its final name only when all of it is on the disk.
// What an earlier run that was killed left behind is removed; two runs at the same time are refused. A backup of a house
// that is damaged is made all the same and says so in Doubts.
func Make(ctx context.Context, src Source, root string, now time.Time) (m Manifest, err error) {
	if err := durable.MkdirAll(root); err != nil {
		return m, err
	}
	unlock, err := lockRoot(root)
	if err != nil {
		return m, err
	}
	defer func() { err = errors.Join(err, unlock()) }()
	if err := clear(root); err != nil {
		return m, err
	}
	if src.Ready != nil {
		if err := src.Ready(ctx); err != nil {
			return m, err
		}
	}
	m = Manifest{Format: format, Name: "pendapa-" + now.UTC().Format("20060102-150405"), At: now.UnixMilli(), Version: src.Version,
		Store: string(src.DB.Dialect()), Columns: src.Columns, Readers: readers(src.Recipients, src.Own), Recipients: public(src.Recipients), Files: map[string]File{}, Shared: map[string]int{}}
	if _, err := os.Lstat(filepath.Join(root, m.Name)); err == nil {
		return m, fmt.Errorf("%s is there already: wait a second", m.Name)
	}
	part := filepath.Join(root, m.Name+partEnd)
	if err := os.Mkdir(part, 0o700); err != nil {
		return m, err
	}
	if err = fill(ctx, src, root, part, &m); err == nil {
		err = durable.Rename(part, filepath.Join(root, m.Name))
	}
	if err != nil {
		return m, errors.Join(err, os.RemoveAll(part), dropDigest(root, m.Name))
	}
	return m, keepDigest(root, m.Name)
}

// clear removes what killed runs left behind.
func clear(root string) error {
	entries, err := os.ReadDir(root)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if name := e.Name(); strings.HasSuffix(name, partEnd) || strings.HasPrefix(name, ".pendapa-") && strings.HasSuffix(name, scratchEnd) {
			if err := os.RemoveAll(filepath.Join(root, name)); err != nil {
				return err
			}
		}
	}
	return nil
}

// fill puts everything into the new folder and writes the manifest last.
func fill(ctx context.Context, src Source, root, part string, m *Manifest) (err error) {
	before, err := newest(root)
	if err != nil {
		return err
	}
	work := filepath.Join(root, "."+m.Name+scratchEnd)
	if err := os.Mkdir(work, 0o700); err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(work)) }()
	path := filepath.Join(work, databaseName)
	lived, err := copyStore(ctx, src, path)
	if err != nil {
		return fmt.Errorf("database: %w", err)
	}
	have, err := read(ctx, path, src.Columns)
	if err != nil {
		return fmt.Errorf("database copy: %w", err)
	}
	m.Tables, m.Roots = have.tables, have.roots
	for name, t := range lived {
		if have.tables[name] != t {
			return fmt.Errorf("table %s differs in the copy", name)
		}
	}
	c := copier{src: src, root: root, part: part, before: before, m: m}
	if err := c.database(path); err != nil {
		return err
	}
	if err := c.files(ctx, have.files); err != nil {
		return err
	}
	var doubts []string
	if m.Since, doubts, err = compare(ctx, src, root, path, before, have); err != nil {
		return err
	}
	if m.Doubts = append(m.Doubts, doubts...); before != nil {
		m.Before = before.Name
	}
	if m.Digest, err = have.digest.write(root, m.Name); err != nil {
		return err
	}
	return finish(src, part, *m)
}

// finish makes everything durable and writes the manifest and its signature.
func finish(src Source, part string, m Manifest) error {
	data, err := m.marshal()
	if err != nil {
		return err
	}
	if err := durable.WriteFile(filepath.Join(part, manifestName), data); err != nil {
		return err
	}
	if src.Sign != nil {
		signed, err := src.Sign(data)
		if err != nil {
			return err
		}
		if err := durable.WriteFile(filepath.Join(part, signatureName), []byte(signed)); err != nil {
			return err
		}
	}
	return durable.SyncTree(part)
}

func hexSum(data []byte) string {
	sum := sha256.Sum256(data)
	return hex.EncodeToString(sum[:])
}

// names lists the finished backups below root, newest first.
func names(root string) ([]string, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []string
	for _, e := range entries {
		if e.IsDir() && !strings.HasPrefix(e.Name(), ".") && !strings.HasSuffix(e.Name(), partEnd) {
			if _, err := os.Stat(filepath.Join(root, e.Name(), manifestName)); err == nil {
				out = append(out, e.Name())
			}
		}
	}
	slices.Sort(out)
	slices.Reverse(out)
	return out, err
}

// newest opens the newest backup below root, nil when there is none.
func newest(root string) (*Manifest, error) {
	all, err := names(root)
	for _, name := range all {
		if m, err := Open(filepath.Join(root, name)); err == nil {
			return &m, nil
		}
	}
	return nil, err
}

// List gives the finished backups below root, newest first.
func List(root string) ([]Manifest, error) {
	all, err := names(root)
	var out []Manifest
	for _, name := range all {
		if m, err := Open(filepath.Join(root, name)); err == nil {
			out = append(out, m)
		}
	}
	return out, err
}

// Open reads what a backup says it holds.
func Open(dir string) (m Manifest, err error) {
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return m, fmt.Errorf("%s is no backup: %w", dir, err)
	}
	if err := json.Unmarshal(data, &m); err != nil {
		return m, fmt.Errorf("%s: %w", filepath.Join(dir, manifestName), err)
	}
	if m.Format > format {
		return m, fmt.Errorf("%s was made by a newer Pendapa (%s); use that one or a newer one", dir, m.Version)
	}
	return m, nil
}

// Prune removes the oldest backups so that keep remain.
func Prune(root string, keep int) error {
	all, err := names(root)
	if err != nil || keep < 1 || len(all) <= keep {
		return err
	}
	var failed []error
	for _, name := range all[keep:] {
		failed = append(failed, os.RemoveAll(filepath.Join(root, name)))
	}
	return errors.Join(failed...)
}
