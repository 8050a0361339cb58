package audit

import (
	"context"
	"errors"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/durable"
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
	text, err := f.last(c.Origin)
	if err != nil {
		return "", err
	}
	from := f.file(c.Origin)
	last := trail.Checkpoint{}
	if text != "" {
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
	return c.Text, durable.Append(from, c.Text+"\n")
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
	return whole(string(data), origin), err
}

// whole gives the whole checkpoints of a text that ends where its file ends.
func whole(data, origin string) []string {
	all := trail.Split(data)
	for i, text := range all {
		all[i] = text[max(0, strings.LastIndex(text, origin+"\n")):]
	}
	if half := !strings.HasSuffix(data, "\n"); half && len(all) > 0 {
		all = all[:len(all)-1]
	}
	return all
}

// tail is more than two checkpoints with all their signatures take.
const tail = 64 << 10

// last gives the newest checkpoint that is kept, "" when there is none. It reads the end of the file alone: a file grows for
// years, and a checkpoint comes every minute.
func (f Folder) last(origin string) (string, error) {
	file, err := os.Open(f.file(origin))
	if errors.Is(err, fs.ErrNotExist) {
		_, err = os.Stat(f.Path)
		return "", err
	}
	if err != nil {
		return "", err
	}
	defer file.Close()
	info, err := file.Stat()
	if err != nil {
		return "", err
	}
	from := max(0, info.Size()-tail)
	data, err := io.ReadAll(io.NewSectionReader(file, from, tail))
	if err != nil {
		return "", err
	}
	all := whole(string(data), origin)
	if len(all) > 1 || from == 0 && len(all) > 0 { // the first one may be cut
		return all[len(all)-1], nil
	}
	if from == 0 {
		return "", nil
	}
	if all, err = f.Read(origin); len(all) == 0 {
		return "", err
	}
	return all[len(all)-1], err
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
