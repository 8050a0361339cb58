// Package keys keeps the secrets of an installation in a folder of its own, outside the data and the backups: who copies
// the data or a backup holds no key, and who forges the data cannot sign it.
//
// The folder holds one small text file per key: audit.key signs checkpoints of the audit trail, backup.key signs the
// manifests of backups, witness.key cosigns the trails of others, seal.key seals secrets that must stand in the store
// (Box). A credential of systemd with the same name wins over the file. Folder and files belong to the server alone
// (0700, 0600). A key is written whole or not at all, also when the power fails.
package keys

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"path/filepath"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
)

// The names of the keys, which are also the names of their files.
const (
	AuditKey   = "audit.key"
	BackupKey  = "backup.key"
	WitnessKey = "witness.key"
	SealKey    = "seal.key"
)

// Options says where the keys are and what they must stay apart from.
type Options struct {
	Dir         string   // the key folder
	Data        string   // the data folder; its keys/ of older versions is taken over
	Apart       []string // more folders the keys must not be in: backups, copies
	Credentials string   // $CREDENTIALS_DIRECTORY of systemd, "" when there is none

	// Used tells whether the store already holds something that was made with this key; then a key that is gone or
	// damaged is not made anew. nil means nothing was.
	Used func(name string) (bool, error)
	// Mine refuses a signing key of the trail that is another than the one that signed it. It is asked before anything is
	// written about the key; nil takes any.
	Mine func(Signing) error
	// AcceptLoss makes a new key also where the old one was used and is gone. What only the old key opens stays closed.
	AcceptLoss bool
}

// Ring is the set of keys of an installation.
type Ring struct {
	dir                    string
	made                   []string
	audit, backup, witness Signing
	box                    *Box
}

// Beside gives the folder that is used when none is named: next to the data folder, with "-keys" after its name.
func Beside(data string) string {
	whole, err := filepath.Abs(data)
	if err != nil {
		whole = filepath.Clean(data)
	}
	return whole + "-keys"
}

// Open reads the keys and makes those that an empty house does not have yet. It refuses a folder inside the data or the
// backups, and a key that is gone or damaged while the store still needs it; the error says what to do.
func Open(o Options) (*Ring, error) {
	if err := apart(o); err != nil {
		return nil, err
	}
	if err := private(o.Dir); err != nil {
		return nil, err
	}
	r := &Ring{dir: o.Dir}
	for _, k := range []struct {
		name, signer string
		into         *Signing
	}{
		{AuditKey, "pendapa-audit", &r.audit},
		{BackupKey, "pendapa-backup", &r.backup},
		{WitnessKey, "", &r.witness},
	} {
		text, err := r.load(o, k.name, func() (string, error) { return newSigning(k.signer) }, checkSigning)
		if err != nil {
			return nil, err
		}
		if *k.into, err = ParseSigning(text); err != nil {
			return nil, err
		}
	}
	text, err := r.load(o, SealKey, newSeal, checkSeal)
	if err != nil {
		return nil, err
	}
	if r.box, err = parseBox(text); err != nil {
		return nil, err
	}
	r.box.reload = func() (string, error) { return read(o, SealKey) }
	if o.Mine != nil && !o.AcceptLoss {
		if err := o.Mine(r.audit); err != nil {
			return nil, err
		}
	}
	return r, r.publish()
}

// Audit signs the checkpoints of the audit trail.
func (r *Ring) Audit() Signing { return r.audit }

// Backup signs the manifests of backups.
func (r *Ring) Backup() Signing { return r.backup }

// Witness cosigns the checkpoints of other installations.
func (r *Ring) Witness() Signing { return r.witness }

// Box seals secrets that must stand in the store.
func (r *Ring) Box() *Box { return r.box }

// Dir is the key folder.
func (r *Ring) Dir() string { return r.dir }

// Made names the keys that this Open made anew, for the log.
func (r *Ring) Made() []string { return slices.Clone(r.made) }

// publish writes the public part beside each secret one, to be handed to whoever verifies.
func (r *Ring) publish() error {
	for name, s := range map[string]Signing{AuditKey: r.audit, BackupKey: r.backup, WitnessKey: r.witness} {
		path := filepath.Join(r.dir, strings.TrimSuffix(name, ".key")+".pub")
		have, err := os.ReadFile(path)
		text := s.Public + "\n"
		if name == AuditKey && err == nil {
			text = published(s.Public, string(have))
		}
		if err == nil && string(have) == text {
			continue
		}
		if err := durable.WriteFile(path, []byte(text)); err != nil {
			return err
		}
	}
	return nil
}

// load finds a key: a credential of systemd, the file, the place of older versions; else it makes one.
func (r *Ring) load(o Options, name string, fresh func() (string, error), check func(string) error) (string, error) {
	text, err := read(o, name)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return "", err
	}
	if text != "" && check(text) == nil {
		return text, leaveOld(o, name, text)
	}
	if old, err := takeOver(o, name, check); err != nil || old != "" {
		return old, err
	}
	if err := r.mayMake(o, name, errors.Is(err, fs.ErrNotExist)); err != nil {
		return "", err
	}
	if text, err = fresh(); err != nil {
		return "", err
	}
	r.made = append(r.made, name)
	return text, durable.WriteFile(filepath.Join(o.Dir, name), []byte(text+"\n"))
}

// mayMake refuses to replace a key that the store still needs.
func (r *Ring) mayMake(o Options, name string, gone bool) error {
	if o.Used == nil || o.AcceptLoss {
		return nil
	}
	used, err := o.Used(name)
	if err != nil || !used {
		return err
	}
	what := "is damaged"
	if gone {
		what = "is gone"
	}
	return fmt.Errorf("the key %s %s, and this house was made with it: bring the key folder back from your copy or recovery sheet, "+
		"or name the right one with the setting keys; pendapa keys replace --accept-loss makes new keys and says what is lost",
		filepath.Join(o.Dir, name), what)
}

// read gives the text of a key without its line end. A file that others can read is made private.
func read(o Options, name string) (string, error) {
	if o.Credentials != "" {
		data, err := os.ReadFile(filepath.Join(o.Credentials, name))
		if err == nil || !errors.Is(err, fs.ErrNotExist) {
			return strings.TrimSpace(string(data)), err
		}
	}
	path := filepath.Join(o.Dir, name)
	info, err := os.Lstat(path)
	if err != nil {
		return "", err
	}
	if !info.Mode().IsRegular() {
		return "", fmt.Errorf("%s is no plain file; keys are not followed through links", path)
	}
	if info.Mode().Perm()&0o077 != 0 {
		if err := os.Chmod(path, 0o600); err != nil {
			return "", fmt.Errorf("others can read %s: %w; run chmod 600 on it", path, err)
		}
	}
	data, err := os.ReadFile(path)
	return strings.TrimSpace(string(data)), err
}
