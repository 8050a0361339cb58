package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// proofOptions are the flags that say by what a backup is believed and opened.
type proofOptions struct {
	*options
	key, identity string
	unsigned      bool
}

func newProofOptions(name string, stderr io.Writer) *proofOptions {
	p := &proofOptions{options: newOptions(name, stderr)}
	p.flags.StringVar(&p.key, "key", "", "file with the public key that signed the backup (backup.pub); default: the one in the key folder")
	p.flags.StringVar(&p.identity, "identity", "", "file with the secret key of a recipient, for an encrypted backup")
	p.flags.BoolVar(&p.unsigned, "without-key", false, "believe a backup without its signature: one of the first form, or when the public key is lost")
	return p
}

// check gives what the backup is compared with. A key that is nowhere is an error: without it nobody can tell a backup from
// a forged one.
func (p *proofOptions) check() (c backup.Check, err error) {
	c.Prove = func(ctx context.Context, d *db.DB) ([]string, error) { return nil, notNewer(ctx, d) }
	if c.Identities, err = backup.ReadIdentities(p.identity); err != nil || p.unsigned {
		return c, err
	}
	path := p.key
	if path == "" {
		l, err := p.load()
		if err != nil {
			return c, err
		}
		path = filepath.Join(l.Keys, "backup.pub")
	}
	key, err := os.ReadFile(path)
	if errors.Is(err, fs.ErrNotExist) {
		return c, fmt.Errorf("there is no public key in %s: name it with --key FILE, or say --without-key to believe an unproven backup", path)
	}
	c.Key, c.CheckSignature = string(key), app.CheckSignature
	return c, err
}

// cmdVerify restores a backup into a scratch place and compares every row and file.
func cmdVerify(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	p := newProofOptions("verify", stderr)
	words, err := p.parse(args)
	if err != nil || len(words) != 1 {
		fmt.Fprintln(stderr, "usage: pendapa verify FOLDER [--key FILE | --without-key] [--identity FILE]")
		return 2
	}
	c, err := p.check()
	if err == nil {
		err = verifyBackup(ctx, words[0], c, stdout)
	}
	return status(ctx, "verify", stderr, err)
}

func verifyBackup(ctx context.Context, dir string, c backup.Check, stdout io.Writer) (err error) {
	scratch, err := os.MkdirTemp("", "pendapa-verify-")
	if err != nil {
		return err
	}
	problems, err := backup.Verify(ctx, dir, scratch, c)
	for _, p := range problems {
		fmt.Fprintln(stdout, p)
	}
	if err != nil {
		return err
	}
	if len(problems) > 0 {
		return errors.New("this backup is not proven; see above what is wrong and what to do")
	}
	signed := "signed by " + keys.Fingerprint(c.Key)
	if c.Key == "" {
		signed = "its signature was not looked at"
	}
	_, err = fmt.Fprintf(stdout, "proven: every row and file is as it was backed up; %s\n", signed)
	return err
}

// cmdRestore brings a backup or the continuous copy into an empty folder; a backup also into an empty PostgreSQL database.
func cmdRestore(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	p := newProofOptions("restore", stderr)
	from := p.flags.String("from", "", "place of a continuous copy, instead of the folder of a backup; how it is reached stands in the settings")
	until := p.flags.String("until", "", "with --from: an earlier moment, for example 2026-11-28T07:30:00+07:00")
	words, err := p.parse(args)
	if err != nil || p.data == "" || (len(words) == 1) == (*from != "") || len(words) > 1 || *from != "" && p.database != "" {
		fmt.Fprintln(stderr, "usage: pendapa restore FOLDER --data NEW-FOLDER [--database postgres://...] [--key FILE | --without-key] [--identity FILE]")
		fmt.Fprintln(stderr, "       pendapa restore --from COPY --data NEW-FOLDER [--until TIME] [--key FILE | --without-key] [--identity FILE]")
		return 2
	}
	c, err := p.check()
	switch {
	case err != nil:
	case *from != "":
		err = restoreCopy(ctx, *from, *until, p.options, c, stdout)
	default:
		err = restoreBackup(ctx, words[0], p.options, c, stdout)
	}
	return status(ctx, "restore", stderr, err)
}

func restoreBackup(ctx context.Context, dir string, o *options, c backup.Check, stdout io.Writer) error {
	m, err := backup.Restore(ctx, dir, o.data, o.database, migrateAll, c)
	if err != nil {
		return err
	}
	for _, d := range m.Doubts {
		fmt.Fprintln(stdout, "known before the restore:", d)
	}
	fmt.Fprintf(stdout, "restored %s into %s: %d tables, %d files\n", m.Name, o.data, len(m.Tables), len(m.Files))
	_, err = fmt.Fprintf(stdout, "a backup holds no keys: put the key folder of this house to %s, or name it with the setting keys\n", keys.Beside(o.data))
	return err
}

func restoreCopy(ctx context.Context, from, until string, o *options, c backup.Check, stdout io.Writer) (err error) {
	dest, err := o.openCopy(from)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, dest.Close()) }()
	var end replica.Until
	if until != "" {
		at, err := time.Parse(time.RFC3339, until)
		if err != nil {
			return fmt.Errorf("--until is written like 2026-11-28T07:30:00+07:00: %w", err)
		}
		end.At = at.UnixMilli()
	}
	trust := replica.Trust{Identities: c.Identities, Prove: notNewer}
	if c.Key != "" {
		trust.Check = app.CheckCopySignature(c.Key)
	}
	p, err := replica.Restore(ctx, dest, o.data, end, trust)
	if err != nil {
		return err
	}
	for _, hash := range p.Missing {
		fmt.Fprintln(stdout, "not in the copy: file", hash)
	}
	fmt.Fprintf(stdout, "restored the house as it was at %s into %s: %d segments\n", time.UnixMilli(p.At).UTC().Format(time.RFC3339), o.data, p.Segments)
	_, err = fmt.Fprintf(stdout, "a copy holds no keys: put the key folder of this house to %s, or name it with the setting keys\n", keys.Beside(o.data))
	return err
}

// openCopy reaches a continuous copy by the settings, at the place that is named.
func (o *options) openCopy(place string) (replica.Dest, error) {
	l, err := o.load()
	if err != nil {
		return nil, err
	}
	a := l.CopyAddress()
	if a.URL = place; !strings.Contains(place, "://") {
		if a.URL, err = filepath.Abs(place); err != nil {
			return nil, err
		}
	}
	return a.Open()
}

// pagesFrom restores the rows of a continuous copy into a scratch file when a repair names the place of one. clean removes
// the file.
func (o *options) pagesFrom(ctx context.Context, how db.Repair, identity string) (out db.Repair, clean func(), err error) {
	clean = func() {}
	if info, err := os.Stat(how.Copy); how.Copy == "" || err == nil && info.Mode().IsRegular() {
		return how, clean, nil
	}
	dest, err := o.openCopy(how.Copy)
	if err != nil {
		return how, clean, err
	}
	defer func() { err = errors.Join(err, dest.Close()) }()
	scratch, err := os.MkdirTemp("", "pendapa-copy-")
	if err != nil {
		return how, clean, err
	}
	clean = func() { _ = os.RemoveAll(scratch) }
	how.Copy = filepath.Join(scratch, "app.db")
	p := proofOptions{options: o, identity: identity}
	c, err := p.check()
	if err == nil {
		_, err = replica.Rows(ctx, dest, how.Copy, replica.Until{}, replica.Trust{Identities: c.Identities, Check: app.CheckCopySignature(c.Key)})
	}
	if err != nil {
		clean()
	}
	return how, clean, err
}
