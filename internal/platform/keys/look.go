package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
)

// Look tells what is wrong with the keys of a house that has been started before. Nothing is made, changed or taken over.
func Look(o Options) (wrong []error) {
	if err := apart(o); err != nil {
		wrong = append(wrong, err)
	}
	info, err := os.Stat(o.Dir)
	switch {
	case errors.Is(err, fs.ErrNotExist): // what is missing from it is told below
	case err != nil:
		return append(wrong, err)
	case !info.IsDir():
		return append(wrong, fmt.Errorf("%s is no folder", o.Dir))
	case info.Mode().Perm()&0o077 != 0:
		wrong = append(wrong, fmt.Errorf("others can open the key folder %s; run chmod 700 on it", o.Dir))
	}
	for _, name := range []string{AuditKey, BackupKey, WitnessKey, SealKey} {
		check := checkSigning
		if name == SealKey {
			check = checkSeal
		}
		if err := lookAt(o, name, check); err != nil {
			wrong = append(wrong, err)
		}
	}
	return wrong
}

// Peek reads the keys and makes, moves and closes nothing; Open is for the server.
func Peek(o Options) (*Ring, error) {
	r := &Ring{dir: o.Dir}
	for name, into := range map[string]*Signing{AuditKey: &r.audit, BackupKey: &r.backup, WitnessKey: &r.witness} {
		text, err := peek(o, name)
		if err == nil {
			*into, err = ParseSigning(text)
		}
		if err != nil {
			return nil, err
		}
	}
	text, err := peek(o, SealKey)
	if err != nil {
		return nil, err
	}
	r.box, err = parseBox(text)
	return r, err
}

// peek reads a key as it stands there.
func peek(o Options, name string) (string, error) {
	for _, dir := range []string{o.Credentials, o.Dir} {
		if dir == "" {
			continue
		}
		data, err := os.ReadFile(filepath.Join(dir, name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return strings.TrimSpace(string(data)), err
		}
	}
	return "", fs.ErrNotExist
}

func lookAt(o Options, name string, check func(string) error) error {
	if o.Credentials != "" {
		if data, err := os.ReadFile(filepath.Join(o.Credentials, name)); err == nil {
			return check(strings.TrimSpace(string(data)))
		}
	}
	path := filepath.Join(o.Dir, name)
	info, err := os.Lstat(path)
	if errors.Is(err, fs.ErrNotExist) {
		if _, old := os.Lstat(filepath.Join(o.Data, "keys", name)); old == nil {
			return nil // an older program left it there; the next start takes it over
		}
		return fmt.Errorf("the key %s is gone; bring the key folder back from your copy or recovery sheet", path)
	}
	if err != nil {
		return err
	}
	if info.Mode().Perm()&0o077 != 0 {
		return fmt.Errorf("others can read %s; run chmod 600 on it", path)
	}
	data, err := os.ReadFile(path)
	if err != nil {
		return err
	}
	if check(strings.TrimSpace(string(data))) != nil {
		return fmt.Errorf("the key %s is damaged; bring the key folder back from your copy or recovery sheet", path)
	}
	return nil
}
