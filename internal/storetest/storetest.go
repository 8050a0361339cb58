// Package storetest gives tests an empty store of each kind: SQLite always, PostgreSQL in a schema of its own when
// PENDAPA_TEST_POSTGRES names a server (make test starts one).
package storetest

import (
	"context"
	"crypto/rand"
	"database/sql"
	"encoding/hex"
	"io/fs"
	"net/url"
	"os"
	"path/filepath"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// Each runs test on an empty store of every kind.
func Each(t *testing.T, test func(*testing.T, *db.DB)) {
	t.Helper()
	t.Run("sqlite", func(t *testing.T) { t.Parallel(); test(t, SQLite(t)) })
	if os.Getenv("PENDAPA_TEST_POSTGRES") != "" {
		t.Run("postgres", func(t *testing.T) { t.Parallel(); test(t, Postgres(t)) })
	}
}

// SQLite gives an empty embedded store that ends with the test.
func SQLite(t testing.TB) *db.DB {
	t.Helper()
	return open(t, "sqlite:"+filepath.Join(t.TempDir(), "app.db"))
}

// Postgres gives an empty schema on the test server.
func Postgres(t testing.TB) *db.DB {
	t.Helper()
	return open(t, Schema(t))
}

// Schema makes an empty schema on the test server, gives its address and drops it at the end.
func Schema(t testing.TB) string {
	t.Helper()
	server := os.Getenv("PENDAPA_TEST_POSTGRES")
	var b [6]byte
	_, _ = rand.Read(b[:])
	schema := "t" + hex.EncodeToString(b[:])
	admin, err := sql.Open("pgx", server)
	if err != nil {
		t.Fatal(err)
	}
	if _, err := admin.Exec("CREATE SCHEMA " + schema); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		_, _ = admin.Exec("DROP SCHEMA " + schema + " CASCADE")
		_ = admin.Close()
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal(err)
	}
	q := u.Query()
	q.Set("search_path", schema)
	u.RawQuery = q.Encode()
	return u.String()
}

func open(t testing.TB, url string) *db.DB {
	t.Helper()
	d, err := db.Open(context.Background(), url)
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = d.Close() })
	return d
}

// Migrate brings the tables of a module up in a test store.
func Migrate(t testing.TB, d *db.DB, module string, files fs.FS) {
	t.Helper()
	if err := d.Migrate(context.Background(), module, files); err != nil {
		t.Fatal(err)
	}
}
