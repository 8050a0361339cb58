package webhook

import (
	"crypto/hmac"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"strconv"
	"strings"
	"time"
)

// secretPrefix begins every secret: Standard Webhooks, "Signature scheme".
const secretPrefix = "whsec_"

// overlap is how long the secret before a rotation signs beside the new one.
const overlap = 24 * time.Hour

func newSecret(key []byte) string {
	return secretPrefix + base64.StdEncoding.EncodeToString(key)
}

// Sign gives the value of webhook-signature for one secret: "v1," and the HMAC-SHA256 of id.timestamp.body in base64.
func Sign(secret, id string, at time.Time, body []byte) (string, error) {
	encoded, ok := strings.CutPrefix(secret, secretPrefix)
	if !ok {
		return "", fmt.Errorf("a secret without %s", secretPrefix)
	}
	key, err := base64.StdEncoding.DecodeString(encoded)
	if err != nil {
		return "", fmt.Errorf("a secret that is no base64")
	}
	h := hmac.New(sha256.New, key)
	_, _ = h.Write([]byte(id + "." + strconv.FormatInt(at.Unix(), 10) + "."))
	_, _ = h.Write(body)
	return "v1," + base64.StdEncoding.EncodeToString(h.Sum(nil)), nil
}

// signers are the secrets of a hook. They leave the store only to sign.
type signers struct {
	now, old string
	oldUntil int64
}

// signatures gives one signature per valid secret, the newest first, separated by a space.
func (k signers) signatures(id string, at time.Time, body []byte) (string, error) {
	secrets := []string{k.now}
	if k.old != "" && at.UnixMilli() < k.oldUntil {
		secrets = append(secrets, k.old)
	}
	var out []string
	for _, secret := range secrets {
		one, err := Sign(secret, id, at, body)
		if err != nil {
			return "", err
		}
		out = append(out, one)
	}
	return strings.Join(out, " "), nil
}
