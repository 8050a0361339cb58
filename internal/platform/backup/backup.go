// Package backup copies a running house into one folder and proves that it can be restored from it.
//
// A backup holds app.db (an SQLite file whatever the store is, so that a backup of PostgreSQL restores into SQLite and the
// other way round), files/ (the evidence by content), keys/ (which sign the audit trail) and manifest.json with a hash of
// every file and of the rows of every table. Verify restores into a scratch folder and compares everything.
package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Source is what is backed up. Migrate makes the tables in an empty store.
type Source struct {
	DB          *db.DB
	Files, Keys string
	Migrate     func(ctx context.Context, d *db.DB) error
	Version     string
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

// Manifest says what a backup holds.
type Manifest struct {
	Name    string           `json:"name"`
	At      int64            `json:"at"` // milliseconds
	Version string           `json:"version"`
	Store   string           `json:"store"`
	Tables  map[string]Table `json:"tables"`
	Files   map[string]File  `json:"files"`
}

const manifestName = "manifest.json"

// Bytes adds up all files.
func (m Manifest) Bytes() (n int64) {
	for _, f := range m.Files {
		n += f.Size
	}
	return n
}

// Make copies the house into a new folder below root. The folder has its final name only when all of it is on the disk.
func Make(ctx context.Context, src Source, root string, now time.Time) (m Manifest, err error) {
	m = Manifest{Name: "pendapa-" + now.UTC().Format("20060102-150405"), At: now.UnixMilli(), Version: src.Version, Store: string(src.DB.Dialect()), Files: map[string]File{}}
	final := filepath.Join(root, m.Name)
	part := final + ".part"
	if err := os.MkdirAll(root, 0o700); err != nil {
		return m, err
	}
	if err := errors.Join(os.RemoveAll(part), os.Mkdir(part, 0o700)); err != nil {
		return m, err
	}
	defer func() {
		if err != nil {
			err = errors.Join(err, os.RemoveAll(part))
		}
	}()
	if m.Tables, err = copyStore(ctx, src, filepath.Join(part, "app.db")); err != nil {
		return m, fmt.Errorf("database: %w", err)
	}
	for name, dir := range map[string]string{"files": src.Files, "keys": src.Keys} {
		if err := copyTree(ctx, dir, filepath.Join(part, name)); err != nil {
			return m, fmt.Errorf("%s: %w", name, err)
		}
	}
	if m.Files, err = hashTree(ctx, part); err != nil {
		return m, err
	}
	data, err := json.MarshalIndent(m, "", "  ")
	if err != nil {
		return m, err
	}
	if err := writeSynced(filepath.Join(part, manifestName), data); err != nil {
		return m, err
	}
	return m, errors.Join(os.Rename(part, final), syncDir(root))
}

func writeSynced(path string, data []byte) error {
	f, err := os.OpenFile(path, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	return errors.Join(err, f.Sync(), f.Close())
}

func syncDir(path string) error {
	d, err := os.Open(path)
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// copyTree copies a folder; a folder that is absent is empty. Uploads that are still coming in are left out.
func copyTree(ctx context.Context, from, to string) error {
	if err := os.MkdirAll(to, 0o700); err != nil {
		return err
	}
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if errors.Is(err, fs.ErrNotExist) {
			return nil
		}
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			if name == "tmp" {
				return filepath.SkipDir
			}
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		return copyFile(path, filepath.Join(to, name))
	})
}

// copyFile links a file where the disk allows it, because evidence never changes; else it copies and syncs.
func copyFile(from, to string) (err error) {
	if os.Link(from, to) == nil {
		return nil
	}
	in, err := os.Open(from)
	if errors.Is(err, fs.ErrNotExist) {
		return nil // swept while we walked: no row names it
	}
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, in.Close()) }()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = io.Copy(out, in)
	return errors.Join(err, out.Sync(), out.Close())
}

func hashTree(ctx context.Context, root string) (map[string]File, error) {
	out := map[string]File{}
	return out, filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		name, err := filepath.Rel(root, path)
		if err != nil || name == manifestName {
			return err
		}
		f, err := hashFile(path)
		out[filepath.ToSlash(name)] = f
		return err
	})
}

func hashFile(path string) (out File, err error) {
	f, err := os.Open(path)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	h := sha256.New()
	n, err := io.Copy(h, f)
	return File{Size: n, SHA256: hex.EncodeToString(h.Sum(nil))}, err
}

// List gives the finished backups below root, newest first.
func List(root string) ([]Manifest, error) {
	entries, err := os.ReadDir(root)
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	var out []Manifest
	for _, e := range entries {
		if !e.IsDir() || strings.HasSuffix(e.Name(), ".part") {
			continue
		}
		m, err := Open(filepath.Join(root, e.Name()))
		if err == nil {
			out = append(out, m)
		}
	}
	slices.SortFunc(out, func(a, b Manifest) int { return strings.Compare(b.Name, a.Name) })
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
	return m, nil
}

// Prune removes the oldest backups so that keep remain.
func Prune(root string, keep int) error {
	all, err := List(root)
	if err != nil || keep < 1 || len(all) <= keep {
		return err
	}
	var failed []error
	for _, m := range all[keep:] {
		failed = append(failed, os.RemoveAll(filepath.Join(root, m.Name)))
	}
	return errors.Join(failed...)
}
