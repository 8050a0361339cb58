//go:build linux

package torture

import (
	"context"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/blob"
)

// TestAFileThatIsKeptAlreadyIsDurable: somebody put a file and was ended before its name was synced. Who puts the same file
// afterwards is told that it is kept, and so it must be after a power cut.
func TestAFileThatIsKeptAlreadyIsDurable(t *testing.T) {
	if !haveFUSE(t) {
		return
	}
	for range 10 {
		o := &onTree{t: t, tree: newTree(true), dir: t.TempDir()}
		o.mount()
		files, err := blob.New(filepath.Join(o.dir, "files"))
		if err != nil {
			t.Fatal(err)
		}
		put := func() blob.Ref {
			ref, err := files.Put(context.Background(), strings.NewReader("Surat edaran"), 1<<20)
			if err != nil {
				t.Fatal(err)
			}
			return ref
		}
		ref := put()
		at := "files/" + ref.Hash[:2] + "/" + ref.Hash[2:]
		o.tree.mu.Lock()
		o.tree.names[at].durable, o.tree.names["files/"+ref.Hash[:2]].durable = false, false
		o.tree.names["files"].durable = true
		o.tree.mu.Unlock()
		put()
		after := o.tree.cut()
		o.unmount()
		if n := after.names[at]; n == nil || string(n.file.data) != "Surat edaran" {
			t.Fatal("a file that was acknowledged is gone after a power cut")
		}
	}
}
