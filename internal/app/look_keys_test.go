package app

import (
	"os"
	"path/filepath"
	"testing"
	"time"
)

// TestALookKnowsTheKeysOfTheHouse: a trail with checkpoints is fine with its own key, and told with that of another house.
func TestALookKnowsTheKeysOfTheHouse(t *testing.T) {
	t.Parallel()
	dir := filepath.Join(t.TempDir(), "data")
	h := &lookedAt{t: t, now: time.Now(), c: Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"),
		Keys: dir + "-keys", Backups: filepath.Join(dir, "backups")}}
	h.use(func(a *App) error {
		if err := a.recordSealedFor(t.Context(), 3509); err != nil {
			return err
		}
		if err := a.Audit.Checkpoint(t.Context(), 3509); err != nil {
			return err
		}
		_, err := a.Admin.MakeAndProve(t.Context())
		return err
	})
	h.expect("", "")
	mine := filepath.Join(h.c.Keys, "audit.key")
	other := mustOpen(t, filepath.Join(t.TempDir(), "other"))
	theirs, err := os.ReadFile(filepath.Join(other.Keys.Dir(), "audit.key"))
	h.do(err, other.Close(), os.WriteFile(mine, theirs, 0o600), os.Remove(filepath.Join(h.c.Keys, "audit.pub")))
	h.expect("keys", "pendapa/3509 was signed by pendapa-audit+")
}
