package app

import (
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"strings"
	"testing"
)

// byHand says why these files make files and names themselves; all others do it through platform/durable, which syncs both.
func byHand() map[string]string {
	const order = "files of the store, in an order of syncs that the torture tests prove (ADR 10)"
	const part = "written below a folder that is synced whole before it gets its name"
	const scratch = "scratch that nobody needs after the process"
	return map[string]string{
		"cmd/pendapa/inside.go":                        "a file the operator asked for, on a disk of their own",
		"cmd/pendapa/operate.go":                       scratch,
		"cmd/pendapa/restore.go":                       scratch,
		"internal/platform/backup/backup.go":           part,
		"internal/platform/backup/copy.go":             part,
		"internal/platform/backup/rows.go":             part,
		"internal/platform/backup/verify.go":           part,
		"internal/platform/backup/lock_unix.go":        "a lock is the open file, not its name",
		"internal/platform/blob/blob.go":               "streams into a swept folder, syncs, and gets its name through durable",
		"internal/platform/db/guard/cut.go":            order,
		"internal/platform/db/guard/elsewhere_unix.go": "opens what is there",
		"internal/platform/db/guard/log.go":            order,
		"internal/platform/db/guard/mark.go":           order,
		"internal/platform/db/guard/scrub.go":          order,
		"internal/platform/db/guard/sums.go":           order,
		"internal/platform/db/prepare.go":              scratch,
		"internal/platform/jail/pool.go":               "compiled code that is made anew",
		"internal/platform/lock/lock.go":               "a lock is the open file, not its name",
		"internal/platform/replica/files.go":           "waits in the spool; made anew after a power cut",
		"internal/platform/replica/folder.go":          "streams beside its place, syncs, and gets its name through durable",
		"internal/platform/replica/restore.go":         part,
		"internal/platform/replica/segment.go":         "streams into the spool, syncs, and gets its name through durable",
	}
}

var makesFiles = regexp.MustCompile(`\bos\.(WriteFile|Rename|Create|CreateTemp|OpenFile|Mkdir|MkdirAll|MkdirTemp|Link|Symlink)\(`)

// TestFilesAreMadeDurably looks for whoever makes a file or a name without platform/durable.
func TestFilesAreMadeDurably(t *testing.T) {
	t.Parallel()
	reasons, root := byHand(), filepath.Join("..", "..")
	found := map[string]bool{}
	for _, below := range []string{"internal", "cmd"} {
		err := filepath.WalkDir(filepath.Join(root, below), func(path string, d fs.DirEntry, err error) error {
			if err != nil || d.IsDir() || !strings.HasSuffix(path, ".go") || strings.HasSuffix(path, "_test.go") {
				return err
			}
			name, err := filepath.Rel(root, path)
			if err != nil {
				return err
			}
			name = filepath.ToSlash(name)
			if strings.HasPrefix(name, "internal/platform/durable/") || testOnly(name) {
				return nil
			}
			text, err := os.ReadFile(path)
			if makesFiles.Match(text) {
				found[name] = true
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
	}
	for name := range found {
		if reasons[name] == "" {
			t.Errorf("%s makes files by hand: use platform/durable, or say in byHand why a power cut may take them", name)
		}
	}
	for name := range reasons {
		if !found[name] {
			t.Errorf("%s makes no files by hand any more: take it out of byHand", name)
		}
	}
}

// testOnly are folders that only tests use.
func testOnly(name string) bool {
	for _, folder := range []string{"storetest", "torture", "texttest", "testdata", "platform/jail/hostile"} {
		if strings.HasPrefix(name, "internal/"+folder+"/") {
			return true
		}
	}
	return false
}
