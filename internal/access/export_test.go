package access

import (
	"context"
	"encoding/base64"
	"fmt"
	"net/http"

	"golang.org/x/crypto/argon2"

	"github.com/pendapa/pendapa/internal/platform/jobs"
)

// Confirm takes a code from a browser with the sign given, for tests.
func (s *Service) Confirm(ctx context.Context, code, device string) (Confirmed, error) {
	return s.ConfirmTOTP(ctx, code, comer{IP: "10.0.0.1", Agent: "test", Device: device})
}

// ProveAgain proves who acts, for tests.
func (s *Service) ProveAgain(ctx context.Context, word string) (string, error) {
	return s.Prove(ctx, word, comer{IP: "10.0.0.1", Agent: "test"})
}

// Pick chooses an account, for tests.
func (s *Service) Pick(ctx context.Context, regency int64, user string) (Entry, error) {
	return s.Choose(ctx, regency, user, comer{IP: "10.0.0.1", Agent: "test"})
}

// Sweep runs the daily job, for tests.
func (s *Service) Sweep(ctx context.Context) error { return s.sweep(ctx, jobs.Job{}) }

// Letters runs the job of a forgotten password, for tests.
func (s *Service) Letters(ctx context.Context, email string) error {
	return s.forgotJob(ctx, jobs.Job{Args: []byte(`{"Email":"` + email + `"}`)})
}

// Points weighs a password, for tests.
func Points(password string, about ...string) error { return checkPassword(password, about...) }

// NeedsSecond tells whether a role needs a second factor, for tests.
func NeedsSecond(role string) bool { return needsSecond(role) }

// HashWith keeps a password with other parameters than those of today, for tests.
func HashWith(password string, memory, passes, parallel uint32) string {
	salt := []byte("0123456789abcdef")
	key := argon2.IDKey([]byte(password), salt, passes, memory, uint8(parallel), argonKey)
	b64 := base64.RawStdEncoding.EncodeToString
	return fmt.Sprintf("$argon2id$v=19$m=%d,t=%d,p=%d$%s$%s", memory, passes, parallel, b64(salt), b64(key))
}

// Cheap hashes passwords with little work, so that tests of limits measure limits.
func (s *Service) Cheap() { s.hasher.today = parameters{64, 1, 1} }

// Dear hashes with the parameters of the house.
func (s *Service) Dear() { s.hasher.today = newHasher().today }

func here() place { return place{"localhost", "http://localhost"} }

// AskNew, Answer, AskAny and Unlock are the steps of a passkey at http://localhost, for tests.
func (s *Service) AskNew(ctx context.Context) (any, string, error) {
	return s.BeginPasskey(ctx, here())
}

// Answer keeps a passkey.
func (s *Service) Answer(ctx context.Context, ceremony, name, answer string) (Confirmed, error) {
	return s.AddPasskey(ctx, here(), ceremony, name, answer, comer{IP: "10.0.0.1", Agent: "test"})
}

// AskAny asks for any passkey.
func (s *Service) AskAny() (any, string, error) { return s.BeginPasskeySignIn(here()) }

// Unlock signs in with a passkey.
func (s *Service) Unlock(ceremony, answer string) (Entry, error) {
	return s.PasskeySignIn(context.Background(), here(), ceremony, answer, comer{IP: "10.0.0.1", Agent: "test"})
}

// OwnPassword changes the actor's own password, for tests.
func (s *Service) OwnPassword(ctx context.Context, old, password string) error {
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, "/akun/sandi", nil)
	if err != nil {
		return err
	}
	return s.ownPassword(r, old, password)
}
