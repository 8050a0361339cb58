package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"fmt"
	"strings"
	"unicode/utf8"

	"golang.org/x/crypto/argon2"

	"github.com/pendapa/pendapa/internal/errs"
)

// argon2id parameters: OWASP's first choice. Hashing uses 19 MiB, so only a few run at a time.
const (
	argonMemory   = 19 * 1024
	argonPasses   = 2
	argonParallel = 1
	argonKey      = 32
	shortest      = 12
	longest       = 200
)

// hasher bounds how many passwords are hashed at once: a flood of sign-ins must not take the memory of the house.
type hasher struct{ slots chan struct{} }

func newHasher() hasher { return hasher{make(chan struct{}, 4)} }

func (h hasher) key(ctx context.Context, password string, salt []byte) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, argonPasses, argonMemory, argonParallel, argonKey), nil
}

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	key, err := h.key(ctx, password, salt)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", argonMemory, argonPasses, argonParallel, b64(salt), b64(key)), nil
}

// matches takes as long for an empty stored password as for a wrong one.
func (h hasher) matches(ctx context.Context, stored, password string) (bool, error) {
	parts := strings.Split(stored, "$")
	salt, want := make([]byte, 16), make([]byte, argonKey)
	known := len(parts) == 6
	if known {
		var errSalt, errKey error
		salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
		want, errKey = base64.RawStdEncoding.DecodeString(parts[5])
		known = errSalt == nil && errKey == nil
	}
	key, err := h.key(ctx, password, salt)
	if err != nil {
		return false, err
	}
	return known && subtle.ConstantTimeCompare(key, want) == 1, nil
}

// checkPassword asks for length only (ASVS 5.0, 6.2.1 and 6.2.5): no rules about kinds of characters.
func checkPassword(password, email string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < shortest || n > longest:
		return errs.InvalidFields(map[string]errs.Msg{"password": errs.M("access.error.password_length", "Shortest", shortest)})
	case strings.EqualFold(password, email) || strings.Count(password, password[:1]) == len(password):
		return errs.InvalidFields(map[string]errs.Msg{"password": errs.M("access.error.password_easy")})
	}
	return nil
}

// digest is what is stored of a secret of 256 bits; a slow hash is not needed for those.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
