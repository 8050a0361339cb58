package keys

import (
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"errors"
	"fmt"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Signing is an Ed25519 key in the form of signed notes (golang.org/x/mod/sumdb/note).
type Signing struct {
	Name     string
	Public   string // the verifier key: give it to whoever verifies
	Secret   string // the signer key: leaves the key folder only for a recovery sheet
	Private  ed25519.PrivateKey
	Signer   note.Signer
	Verifier note.Verifier
}

// newSigning makes a key; without a name it gets one of its own, for keys that others must tell apart.
func newSigning(name string) (string, error) {
	if name == "" {
		var b [4]byte
		if _, err := rand.Read(b[:]); err != nil {
			return "", err
		}
		name = "pendapa-witness-" + hex.EncodeToString(b[:])
	}
	secret, _, err := note.GenerateKey(rand.Reader, name)
	return secret, err
}

func checkSigning(text string) error {
	_, err := ParseSigning(text)
	return err
}

// ParseSigning reads a signer key; the public part follows from it.
func ParseSigning(secret string) (s Signing, err error) {
	if s.Signer, err = note.NewSigner(secret); err != nil {
		return s, err
	}
	parts := strings.SplitN(secret, "+", 5)
	data, err := base64.StdEncoding.DecodeString(parts[4])
	if err != nil || len(data) != 1+ed25519.SeedSize {
		return s, errors.New("keys: no Ed25519 key")
	}
	s.Private = ed25519.NewKeyFromSeed(data[1:])
	public, _ := s.Private.Public().(ed25519.PublicKey)
	s.Name, s.Secret = s.Signer.Name(), secret
	if s.Public, err = note.NewEd25519VerifierKey(s.Name, public); err != nil {
		return s, err
	}
	s.Verifier, err = note.NewVerifier(s.Public)
	return s, err
}

// Fingerprint is a public key short enough to be read aloud and compared: six groups of four hexadecimal digits.
func Fingerprint(public string) string {
	sum := sha256.Sum256([]byte(strings.TrimSpace(public)))
	text := hex.EncodeToString(sum[:12])
	var groups []string
	for ; text != ""; text = text[4:] {
		groups = append(groups, text[:4])
	}
	return strings.Join(groups, " ")
}

func statement(what string, data []byte) string {
	sum := sha256.Sum256(data)
	return "pendapa/" + what + "\n" + base64.StdEncoding.EncodeToString(sum[:]) + "\n"
}

// SignData signs the SHA-256 of data; what says of what kind it is, so that a signature of one kind is none of another.
func (s Signing) SignData(what string, data []byte) (string, error) {
	signed, err := note.Sign(&note.Note{Text: statement(what, data)}, s.Signer)
	return string(signed), err
}

// otherKey says whose signature it is when it is not of the key that was given.
func otherKey(given note.Verifier, err error) error {
	if _, broken := errors.AsType[*note.InvalidSignatureError](err); broken {
		return errors.New("the signature belongs to something else: what it signs was changed")
	}
	return fmt.Errorf("the signature is not of this key: it says %s, the key that was given is %s. Needed is backup.pub of the house that "+
		"made it, from its key folder or the copy you keep elsewhere: name it with --key. If nobody knows that key, believe nothing of it",
		SignerOf(err), NameOf(given))
}

// SignerOf names the key that a note says it was signed by, when opening it with other keys failed.
func SignerOf(err error) string {
	other, is := errors.AsType[*note.UnverifiedNoteError](err)
	if !is || len(other.Note.UnverifiedSigs) == 0 {
		return "no key that can be read"
	}
	s := other.Note.UnverifiedSigs[0]
	return fmt.Sprintf("%s+%08x", s.Name, s.Hash)
}

// NameOf is the beginning of a public key, by which people find its file.
func NameOf(v note.Verifier) string { return fmt.Sprintf("%s+%08x", v.Name(), v.KeyHash()) }

// CheckData checks a signature of SignData with a public key.
func CheckData(public, what string, data []byte, signed string) error {
	v, err := note.NewVerifier(strings.TrimSpace(public))
	if err != nil {
		return errors.New("the file named as public key holds none: needed is backup.pub of the house that made it (pendapa-backup+...)")
	}
	n, err := note.Open([]byte(signed), note.VerifierList(v))
	if err != nil {
		return otherKey(v, err)
	}
	if n.Text != statement(what, data) {
		return errors.New("the signature belongs to something else: what it signs was changed")
	}
	return nil
}
