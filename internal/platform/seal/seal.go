// Package seal gives what somebody decides on a fingerprint, so that a decision is bound to its content: change one letter
// afterwards and the two no longer fit.
//
// The fingerprint is the SHA-256, in small hexadecimal letters, of a text that anybody can write again by hand:
//
//	pendapa/<kind>/1
//	<name> <length in bytes>
//	<value>
//	... one such pair for each part, in a fixed order
//
// Every line ends with one line feed; the value may hold some itself, which is why its length stands before it. Numbers
// are decimal, times are milliseconds since 1970, a list is one part per entry in ascending order. No value is left out
// because it is empty. The package knows no rows and no rules; the rooms decide what belongs to a decision.
package seal

import (
	"crypto/sha256"
	"encoding/hex"
	"slices"
	"strconv"
	"strings"
)

// Unbound stands in place of a fingerprint for what was decided before decisions carried one, until BindOnce has bound it.
const Unbound = "unbound"

// Form is a content being written down in its fixed form.
type Form struct{ b strings.Builder }

// New begins the form of a kind of content, for example "evidence".
func New(kind string) *Form {
	f := &Form{}
	f.b.WriteString("pendapa/" + kind + "/1\n")
	return f
}

// Text adds a part, as the store keeps it: without the letter NUL, and with a mark in place of bytes that are no letter.
func (f *Form) Text(name, value string) *Form {
	value = strings.ReplaceAll(strings.ToValidUTF8(value, "\uFFFD"), "\x00", "")
	f.b.WriteString(name + " " + strconv.Itoa(len(value)) + "\n" + value + "\n")
	return f
}

// Number adds a part that is a whole number.
func (f *Form) Number(name string, value int64) *Form {
	return f.Text(name, strconv.FormatInt(value, 10))
}

// List adds one part for each entry, in ascending order; the given order does not matter.
func (f *Form) List(name string, values []string) *Form {
	f.Number(name+".count", int64(len(values)))
	for _, v := range slices.Sorted(slices.Values(values)) {
		f.Text(name, v)
	}
	return f
}

// String gives the text that is hashed.
func (f *Form) String() string { return f.b.String() }

// Hash gives the fingerprint: 64 hexadecimal letters.
func (f *Form) Hash() string {
	sum := sha256.Sum256([]byte(f.b.String()))
	return hex.EncodeToString(sum[:])
}

// Bound reports whether a stored fingerprint is one.
func Bound(hash string) bool { return len(hash) == 2*sha256.Size }

// Short gives the first twelve letters in groups of four, for pages; "" when there is no fingerprint.
func Short(hash string) string {
	if !Bound(hash) {
		return ""
	}
	return hash[:4] + " " + hash[4:8] + " " + hash[8:12]
}

// Mismatch is a decision whose content is no longer what was decided on.
type Mismatch struct {
	Regency int64
	Object  string // as in the audit trail: "evidence_item"
	ID      string
	Name    string // for people
	Decided string // the fingerprint that was decided on
	Found   string // the fingerprint of what stands there now
	Why     string // "unbound": there is no fingerprint; "content": the content changed; "trail": the audit trail has another; "gone": only the trail knows it
}

// Wrong compares what was decided with what was found and with the fingerprint the audit trail has, and fills in Why.
func (m *Mismatch) Wrong(trail string) bool {
	switch {
	case !Bound(m.Decided):
		m.Why = "unbound"
	case m.Found != m.Decided:
		m.Why = "content"
	case trail != m.Decided:
		m.Why, m.Decided = "trail", trail
	}
	return m.Why != ""
}
