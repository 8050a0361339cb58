package app

import (
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
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
	pub, err := os.ReadFile(filepath.Join(h.c.Keys, "audit.pub"))
	h.do(err)
	trusted := strings.TrimSpace(string(pub)) + " pendapa/3509=9 pendapa/0=9\n"
	mine := filepath.Join(h.c.Keys, "audit.key")
	other := mustOpen(t, filepath.Join(t.TempDir(), "other"))
	own, err := os.ReadFile(mine)
	h.do(err)
	theirs, err := os.ReadFile(filepath.Join(other.Keys.Dir(), "audit.key"))
	h.do(err, other.Close(), os.WriteFile(mine, theirs, 0o600), os.Remove(filepath.Join(h.c.Keys, "audit.pub")))
	h.expect("keys", "pendapa/3509 was signed by pendapa-audit+")
	h.do(os.WriteFile(filepath.Join(h.c.Keys, "audit.pub"), append([]byte(other.Keys.Audit().Public+"\n"), trusted...), 0o600))
	h.expect("keys", "no entry says that it was replaced")
	h.do(os.WriteFile(mine, own, 0o600), os.Remove(filepath.Join(h.c.Keys, "audit.pub")))
	h.expect("", "")
	h.use(func(a *App) error {
		return a.DB.Tx(t.Context(), func(tx *db.Tx) error {
			_, err := tx.Exec(`UPDATE audit_checkpoint SET note = 'torn' WHERE regency_id = 3509`)
			return err
		})
	})
	h.expect("store", "the newest checkpoint of pendapa/3509 cannot be read")
}
