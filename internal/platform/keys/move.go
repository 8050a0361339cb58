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

// oldPlace is where older versions kept the only key they had, beside the data it signs.
func oldPlace(o Options, name string) string {
	if o.Data == "" || name != AuditKey {
		return ""
	}
	return filepath.Join(o.Data, "keys", name)
}

func oldText(o Options, name string) (string, error) {
	path := oldPlace(o, name)
	if path == "" {
		return "", nil
	}
	data, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return "", nil
	}
	return strings.TrimSpace(string(data)), err
}

// takeOver moves the key of an older version into the key folder: it is removed from the data only when it stands, synced,
// in its new place. Half a key, left by a crash in a first start, is no key.
func takeOver(o Options, name string, check func(string) error) (string, error) {
	text, err := oldText(o, name)
	if err != nil || text == "" || check(text) != nil {
		return "", err
	}
	if err := durable.WriteFile(filepath.Join(o.Dir, name), []byte(text+"\n")); err != nil {
		return "", err
	}
	return text, removeOld(o, name)
}

// leaveOld ends a move that a crash interrupted, and refuses two different keys: nobody but the operator knows which one
// belongs to this house.
func leaveOld(o Options, name, text string) error {
	old, err := oldText(o, name)
	if err != nil {
		return err
	}
	if old != "" && old != text && checkSigning(old) == nil {
		return fmt.Errorf("keys: %s and %s hold different keys; move away the one that does not belong to this house",
			oldPlace(o, name), filepath.Join(o.Dir, name))
	}
	return removeOld(o, name)
}

func removeOld(o Options, name string) error {
	path := oldPlace(o, name)
	if path == "" {
		return nil
	}
	if _, err := os.Lstat(filepath.Dir(path)); errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	for _, one := range []string{path, strings.TrimSuffix(path, ".key") + ".pub"} {
		if err := os.Remove(one); err != nil && !errors.Is(err, fs.ErrNotExist) {
			return err
		}
	}
	if err := durable.SyncDir(filepath.Dir(path)); err != nil {
		return err
	}
	_ = os.Remove(filepath.Dir(path)) // stays when it holds something else
	return nil
}
