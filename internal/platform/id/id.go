// Package id makes identifiers: 26 letters and digits that sort by time of making.
package id

import (
	"crypto/rand"
	"encoding/base32"
	"encoding/binary"
	"time"
)

// New gives an identifier from the time and 80 random bits.
func New() string {
	var b [16]byte
	binary.BigEndian.PutUint64(b[:8], uint64(time.Now().UnixMilli())<<16)
	_, _ = rand.Read(b[6:]) // crypto/rand.Read never fails since Go 1.24
	return encoding().EncodeToString(b[:])
}

// Secret gives 256 random bits for links, sessions and tokens.
func Secret() string {
	var b [32]byte
	_, _ = rand.Read(b[:])
	return encoding().EncodeToString(b[:])
}

func encoding() *base32.Encoding {
	return base32.NewEncoding("0123456789abcdefghjkmnpqrstvwxyz").WithPadding(base32.NoPadding)
}
