package backup

import (
	"errors"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"

	"filippo.io/age"

	"github.com/pendapa/pendapa/internal/platform/keys"
)

// ParseRecipients reads recipients of age (age1...), separated by spaces, commas or lines.
func ParseRecipients(text string) ([]age.Recipient, error) {
	words := strings.FieldsFunc(text, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) })
	if len(words) == 0 {
		return nil, nil
	}
	out, err := age.ParseRecipients(strings.NewReader(strings.Join(words, "\n")))
	if err != nil {
		return nil, fmt.Errorf("a recipient is written age1...: %w", err)
	}
	return out, nil
}

// ReadIdentities reads a file of secret keys of age, as age-keygen writes it; "" gives none.
func ReadIdentities(path string) ([]age.Identity, error) {
	if path == "" {
		return nil, nil
	}
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	ids, err := age.ParseIdentities(f)
	if err != nil {
		err = fmt.Errorf("%s holds no secret key of age: needed is the file that age-keygen wrote, with the line AGE-SECRET-KEY-1...: %w", path, err)
	}
	return ids, errors.Join(err, f.Close())
}

// readers is one text for a set of recipients.
func readers(all []age.Recipient, own *age.X25519Identity) string {
	if len(all) == 0 {
		return ""
	}
	var b strings.Builder
	for _, r := range all {
		fmt.Fprintln(&b, r)
	}
	if own != nil {
		fmt.Fprintln(&b, own.Recipient())
	}
	return hexSum([]byte(b.String()))
}

// public names recipients, for whoever looks for the key later.
func public(all []age.Recipient) (out []string) {
	for _, r := range all {
		out = append(out, fmt.Sprint(r))
	}
	return out
}

// opened is a file of a backup being read, decrypted when it must be.
type opened struct {
	io.Reader
	f *os.File
}

func (o opened) Close() error { return o.f.Close() }

// open gives a file as it was backed up.
func (m Manifest) open(dir, name string, ids ...age.Identity) (io.ReadCloser, error) {
	f, err := os.Open(filepath.Join(dir, filepath.FromSlash(m.place(name))))
	if err != nil {
		return nil, err
	}
	if !m.Encrypted() {
		return opened{f, f}, nil
	}
	r, err := keys.Decrypt(f, ids, m.Recipients)
	if err != nil {
		return nil, errors.Join(fmt.Errorf("%s: %w", name, err), f.Close())
	}
	return opened{r, f}, nil
}
