// Package trail is what an audit trail is, without a store: entries as leaves of a Merkle tree (RFC 6962, as in
// golang.org/x/mod/sumdb/tlog), signed checkpoints, the signatures of witnesses, and a check that reads a trail from its
// beginning to its end with the memory of one entry. The server and the separate verifier (cmd/pendapa-verify) share it.
package trail

import (
	"encoding/base64"
	"encoding/json"
	"fmt"
	"strconv"
	"strings"

	"golang.org/x/mod/sumdb/note"
	"golang.org/x/mod/sumdb/tlog"
)

// Row is an entry as it stands in the log. At is in milliseconds.
type Row struct {
	Seq       int64  `json:"seq"`
	At        int64  `json:"at"`
	ActorID   string `json:"actor_id"`
	ActorName string `json:"actor_name"`
	Via       string `json:"via"`
	IP        string `json:"ip"`
	Action    string `json:"action"`
	Object    string `json:"object"`
	ObjectID  string `json:"object_id"`
	Agency    string `json:"agency_id"`
	Why       string `json:"why"`
	Before    string `json:"before"`
	After     string `json:"after"`
}

// Leaf is the text that is hashed: the row as JSON with its keys in this fixed order.
func (r Row) Leaf() []byte {
	data, err := json.Marshal(r)
	if err != nil {
		panic(err) // a struct of strings and integers always marshals
	}
	return data
}

// Origin is the first line of a checkpoint: which log it speaks of.
func Origin(regency int64) string { return "pendapa/" + strconv.FormatInt(regency, 10) }

// Regency gives the regency of an origin.
func Regency(origin string) (int64, bool) {
	text, ok := strings.CutPrefix(origin, "pendapa/")
	n, err := strconv.ParseInt(text, 10, 64)
	return n, ok && err == nil
}

// Checkpoint says what a log held: how many entries and the root over them. Text is the note it was read from, "" for one
// that somebody typed from paper, which nobody signed.
type Checkpoint struct {
	Origin string
	Size   int64
	Root   tlog.Hash
	Text   string
}

// Body is the text that is signed.
func (c Checkpoint) Body() string { return fmt.Sprintf("%s\n%d\n%s\n", c.Origin, c.Size, c.Root) }

// ParseBody reads the three lines of a checkpoint; lines after them belong to extensions and are kept by the signature only.
func ParseBody(text string) (c Checkpoint, err error) {
	lines := strings.Split(text, "\n")
	if len(lines) < 3 || strings.TrimSpace(lines[0]) == "" {
		return c, fmt.Errorf("no checkpoint: it has the lines origin, number of entries, root")
	}
	c.Origin = strings.TrimSpace(lines[0])
	if c.Size, err = strconv.ParseInt(strings.TrimSpace(lines[1]), 10, 64); err != nil || c.Size < 0 {
		return c, fmt.Errorf("no checkpoint: %.30q is no number of entries", lines[1])
	}
	if c.Root, err = tlog.ParseHash(strings.TrimSpace(lines[2])); err != nil {
		return c, fmt.Errorf("no checkpoint: %.60q is no root", lines[2])
	}
	return c, nil
}

// OpenCheckpoint reads a signed checkpoint and checks its signature with one of the keys.
func OpenCheckpoint(text string, known note.Verifiers) (Checkpoint, error) {
	n, err := note.Open([]byte(text), known)
	if err != nil {
		return Checkpoint{}, err
	}
	c, err := ParseBody(n.Text)
	c.Text = text
	return c, err
}

// Split cuts a file that holds several checkpoints into one text each. A checkpoint is its lines, an empty line, and the
// lines of signatures that begin with an em dash; without these it was typed from paper. Scanners of QR codes read the dash
// as other signs and drop the last line end; both are mended.
func Split(text string) (all []string) {
	var now strings.Builder
	signed := false
	flush := func() {
		if t := strings.TrimLeft(now.String(), "\n"); strings.TrimSpace(t) != "" {
			all = append(all, t)
		}
		now.Reset()
		signed = false
	}
	for line := range strings.Lines(strings.ReplaceAll(text, "\r\n", "\n")) {
		line = dashed(line)
		if signed && !strings.HasPrefix(line, "— ") {
			flush()
		}
		if strings.HasPrefix(line, "— ") {
			signed = true
		}
		now.WriteString(strings.TrimSuffix(line, "\n") + "\n")
	}
	flush()
	return all
}

// shortestSignature is how many letters a signature has at least: four bytes of the key and 64 of Ed25519, in base64.
const shortestSignature = 92

// dashed gives a line of a signature its dash again: a sign, the name of the key, the signature.
func dashed(line string) string {
	fields := strings.Fields(line)
	if len(fields) != 3 || len(fields[2]) < shortestSignature || strings.HasPrefix(line, "— ") {
		return line
	}
	if _, err := base64.StdEncoding.DecodeString(fields[2]); err != nil {
		return line
	}
	return "— " + fields[1] + " " + fields[2] + "\n"
}

// Pairs reads a setting of names and public keys: "NAME KEY, NAME KEY".
func Pairs(setting string) (names []string, known map[string]note.Verifier, err error) {
	known = map[string]note.Verifier{}
	for part := range strings.SplitSeq(setting, ",") {
		fields := strings.Fields(part)
		if len(fields) == 0 {
			continue
		}
		if len(fields) != 2 {
			return nil, nil, fmt.Errorf("%.60q is no name with its public key after it", strings.TrimSpace(part))
		}
		v, err := Verifier(fields[1])
		if err != nil {
			return nil, nil, fmt.Errorf("%s: %w", fields[0], err)
		}
		names, known[fields[0]] = append(names, fields[0]), v
	}
	return names, known, nil
}
