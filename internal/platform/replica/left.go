package replica

import (
	"encoding/json"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
)

// Left is what the spool alone tells of a continuous copy, also while another process runs it. Times are milliseconds.
type Left struct {
	Begun    bool   // a base lies at the other place
	Waiting  int    // segments and bases that the other place does not have
	Oldest   int64  // when the oldest of them was written, 0 none waits
	ProvenAt int64  // when a restore was last found equal, 0 never
	Problems string // what the last proof found
}

// LeftIn reads how the copy with this spool stands; a spool that is not there yet has not begun.
func LeftIn(spool string) (l Left, err error) {
	s := Shipper{Deps: Deps{Spool: spool}}
	names, err := s.spooled()
	if errors.Is(err, fs.ErrNotExist) {
		return l, nil
	}
	if err != nil {
		return l, err
	}
	for _, n := range names {
		l.Waiting++
		if l.Oldest == 0 || n.at < l.Oldest {
			l.Oldest = n.at
		}
	}
	var p proof
	if err := readJSON(s.statePath(), &s.state); err != nil {
		return l, err
	}
	if err := readJSON(s.proofPath(), &p); err != nil {
		return l, err
	}
	l.Begun, l.ProvenAt, l.Problems = s.state.BaseAt > 0, p.At, p.Problems
	return l, nil
}

// readJSON leaves into as it is when there is no such file.
func readJSON(path string, into any) error {
	data, err := os.ReadFile(filepath.Clean(path))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return json.Unmarshal(data, into)
}
