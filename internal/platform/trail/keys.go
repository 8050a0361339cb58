package trail

import (
	"fmt"
	"maps"
	"slices"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
)

// Retired is a key that was replaced: it stays trusted for what it signed before. Until says up to how many entries, for
// each log by its origin; it is nil as long as nobody has looked.
type Retired struct {
	Public string
	Until  map[string]int64
}

// Line writes a retired key as a line of audit.pub.
func (r Retired) Line() string {
	if r.Until == nil {
		return r.Public + " ?"
	}
	line := r.Public
	for _, origin := range slices.Sorted(maps.Keys(r.Until)) {
		line += fmt.Sprintf(" %s=%d", origin, r.Until[origin])
	}
	return line
}

// Verifier accepts checkpoints of the logs and sizes that the key signed before it was replaced, and no others.
func (r Retired) Verifier() (note.Verifier, error) {
	v, err := Verifier(r.Public)
	return retired{v, r.Until}, err
}

type retired struct {
	note.Verifier
	until map[string]int64
}

// Verify implements note.Verifier.
func (v retired) Verify(msg, sig []byte) bool {
	c, err := ParseBody(string(msg))
	if err != nil {
		return false
	}
	until, ok := v.until[c.Origin]
	return ok && c.Size <= until && v.Verifier.Verify(msg, sig)
}

// ParseKeys reads audit.pub: lines of public keys in use, and of retired ones with what they are still trusted for
// ("KEY ORIGIN=SIZE ..."). A key that stands twice counts once, as it stands first.
func ParseKeys(text string) (now []string, old []Retired, err error) {
	for line := range strings.Lines(text) {
		fields := strings.Fields(line)
		if len(fields) == 0 || slices.Contains(now, fields[0]) ||
			slices.ContainsFunc(old, func(r Retired) bool { return r.Public == fields[0] }) {
			continue
		}
		if _, err := Verifier(fields[0]); err != nil {
			return nil, nil, err
		}
		if len(fields) == 1 {
			now = append(now, fields[0])
			continue
		}
		r, err := retiredOf(fields)
		if err != nil {
			return nil, nil, err
		}
		old = append(old, r)
	}
	return now, old, nil
}

func retiredOf(fields []string) (Retired, error) {
	r := Retired{Public: fields[0]}
	if len(fields) == 2 && fields[1] == "?" {
		return r, nil
	}
	r.Until = map[string]int64{}
	for _, part := range fields[1:] {
		origin, size, ok := strings.Cut(part, "=")
		n, err := strconv.ParseInt(size, 10, 64)
		if !ok || err != nil || n < 0 {
			return r, fmt.Errorf("%.60q is no log with the size up to which a retired key is trusted", part)
		}
		r.Until[origin] = n
	}
	return r, nil
}

// Known gives the verifiers of audit.pub. A key nobody has looked at yet is trusted for nothing.
func Known(text string) (all []note.Verifier, err error) {
	now, old, err := ParseKeys(text)
	if err != nil {
		return nil, err
	}
	for _, public := range now {
		v, err := Verifier(public)
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	for _, r := range old {
		v, err := r.Verifier()
		if err != nil {
			return nil, err
		}
		all = append(all, v)
	}
	return all, nil
}
