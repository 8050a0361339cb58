package control_test

import (
	"bytes"
	"context"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/control"
)

func TestACommandRunsInsideTheServer(t *testing.T) {
	t.Parallel()
	for name, dir := range map[string]string{"short": t.TempDir(), "long": filepath.Join(t.TempDir(), strings.Repeat("x", 120))} {
		if err := os.MkdirAll(dir, 0o700); err != nil {
			t.Fatal(err)
		}
		stop, err := control.Serve(t.Context(), dir, func(_ context.Context, r control.Request, stdout, stderr io.Writer) int {
			fmt.Fprint(stdout, r.Name, r.Args, string(r.Files["list.csv"]))
			fmt.Fprint(stderr, "careful")
			return 3
		})
		if err != nil {
			t.Fatalf("%s: %v", name, err)
		}
		info, err := os.Stat(filepath.Join(dir, control.Name))
		if err != nil || info.Mode().Perm() != 0o600 {
			t.Errorf("the socket: %v %v", info, err)
		}
		var out, fault bytes.Buffer
		r := control.Request{Name: "user", Args: []string{"list"}, Files: map[string][]byte{"list.csv": []byte("a;b")}}
		status, err := control.Call(t.Context(), dir, r, &out, &fault)
		if err != nil || status != 3 || out.String() != "user[list]a;b" || fault.String() != "careful" {
			t.Errorf("%s: %d %q %q %v", name, status, out.String(), fault.String(), err)
		}
		if err := stop(); err != nil {
			t.Error(err)
		}
		if _, err := control.Call(t.Context(), dir, r, &out, &fault); err == nil {
			t.Error("a stopped server answered")
		}
	}
}
