package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// apart refuses a key folder inside a folder that is copied away, and one that holds such a folder.
func apart(o Options) error {
	dir, err := resolved(o.Dir)
	if err != nil {
		return err
	}
	for _, other := range append([]string{o.Data}, o.Apart...) {
		if other == "" {
			continue
		}
		place, err := resolved(other)
		if err != nil {
			return err
		}
		if inside(dir, place) || inside(place, dir) {
			return fmt.Errorf("keys: the key folder %s and %s must not lie in each other: a copy of one would hold the other; "+
				"name another folder with the setting keys", o.Dir, other)
		}
	}
	return nil
}

// inside reports whether a is b or lies below it.
func inside(a, b string) bool {
	way, err := filepath.Rel(b, a)
	return err == nil && way != ".." && !strings.HasPrefix(way, ".."+string(filepath.Separator))
}

// resolved follows links of the part of a path that exists.
func resolved(path string) (string, error) {
	whole, err := filepath.Abs(path)
	if err != nil {
		return "", err
	}
	rest := ""
	for at := whole; ; at = filepath.Dir(at) {
		found, err := filepath.EvalSymlinks(at)
		if err == nil {
			return filepath.Join(found, rest), nil
		}
		if !errors.Is(err, fs.ErrNotExist) || at == filepath.Dir(at) {
			return "", err
		}
		rest = filepath.Join(filepath.Base(at), rest)
	}
}

// private makes the folder, or makes sure that it is ours alone. A folder that holds something else is not touched.
func private(dir string) error {
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		if err := durable.MkdirAll(dir); err != nil {
			return fmt.Errorf("make the key folder: %w; name a folder this user may write with the setting keys", err)
		}
		return nil
	}
	if err != nil {
		return err
	}
	if !info.IsDir() {
		return fmt.Errorf("keys: %s is no folder", dir)
	}
	if info.Mode().Perm()&0o077 == 0 {
		return nil
	}
	entries, err := os.ReadDir(dir)
	if err != nil {
		return err
	}
	for _, e := range entries {
		if !ours(e.Name()) {
			return fmt.Errorf("keys: others can open the key folder %s, and it holds more than keys (%s); "+
				"give the keys a folder of their own or run chmod 700 on it", dir, e.Name())
		}
	}
	return os.Chmod(dir, 0o700)
}

func ours(name string) bool {
	return strings.HasSuffix(name, ".key") || strings.HasSuffix(name, ".pub") || strings.HasSuffix(name, ".new") || strings.HasPrefix(name, ".new-")
}

// Within reports whether a folder is another one or lies in it, with links followed. An empty name lies nowhere.
func Within(folder, other string) bool {
	if folder == "" || other == "" {
		return false
	}
	a, errA := resolved(folder)
	b, errB := resolved(other)
	return errA == nil && errB == nil && inside(a, b)
}
