package access

import (
	"context"
	"crypto/rand"
	"crypto/sha256"
	"crypto/subtle"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/crypto/argon2"
)

// argon2id parameters: OWASP's first choice. Hashing uses 19 MiB, so only a few run at a time.
const (
	argonMemory   = 19 * 1024
	argonPasses   = 2
	argonParallel = 1
	argonKey      = 32
	shortest      = 12
	longest       = 128
)

// hasher bounds how many passwords are hashed at once: a flood of sign-ins must not take the memory of the house.
type hasher struct {
	slots chan struct{}
	today parameters // with which new passwords are kept
}

func newHasher() hasher {
	return hasher{make(chan struct{}, 4), parameters{argonMemory, argonPasses, argonParallel}}
}

func (h hasher) key(ctx context.Context, password string, salt []byte, p parameters, size int) ([]byte, error) {
	select {
	case h.slots <- struct{}{}:
	case <-ctx.Done():
		return nil, ctx.Err()
	}
	defer func() { <-h.slots }()
	return argon2.IDKey([]byte(password), salt, p.passes, p.memory, uint8(p.parallel), uint32(size)), nil //nolint:gosec // bounded
}

func (h hasher) hash(ctx context.Context, password string) (string, error) {
	salt := make([]byte, 16)
	_, _ = rand.Read(salt)
	key, err := h.key(ctx, password, salt, h.today, argonKey)
	if err != nil {
		return "", err
	}
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", h.today.memory, h.today.passes, h.today.parallel, b64(salt), b64(key)), nil
}

// matches takes as long for an empty stored password as for a wrong one. old says that the stored one was made with
// other parameters than those of today; they are read from it, so that no password is lost when they change.
func (h hasher) matches(ctx context.Context, stored, password string) (ok, old bool, err error) {
	p := h.today
	salt, want := make([]byte, 16), make([]byte, argonKey)
	parts := strings.Split(stored, "$")
	known := len(parts) == 6 && parts[1] == "argon2id"
	if known {
		var errSalt, errKey error
		salt, errSalt = base64.RawStdEncoding.DecodeString(parts[4])
		want, errKey = base64.RawStdEncoding.DecodeString(parts[5])
		given, errGiven := readParameters(parts[3])
		if known = errors.Join(errSalt, errKey, errGiven) == nil && len(want) >= 16; known {
			p = given
		}
	}
	key, err := h.key(ctx, password, salt, p, len(want))
	if err != nil {
		return false, false, err
	}
	ok = known && subtle.ConstantTimeCompare(key, want) == 1
	return ok, ok && p != h.today, nil
}

// parameters of one stored password: KiB, passes, lanes.
type parameters struct{ memory, passes, parallel uint32 }

// readParameters reads m=19456,t=2,p=1 and refuses what would take the memory or the time of the house.
func readParameters(text string) (p parameters, err error) {
	if _, err := fmt.Sscanf(text, "m=%d,t=%d,p=%d", &p.memory, &p.passes, &p.parallel); err != nil {
		return p, err
	}
	if p.memory < 8 || p.memory > 256*1024 || p.passes < 1 || p.passes > 20 || p.parallel < 1 || p.parallel > 16 {
		return p, errors.New("parameters of a password are out of bounds: " + text)
	}
	return p, nil
}

// digest is what is stored of a secret of 256 bits; a slow hash is not needed for those.
func digest(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}
