package backup

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"errors"
	"fmt"
	"hash"
	"io"
	"io/fs"
	"os"
	"path/filepath"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/blob"
)

// copier brings files into a new backup.
type copier struct {
	src        Source
	root, part string
	before     *Manifest
	m          *Manifest
}

// database copies the store, encrypted when there are recipients.
func (c copier) database(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	_, err = c.put(databaseName, "", f)
	return errors.Join(err, f.Close())
}

// files copies every file that a row names.
func (c copier) files(ctx context.Context, hashes []string) error {
	for _, h := range hashes {
		if err := ctx.Err(); err != nil {
			return err
		}
		if len(h) != sha256.Size*2 {
			c.doubt("a row names the file %q, which is no name of a file", h)
			continue
		}
		if c.share(h) {
			continue
		}
		if err := c.one(ctx, h); err != nil {
			return err
		}
	}
	return nil
}

func (c copier) doubt(format string, a ...any) {
	c.m.Doubts = append(c.m.Doubts, fmt.Sprintf(format, a...))
}

// one copies a living file, or the one of an earlier backup when that is all there is.
func (c copier) one(ctx context.Context, h string) error {
	name := blobName(h)
	state, err := c.from(filepath.Join(c.src.Files, h[:2], h[2:]), name, h)
	if err != nil || state == "" {
		return err
	}
	if wanted, err := c.wanted(ctx, h); err != nil || !wanted {
		return err
	}
	if c.src.Bad != nil {
		c.src.Bad(h, state)
	}
	all, err := names(c.root)
	if err != nil || len(c.src.Recipients) > 0 && c.src.Own == nil {
		return err
	}
	for _, earlier := range all {
		err := c.earlier(filepath.Join(c.root, earlier), name, h)
		if err == nil {
			return nil // the house mends its own file from here too
		}
	}
	c.doubt("file %s is %s in the house and in every backup", h, state)
	return nil
}

// wanted asks the living house whether a row still names a file: one that went after the rows were copied may be gone.
func (c copier) wanted(ctx context.Context, h string) (bool, error) {
	for _, col := range c.src.Columns {
		var n int
		err := c.src.DB.QueryRow(ctx, "SELECT count(*) FROM "+col.Table+" WHERE regency_id >= 0 AND "+col.Column+" = $1", h).Scan(&n)
		if err != nil || n > 0 {
			return true, err
		}
	}
	return false, nil
}

// from copies a file and gives what is wrong with it: blob.Damaged, blob.Missing or "".
func (c copier) from(path, name, want string) (state string, err error) {
	f, err := os.Open(path)
	if errors.Is(err, fs.ErrNotExist) {
		return blob.Missing, nil
	}
	if err != nil {
		return "", err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	got, err := c.put(name, want, f)
	if err == nil && !got {
		return blob.Damaged, nil
	}
	return "", err
}

func (c copier) earlier(dir, name, want string) (err error) {
	m, err := Open(dir)
	if err != nil {
		return err
	}
	r, err := m.open(dir, name, c.identities()...)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, r.Close()) }()
	if got, err := c.put(name, want, r); err != nil || !got {
		return errors.Join(err, errors.New("damaged too"))
	}
	return nil
}

func (c copier) identities() []age.Identity {
	if c.src.Own == nil {
		return nil
	}
	return []age.Identity{c.src.Own}
}

// counter counts and hashes what is written through it.
type counter struct {
	w io.Writer
	h hash.Hash
	n int64
}

func (c *counter) Write(p []byte) (int, error) {
	n, err := c.w.Write(p)
	c.h.Write(p[:n])
	c.n += int64(n)
	return n, err
}

func (c *counter) file() File { return File{Size: c.n, SHA256: hex.EncodeToString(c.h.Sum(nil))} }

// put writes a file into the backup and notes it; a file that does not hash to want (when that is not "") is taken out
// again and gives false.
func (c copier) put(name, want string, r io.Reader) (ok bool, err error) {
	to := filepath.Join(c.part, filepath.FromSlash(name))
	if len(c.src.Recipients) > 0 {
		to += sealedEnd
	}
	if err := os.MkdirAll(filepath.Dir(to), 0o700); err != nil {
		return false, err
	}
	plain, stored, err := c.write(to, r)
	if err != nil {
		return false, err
	}
	if want != "" && plain.SHA256 != want {
		return false, os.Remove(to)
	}
	c.m.Files[name] = plain
	if len(c.src.Recipients) > 0 {
		if c.m.Stored == nil {
			c.m.Stored = map[string]File{}
		}
		c.m.Stored[name+sealedEnd] = stored
	}
	return true, nil
}

func (c copier) write(to string, r io.Reader) (plain, stored File, err error) {
	out, err := os.OpenFile(to, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return plain, stored, err
	}
	defer func() { err = errors.Join(err, out.Close()) }()
	if len(c.src.Recipients) == 0 {
		if in, ok := r.(*os.File); ok && keepsSums(in) && clone(out, in) == nil {
			plain, err = hashReader(in)
			return plain, plain, err
		}
		in := &counter{w: out, h: sha256.New()}
		_, err = io.Copy(in, r)
		return in.file(), in.file(), err
	}
	outer := &counter{w: out, h: sha256.New()}
	readers := c.src.Recipients
	if c.src.Own != nil {
		readers = append(readers[:len(readers):len(readers)], c.src.Own.Recipient())
	}
	sealed, err := age.Encrypt(outer, readers...)
	if err != nil {
		return plain, stored, err
	}
	inner := &counter{w: sealed, h: sha256.New()}
	_, err = io.Copy(inner, r)
	err = errors.Join(err, sealed.Close())
	return inner.file(), outer.file(), err
}

// share lets the copy of the backup before stand for a file that did not change, if that copy is whole and young enough.
func (c copier) share(h string) bool {
	name := blobName(h)
	if c.before == nil || c.before.Format != format || c.before.Encrypted() != (len(c.src.Recipients) > 0) || c.before.Shared[name] >= mostShared {
		return false
	}
	place := c.before.place(name)
	want, have := c.before.stored()[place]
	if !have || c.before.Encrypted() && c.src.Own == nil {
		return false
	}
	from, to := filepath.Join(c.root, c.before.Name, filepath.FromSlash(place)), filepath.Join(c.part, filepath.FromSlash(place))
	if got, err := hashFile(from); err != nil || got != want {
		return false
	}
	if !c.sameReaders() {
		return false
	}
	if err := errors.Join(os.MkdirAll(filepath.Dir(to), 0o700), os.Link(from, to)); err != nil {
		return false
	}
	c.m.Files[name], c.m.Shared[name] = c.before.Files[name], c.before.Shared[name]+1
	if c.before.Encrypted() {
		if c.m.Stored == nil {
			c.m.Stored = map[string]File{}
		}
		c.m.Stored[place] = want
	}
	return true
}

// sameReaders reports whether an encrypted file of the backup before can be read by the same people.
func (c copier) sameReaders() bool { return c.before.Readers == c.m.Readers }

func hashFile(path string) (out File, err error) {
	f, err := os.Open(path)
	if err != nil {
		return out, err
	}
	defer func() { err = errors.Join(err, f.Close()) }()
	return hashReader(f)
}

func hashReader(r io.Reader) (File, error) {
	c := &counter{w: io.Discard, h: sha256.New()}
	_, err := io.Copy(c, r)
	return c.file(), err
}
