package trail

import (
	"crypto/ed25519"
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"fmt"
	"strings"
	"time"

	"golang.org/x/mod/sumdb/note"
)

// algCosignature marks keys that cosign with a time (C2SP tlog-cosignature, "cosignature/v1").
const algCosignature = 0x04

// Cosigner adds the signature of a witness, with the time at which it saw the checkpoint. It is a note.Signer.
type Cosigner struct {
	name string
	hash uint32
	key  ed25519.PrivateKey
	now  func() time.Time
}

// NewCosigner makes a witness of a key.
func NewCosigner(name string, key ed25519.PrivateKey, now func() time.Time) *Cosigner {
	public, _ := key.Public().(ed25519.PublicKey)
	return &Cosigner{name: name, hash: cosignHash(name, public), key: key, now: now}
}

func cosignHash(name string, public ed25519.PublicKey) uint32 {
	h := sha256.New()
	_, _ = h.Write([]byte(name + "\n" + string([]byte{algCosignature})))
	_, _ = h.Write(public)
	return binary.BigEndian.Uint32(h.Sum(nil))
}

// Name is the name of the witness.
func (c *Cosigner) Name() string { return c.name }

// KeyHash tells the key apart from others of that name.
func (c *Cosigner) KeyHash() uint32 { return c.hash }

// Public is the verifier key to give to the logs that are witnessed.
func (c *Cosigner) Public() string {
	public, _ := c.key.Public().(ed25519.PublicKey)
	return fmt.Sprintf("%s+%08x+%s", c.name, c.hash, base64.StdEncoding.EncodeToString(append([]byte{algCosignature}, public...)))
}

// Sign signs a checkpoint's text with the present time.
func (c *Cosigner) Sign(msg []byte) ([]byte, error) {
	at := c.now().Unix()
	out := binary.BigEndian.AppendUint64(nil, uint64(at)) //nolint:gosec // after 1970
	return append(out, ed25519.Sign(c.key, cosigned(at, msg))...), nil
}

func cosigned(at int64, msg []byte) []byte {
	return append(fmt.Appendf(nil, "cosignature/v1\ntime %d\n", at), msg...)
}

// witnessVerifier checks cosignatures. It is a note.Verifier.
type witnessVerifier struct {
	name string
	hash uint32
	key  ed25519.PublicKey
}

func (v witnessVerifier) Name() string    { return v.name }
func (v witnessVerifier) KeyHash() uint32 { return v.hash }
func (v witnessVerifier) Verify(msg, sig []byte) bool {
	if len(sig) != 8+ed25519.SignatureSize {
		return false
	}
	at := int64(binary.BigEndian.Uint64(sig)) //nolint:gosec // a wrong time does not verify
	return ed25519.Verify(v.key, cosigned(at, msg), sig[8:])
}

// Verifier reads a public key of a log or of a witness.
func Verifier(text string) (note.Verifier, error) {
	text = strings.TrimSpace(text)
	if v, err := note.NewVerifier(text); err == nil {
		return v, nil
	}
	parts := strings.SplitN(text, "+", 3)
	if len(parts) != 3 {
		return nil, errors.New("no public key: it has the form name+hash+key")
	}
	data, err := base64.StdEncoding.DecodeString(parts[2])
	if err != nil || len(data) != 1+ed25519.PublicKeySize || data[0] != algCosignature {
		return nil, errors.New("no public key: it has the form name+hash+key")
	}
	v := witnessVerifier{name: parts[0], key: data[1:], hash: cosignHash(parts[0], data[1:])}
	if fmt.Sprintf("%08x", v.hash) != parts[1] {
		return nil, errors.New("the public key is damaged: its hash does not fit")
	}
	return v, nil
}

// Seen reads the time of a witness's signature out of a note that was opened with its verifier.
func Seen(s note.Signature) (time.Time, bool) {
	data, err := base64.StdEncoding.DecodeString(s.Base64)
	if err != nil || len(data) != 4+8+ed25519.SignatureSize {
		return time.Time{}, false
	}
	return time.Unix(int64(binary.BigEndian.Uint64(data[4:])), 0), true //nolint:gosec // checked by the signature
}
