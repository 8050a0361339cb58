package keys

import (
	"errors"
	"fmt"
	"io"
	"strings"

	"filippo.io/age"
)

// Decrypt opens what was encrypted with age. recipients are the public keys it was encrypted for, nil when nobody kept them.
// The error says which key is needed and what to do.
func Decrypt(r io.Reader, ids []age.Identity, recipients []string) (io.Reader, error) {
	needed := "the secret key of one of the recipients in backup_recipients of the house that made it"
	if len(recipients) > 0 {
		needed = "the secret key of " + strings.Join(recipients, " or ")
	}
	if len(ids) == 0 {
		return nil, errors.New("it is encrypted; needed is " + needed + ": name its file with --identity")
	}
	plain, err := age.Decrypt(r, ids...)
	if _, wrong := errors.AsType[*age.NoIdentityMatchError](err); wrong {
		return nil, fmt.Errorf("it was encrypted for other keys than %s; needed is %s: name its file with --identity", publicOf(ids), needed)
	}
	return plain, err
}

// publicOf names the public keys of secret ones.
func publicOf(ids []age.Identity) string {
	var all []string
	for _, id := range ids {
		switch x := id.(type) {
		case *age.X25519Identity:
			all = append(all, x.Recipient().String())
		case *age.HybridIdentity:
			all = append(all, x.Recipient().String())
		}
	}
	if len(all) == 0 {
		return "that of the file"
	}
	return strings.Join(all, ", ")
}
