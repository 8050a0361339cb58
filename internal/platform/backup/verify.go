package backup

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Verify restores a backup into a scratch folder and compares every file and every row with the manifest. It gives what is
// wrong; nothing means the backup is proven. The scratch folder must be empty or absent and is removed at the end.
func Verify(ctx context.Context, dir, scratch string) (problems []string, err error) {
	m, err := Open(dir)
	if err != nil {
		return nil, err
	}
	have, err := hashTree(ctx, dir)
	if err != nil {
		return nil, err
	}
	for _, name := range slices.Sorted(maps.Keys(m.Files)) {
		switch got, ok := have[name]; {
		case !ok:
			problems = append(problems, name+" is missing")
		case got != m.Files[name]:
			problems = append(problems, fmt.Sprintf("%s changed: %d bytes %s, was %d bytes %s", name, got.Size, got.SHA256, m.Files[name].Size, m.Files[name].SHA256))
		}
	}
	for name := range have {
		if _, ok := m.Files[name]; !ok {
			problems = append(problems, name+" does not belong to the backup")
		}
	}
	rows, err := verifyRows(ctx, m, dir, scratch)
	return append(problems, rows...), err
}

func verifyRows(ctx context.Context, m Manifest, dir, scratch string) (problems []string, err error) {
	if err := emptyDir(scratch); err != nil {
		return nil, err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	path := filepath.Join(scratch, "app.db")
	if err := copyWhole(filepath.Join(dir, "app.db"), path); err != nil {
		return []string{"app.db cannot be restored: " + err.Error()}, nil //nolint:nilerr // a broken backup is an answer, not a failure
	}
	d, err := db.Open(ctx, "sqlite:"+path)
	if err != nil {
		return []string{"app.db cannot be opened: " + err.Error()}, nil //nolint:nilerr // as above
	}
	if err := d.IntegrityCheck(ctx); err != nil {
		return []string{"app.db: " + err.Error()}, d.Close()
	}
	if err := d.Close(); err != nil {
		return nil, err
	}
	tables, err := tablesOf(ctx, path)
	if err != nil {
		return []string{"app.db cannot be read: " + err.Error()}, nil //nolint:nilerr // as above
	}
	for _, name := range slices.Sorted(maps.Keys(m.Tables)) {
		if got := tables[name]; got != m.Tables[name] {
			problems = append(problems, fmt.Sprintf("table %s: %d rows, was %d, or a row changed", name, got.Rows, m.Tables[name].Rows))
		}
	}
	return problems, nil
}

func copyWhole(from, to string) error {
	data, err := os.Open(from)
	if err != nil {
		return err
	}
	defer data.Close()
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = out.ReadFrom(data)
	return errors.Join(err, out.Sync(), out.Close())
}

// emptyDir makes a folder, or refuses one that holds something.
func emptyDir(path string) error {
	entries, err := os.ReadDir(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(entries) > 0 {
		return fmt.Errorf("%s is not empty; nothing is overwritten", path)
	}
	return os.MkdirAll(path, 0o700)
}

// Restore brings a proven backup into an empty data folder and, when url names PostgreSQL, into that empty database.
// migrate makes the tables there.
func Restore(ctx context.Context, dir, data, url string, migrate func(ctx context.Context, d *db.DB) error) (Manifest, error) {
	m, err := Open(dir)
	if err != nil {
		return m, err
	}
	if err := emptyDir(data); err != nil {
		return m, err
	}
	problems, err := Verify(ctx, dir, filepath.Join(data, "verify"))
	if err != nil {
		return m, err
	}
	if len(problems) > 0 {
		return m, fmt.Errorf("the backup is damaged, nothing was restored: %s", problems[0])
	}
	for _, name := range []string{"files", "keys"} {
		if err := copyReal(ctx, filepath.Join(dir, name), filepath.Join(data, name)); err != nil {
			return m, err
		}
	}
	if url == "" {
		return m, errors.Join(copyWhole(filepath.Join(dir, "app.db"), filepath.Join(data, "app.db")), syncDir(data))
	}
	return m, restoreRows(ctx, m, filepath.Join(dir, "app.db"), url, migrate)
}

// copyReal copies without links: a restored file must not share its bytes with the backup.
func copyReal(ctx context.Context, from, to string) error {
	return filepath.WalkDir(from, func(path string, d fs.DirEntry, err error) error {
		if err := errors.Join(err, ctx.Err()); err != nil {
			return err
		}
		name, err := filepath.Rel(from, path)
		if err != nil {
			return err
		}
		if d.IsDir() {
			return os.MkdirAll(filepath.Join(to, name), 0o700)
		}
		return copyWhole(path, filepath.Join(to, name))
	})
}

func restoreRows(ctx context.Context, m Manifest, path, url string, migrate func(context.Context, *db.DB) error) (err error) {
	scratch, err := os.MkdirTemp("", "pendapa-restore-")
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, os.RemoveAll(scratch)) }()
	copied := filepath.Join(scratch, "app.db")
	if err := copyWhole(path, copied); err != nil {
		return err
	}
	from, err := db.Open(ctx, "sqlite:"+copied)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, from.Close()) }()
	to, err := db.Open(ctx, url)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, to.Close()) }()
	if err := migrate(ctx, to); err != nil {
		return err
	}
	names, err := dataTables(ctx, from)
	if err != nil {
		return err
	}
	for _, name := range names {
		t, err := each(ctx, to, name, nil)
		if err == nil && t.Rows > 0 {
			err = errors.New("it holds rows already; restore into an empty database")
		}
		if err != nil {
			return fmt.Errorf("table %s: %w", name, err)
		}
	}
	if _, err := copyRows(ctx, from, to, names); err != nil {
		return err
	}
	for _, name := range names {
		if t, err := each(ctx, to, name, nil); err != nil || t != m.Tables[name] {
			return errors.Join(fmt.Errorf("table %s differs after the restore", name), err)
		}
	}
	return nil
}
