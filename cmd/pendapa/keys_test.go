package main

import (
	"bytes"
	"io"
	"path/filepath"
	"strings"
	"testing"

	"filippo.io/age"
	"filippo.io/age/armor"

	"github.com/pendapa/pendapa/internal/platform/keys"
)

// TestKeysLeaveTheHouseEncrypted: what the recipient opens is the recovery sheet, and nothing of it stands in the open.
func TestKeysLeaveTheHouseEncrypted(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	must(t, "ready", "sample", "--data", dir)
	me, err := age.GenerateX25519Identity()
	if err != nil {
		t.Fatal(err)
	}
	export := func(args ...string) (int, string, string) {
		var out, wrong bytes.Buffer
		args = append(append([]string{"export"}, args...), "--data", dir)
		status := cmdKeys(t.Context(), args, nil, &out, &wrong)
		return status, out.String(), wrong.String()
	}
	status, out, wrong := export("--recipient", me.Recipient().String())
	if status != 0 || !strings.HasPrefix(out, armor.Header) || strings.Contains(out, "PRIVATE+KEY") {
		t.Fatalf("status %d: %s %s", status, out, wrong)
	}
	r, err := age.Decrypt(armor.NewReader(strings.NewReader(out)), me)
	if err != nil {
		t.Fatal(err)
	}
	got, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	want, err := keys.Sheet(keys.Options{Dir: keys.Beside(dir)})
	if err != nil || string(got) != want {
		t.Errorf("%v, the sheet is %q", err, got)
	}
	for name, args := range map[string][]string{"neither": nil, "both": {"--plain", "--recipient", me.Recipient().String()}, "no key": {"--recipient", "age1x"}} {
		if status, out, _ := export(args...); status == 0 || out != "" {
			t.Errorf("%s: status %d, %q", name, status, out)
		}
	}
}
