package audit

import (
	"context"
	"errors"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/trail"
)

// Folder keeps checkpoints in a second folder, one file per log to which lines are only added: a disk of another machine, a
// stick, a folder that is printed. A missing folder is not made: a stick that is not in must not become a folder on this disk.
type Folder struct{ Path string }

var _ Place = Folder{}

// Name is the path.
func (f Folder) Name() string { return f.Path }

func (f Folder) file(origin string) string {
	return filepath.Join(f.Path, strings.ReplaceAll(origin, "/", "-")+".txt")
}

// Send adds a checkpoint unless it is there already.
func (f Folder) Send(_ context.Context, c trail.Checkpoint, h History) (string, error) {
	all, err := f.Read(c.Origin)
	if err != nil {
		return "", err
	}
	from := f.file(c.Origin)
	last := trail.Checkpoint{}
	if len(all) > 0 {
		text := all[len(all)-1]
		if last, err = trail.OpenCheckpoint(text, h.Known()); err != nil {
			return "", &Differs{trail.Problem{Kind: trail.Signature, From: from, More: err.Error()}}
		}
		if last.Origin != c.Origin {
			return "", &Differs{trail.Problem{Kind: trail.Foreign, From: from, More: last.Origin}}
		}
	}
	if err := agrees(last, c.Size, h, from); err != nil || last.Size == c.Size {
		return last.Text, err
	}
	return c.Text, appendSynced(from, c.Text+"\n")
}

// Read gives the checkpoints that are kept of one log, oldest first. Half a checkpoint at the end, left by a cut of the power, is
// not counted: the next one is written after it.
func (f Folder) Read(origin string) ([]string, error) {
	if _, err := os.Stat(f.Path); err != nil {
		return nil, err
	}
	data, err := os.ReadFile(f.file(origin))
	if errors.Is(err, fs.ErrNotExist) {
		return nil, nil
	}
	all := trail.Split(string(data))
	for i, text := range all {
		all[i] = text[max(0, strings.LastIndex(text, origin+"\n")):]
	}
	if half := !strings.HasSuffix(string(data), "\n"); half && len(all) > 0 {
		all = all[:len(all)-1]
	}
	return all, err
}

// appendSynced adds text to a file and returns when it is on the disk. After half a line the text begins a new one.
func appendSynced(path, text string) error {
	have, err := os.ReadFile(path)
	if err != nil && !errors.Is(err, fs.ErrNotExist) {
		return err
	}
	if len(have) > 0 && have[len(have)-1] != '\n' {
		text = "\n" + text
	}
	f, err := os.OpenFile(path, os.O_CREATE|os.O_APPEND|os.O_WRONLY, 0o600)
	if err != nil {
		return err
	}
	_, err = f.WriteString(text)
	if err = errors.Join(err, f.Sync(), f.Close()); err != nil {
		return err
	}
	d, err := os.Open(filepath.Dir(path))
	if err != nil {
		return err
	}
	return errors.Join(d.Sync(), d.Close())
}

// Origins lists the logs of which something is kept here, so that one that was dropped whole is missed.
func (f Folder) Origins() ([]string, error) {
	names, err := filepath.Glob(filepath.Join(f.Path, "pendapa-*.txt"))
	var all []string
	for _, name := range names {
		all = append(all, strings.Replace(strings.TrimSuffix(filepath.Base(name), ".txt"), "-", "/", 1))
	}
	return all, err
}
