package backup

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/durable"
)

// Check says how a backup is looked at.
type Check struct {
	// Key is the public key that must have signed the manifest, CheckSignature compares. "" asks for no signature.
	Key            string
	CheckSignature func(key string, data []byte, signature string) error
	Identities     []age.Identity // open an encrypted backup
	// Prove looks at the restored store, for example at the audit trail, and tells what is wrong; nil looks at nothing.
	Prove func(ctx context.Context, d *db.DB) ([]string, error)
}

// Verify restores a backup into a scratch folder and proves it: the signature, every stored byte, every row, every file
// that a row names, the roots of the audit trails. It gives what is wrong; nothing means the backup is proven. The scratch
// folder must be empty or absent and is removed at the end.
func Verify(ctx context.Context, dir, scratch string, c Check) (problems []string, err error) {
	m, err := Open(dir)
	if err != nil {
		return nil, err
	}
	if p, err := signature(dir, c); err != nil || p != "" {
		return []string{p}, err // nothing else in it can be believed
	}
	if problems, err = stored(ctx, m, dir); err != nil {
		return nil, err
	}
	if err := emptyDir(scratch); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	rows, err := verifyRows(ctx, m, dir, filepath.Join(scratch, databaseName), c)
	return append(append(problems, rows...), m.Doubts...), err
}

// signature compares the signature of the manifest with the key.
func signature(dir string, c Check) (problem string, err error) {
	if c.Key == "" {
		return "", nil
	}
	data, err := os.ReadFile(filepath.Join(dir, manifestName))
	if err != nil {
		return "", err
	}
	signed, err := os.ReadFile(filepath.Join(dir, signatureName))
	if errors.Is(err, fs.ErrNotExist) {
		return "the manifest is not signed", nil
	}
	if err != nil {
		return "", err
	}
	if err := c.CheckSignature(c.Key, data, string(signed)); err != nil {
		return "the manifest: " + err.Error(), nil
	}
	return "", nil
}

// stored reads every file of the folder and compares it with the manifest.
func stored(ctx context.Context, m Manifest, dir string) (problems []string, err error) {
	want := m.stored()
	have := map[string]bool{}
	err = filepath.WalkDir(dir, func(path string, d fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil || d.IsDir() {
			return err
		}
		rel, err := filepath.Rel(dir, path)
		if err != nil || rel == manifestName || rel == signatureName {
			return err
		}
		name := filepath.ToSlash(rel)
		have[name] = true
		f, known := want[name]
		if !known {
			problems = append(problems, name+" does not belong to the backup")
			return nil
		}
		got, err := hashFile(path)
		if err != nil {
			problems = append(problems, name+" cannot be read: "+err.Error())
		} else if got != f {
			problems = append(problems, fmt.Sprintf("%s changed: %d bytes %s, was %d bytes %s", name, got.Size, got.SHA256, f.Size, f.SHA256))
		}
		return nil
	})
	for _, name := range slices.Sorted(maps.Keys(want)) {
		if !have[name] {
			problems = append(problems, name+" is missing")
		}
	}
	return problems, err
}

func verifyRows(ctx context.Context, m Manifest, dir, path string, c Check) (problems []string, err error) {
	if err := m.extract(dir, databaseName, path, c.Identities); err != nil {
		return []string{"app.db cannot be restored: " + err.Error()}, nil //nolint:nilerr // a broken backup is an answer, not a failure
	}
	have, err := read(ctx, path, m.Columns)
	if err != nil {
		return []string{"app.db cannot be read: " + err.Error()}, ctx.Err()
	}
	for _, name := range slices.Sorted(maps.Keys(m.Tables)) {
		if got := have.tables[name]; got != m.Tables[name] {
			problems = append(problems, fmt.Sprintf("table %s: %d rows, was %d, or a row changed", name, got.Rows, m.Tables[name].Rows))
		}
	}
	if m.Format == format && !maps.Equal(have.roots, m.Roots) {
		problems = append(problems, "the roots of the audit trails are not those of the manifest")
	}
	problems = append(problems, m.unfiled(have.files)...)
	if c.Prove == nil {
		return problems, nil
	}
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return nil, err
	}
	more, err := c.Prove(ctx, d)
	return append(problems, more...), errors.Join(err, d.Close())
}

// unfiled tells which rows name a file that the backup does not hold with that hash.
func (m Manifest) unfiled(hashes []string) (problems []string) {
	for _, h := range hashes {
		if len(h) < 3 {
			continue // told of as a doubt
		}
		if f, ok := m.Files[blobName(h)]; (!ok || f.SHA256 != h) && !slices.ContainsFunc(m.Doubts, func(d string) bool { return strings.Contains(d, h) }) {
			problems = append(problems, "a row names the file "+h+", which is not in the backup")
		}
	}
	return problems
}

// extract writes a file of the backup, as it was backed up, to a new place and compares it with the manifest.
func (m Manifest) extract(dir, name, to string, ids []age.Identity) (err error) {
	r, err := m.open(dir, name, ids...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return err
	}
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	got, err := copyHashed(out, r)
	if err = errors.Join(err, out.Close()); err == nil && got != m.Files[name] {
		err = fmt.Errorf("%s is not what was backed up", name)
	}
	return err
}

func copyHashed(w io.Writer, r io.Reader) (File, error) { return hashReader(io.TeeReader(r, w)) }

// emptyDir makes a folder, or refuses one that holds something.
func emptyDir(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty; nothing is overwritten", path)
	}
	return durable.MkdirAll(path)
}
