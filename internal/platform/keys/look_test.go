package keys_test

import (
	"errors"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/keys"
)

func TestALookTellsWhatIsWrongWithTheKeys(t *testing.T) {
	t.Parallel()
	whole := t.TempDir()
	o := keys.Options{Dir: filepath.Join(whole, "keys"), Data: filepath.Join(whole, "data")}
	expect := func(want string) {
		t.Helper()
		err := errors.Join(keys.Look(o)...)
		if want == "" && err != nil || want != "" && (err == nil || !strings.Contains(err.Error(), want)) {
			t.Errorf("want %q: %v", want, err)
		}
	}
	do := func(all ...error) {
		t.Helper()
		if err := errors.Join(all...); err != nil {
			t.Fatal(err)
		}
	}
	expect("audit.key is gone")
	_, err := keys.Open(o)
	do(err)
	expect("")
	audit, seal := filepath.Join(o.Dir, keys.AuditKey), filepath.Join(o.Dir, keys.SealKey)
	text, err := os.ReadFile(audit)
	do(err, os.WriteFile(audit, []byte("no key\n"), 0o600))
	expect("audit.key is damaged")
	do(os.MkdirAll(filepath.Join(o.Data, "keys"), 0o700), os.WriteFile(filepath.Join(o.Data, "keys", keys.AuditKey), text, 0o600), os.Remove(audit))
	expect("")
	do(os.WriteFile(audit, text, 0o600), os.Chmod(seal, 0o640))
	expect("others can read " + seal)
	if info, err := os.Stat(seal); err != nil || info.Mode().Perm() != 0o640 {
		t.Error("a look changed a key")
	}
	do(os.Chmod(seal, 0o600), os.Chmod(o.Dir, 0o755))
	expect("others can open the key folder")
	do(os.Chmod(o.Dir, 0o700))
	o.Apart = []string{whole}
	expect("must not lie in each other")
}
