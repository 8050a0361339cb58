package trail

import (
	"bufio"
	"bytes"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"strconv"
)

// LogHead begins the trail of one log in an exported file: which log, how many entries it says it holds, and the checkpoints
// that were signed in it. Its entries follow, one a line.
type LogHead struct {
	Log         string   `json:"log"`
	Size        int64    `json:"size"`
	Checkpoints []string `json:"checkpoints"`
}

// WriteHead writes the head of a log.
func WriteHead(w io.Writer, h LogHead) error { return json.NewEncoder(w).Encode(h) }

// WriteRow writes an entry: the very text that is hashed.
func WriteRow(w io.Writer, r Row) error {
	_, err := w.Write(append(r.Leaf(), '\n'))
	return err
}

const longestLine = 64 << 20

// ReadLines reads an exported file and calls head for each log and leaf for each of its entries: its number and the text that is
// hashed, which is valid until leaf returns. The text is not taken apart: what its root proves, it proves of these very bytes.
func ReadLines(r io.Reader, head func(LogHead) error, leaf func(seq int64, text []byte) error) error {
	lines := bufio.NewScanner(r)
	lines.Buffer(make([]byte, 1<<20), longestLine)
	for n := 1; lines.Scan(); n++ {
		line := lines.Bytes()
		var err error
		if bytes.HasPrefix(line, []byte(`{"log":`)) {
			var h LogHead
			if err = json.Unmarshal(line, &h); err == nil {
				err = head(h)
			}
		} else {
			var seq int64
			if seq, err = seqOf(line); err == nil {
				err = leaf(seq, line)
			}
		}
		if err != nil {
			return fmt.Errorf("line %d: %w", n, err)
		}
	}
	if errors.Is(lines.Err(), bufio.ErrTooLong) {
		return errors.New("a line is too long for an exported trail")
	}
	return lines.Err()
}

// seqOf reads the number at the beginning of an entry.
func seqOf(line []byte) (int64, error) {
	rest, ok := bytes.CutPrefix(line, []byte(`{"seq":`))
	number, _, more := bytes.Cut(rest, []byte(","))
	seq, err := strconv.ParseInt(string(number), 10, 64)
	if !ok || !more || err != nil {
		return 0, errors.New("no entry of a trail")
	}
	return seq, nil
}
