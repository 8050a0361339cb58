package keys

import (
	"crypto/cipher"
	"crypto/rand"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strconv"
	"strings"
	"sync"

	"golang.org/x/crypto/chacha20poly1305"
)

// sealedPrefix begins every sealed text: version 1, XChaCha20-Poly1305.
const sealedPrefix = "s1."

// Box seals secrets that must stand in the store: "s1.", the id of the key, and nonce and text in base64. What the secret
// is for (Context) is bound into it: a sealed value that is moved to another row does not open there. It is safe for
// use by several goroutines.
type Box struct {
	mu     sync.RWMutex
	newest string
	open   map[string]cipher.AEAD
	reload func() (string, error)
}

// Context names what a secret is for: table, column, regency and what else tells its row apart.
func Context(table, column string, regency int64, row ...string) string {
	return strings.Join(append([]string{table + "." + column, strconv.FormatInt(regency, 10)}, row...), " ")
}

// IsSealed reports whether a text was made by Seal.
func IsSealed(text string) bool { return strings.HasPrefix(text, sealedPrefix) }

// newSeal makes one line of the file: an id and 32 bytes. The file may hold several; the last one seals.
func newSeal() (string, error) {
	var b [4 + chacha20poly1305.KeySize]byte
	if _, err := rand.Read(b[:]); err != nil {
		return "", err
	}
	return hex.EncodeToString(b[:4]) + " " + base64.StdEncoding.EncodeToString(b[4:]), nil
}

func checkSeal(text string) error {
	_, err := parseBox(text)
	return err
}

func parseBox(text string) (*Box, error) {
	b := &Box{open: map[string]cipher.AEAD{}}
	for line := range strings.Lines(text) {
		id, encoded, ok := strings.Cut(strings.TrimSpace(line), " ")
		if !ok {
			continue
		}
		key, err := base64.StdEncoding.DecodeString(encoded)
		if err != nil {
			return nil, errors.New("keys: a line of seal.key is damaged")
		}
		if b.open[id], err = chacha20poly1305.NewX(key); err != nil {
			return nil, errors.New("keys: a line of seal.key is too short")
		}
		b.newest = id
	}
	if b.newest == "" {
		return nil, errors.New("keys: seal.key is empty")
	}
	return b, nil
}

// Seal closes a secret. An empty one stays empty: there is nothing to keep.
func (b *Box) Seal(context string, plain []byte) string {
	if len(plain) == 0 {
		return ""
	}
	b.mu.RLock()
	defer b.mu.RUnlock()
	nonce := make([]byte, chacha20poly1305.NonceSizeX, chacha20poly1305.NonceSizeX+len(plain)+chacha20poly1305.Overhead)
	_, _ = rand.Read(nonce) // never fails: crypto/rand ends the program instead
	closed := b.open[b.newest].Seal(nonce, nonce, plain, []byte(context))
	return sealedPrefix + b.newest + "." + base64.RawURLEncoding.EncodeToString(closed)
}

// Open gives the secret back. A text that was not sealed, or sealed for something else, is an error that does not show it.
func (b *Box) Open(context, sealed string) ([]byte, error) {
	if sealed == "" {
		return nil, nil
	}
	id, body, ok := strings.Cut(strings.TrimPrefix(sealed, sealedPrefix), ".")
	if !ok || !IsSealed(sealed) {
		return nil, fmt.Errorf("keys: %s is not sealed", context)
	}
	key, err := b.key(id)
	if err != nil {
		return nil, fmt.Errorf("keys: %s: %w", context, err)
	}
	data, err := base64.RawURLEncoding.DecodeString(body)
	if err != nil || len(data) < chacha20poly1305.NonceSizeX {
		return nil, fmt.Errorf("keys: %s is damaged", context)
	}
	plain, err := key.Open(nil, data[:chacha20poly1305.NonceSizeX], data[chacha20poly1305.NonceSizeX:], []byte(context))
	if err != nil {
		return nil, fmt.Errorf("keys: %s was changed, or sealed for something else", context)
	}
	return plain, nil
}

// key finds a key by its id; one that is not known is looked for in the file, where a rotation may have put it meanwhile.
func (b *Box) key(id string) (cipher.AEAD, error) {
	b.mu.RLock()
	k := b.open[id]
	b.mu.RUnlock()
	if k != nil || b.reload == nil {
		return k, missing(k, id)
	}
	text, err := b.reload()
	if err != nil {
		return nil, err
	}
	fresh, err := parseBox(text)
	if err != nil {
		return nil, err
	}
	b.mu.Lock()
	defer b.mu.Unlock()
	b.open, b.newest = fresh.open, fresh.newest
	return b.open[id], missing(b.open[id], id)
}

func missing(k cipher.AEAD, id string) error {
	if k == nil {
		return fmt.Errorf("it was sealed with the key %s, which is not in the key folder", id)
	}
	return nil
}

// Newest is the id of the key that seals now.
func (b *Box) Newest() string {
	b.mu.RLock()
	defer b.mu.RUnlock()
	return b.newest
}

// Current reports whether a text is sealed with the newest key.
func (b *Box) Current(sealed string) bool {
	return SealedBy(sealed, b.Newest())
}

// SealedBy reports whether a text is sealed with the key of an id.
func SealedBy(sealed, id string) bool { return strings.HasPrefix(sealed, sealedPrefix+id+".") }

// Memory gives a box with a key that is nowhere kept, for tests and scratch houses.
func Memory() *Box {
	text, err := newSeal()
	if err != nil {
		panic(err) // crypto/rand does not fail
	}
	b, err := parseBox(text)
	if err != nil {
		panic(err) // newSeal makes what parseBox reads
	}
	return b
}
