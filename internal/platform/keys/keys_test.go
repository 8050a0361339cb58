package keys_test

import (
	"context"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"testing/fstest"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
)

func place(t *testing.T) keys.Options {
	t.Helper()
	data := filepath.Join(t.TempDir(), "data")
	if err := os.MkdirAll(data, 0o700); err != nil {
		t.Fatal(err)
	}
	return keys.Options{Dir: keys.Beside(data), Data: data}
}

func open(t *testing.T, o keys.Options) *keys.Ring {
	t.Helper()
	r, err := keys.Open(o)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

func put(t *testing.T, path, text string, mode os.FileMode) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, []byte(text), mode); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(path, mode); err != nil {
		t.Fatal(err)
	}
}

func TestKeysStayTheSameAndPrivate(t *testing.T) {
	t.Parallel()
	o := place(t)
	first := open(t, o)
	if len(first.Made()) != 4 {
		t.Fatalf("made %v, want four keys", first.Made())
	}
	sealed := first.Box().Seal("a", []byte("secret"))
	if err := os.Chmod(o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.Chmod(filepath.Join(o.Dir, keys.AuditKey), 0o644); err != nil {
		t.Fatal(err)
	}
	second := open(t, o)
	if len(second.Made()) != 0 || second.Audit().Public != first.Audit().Public || second.Witness().Public != first.Witness().Public {
		t.Fatalf("the second start made %v or has other keys", second.Made())
	}
	if plain, err := second.Box().Open("a", sealed); err != nil || string(plain) != "secret" {
		t.Fatalf("open = %q, %v", plain, err)
	}
	entries, err := os.ReadDir(o.Dir)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range append(entries, nil) {
		path := o.Dir
		if e != nil {
			path = filepath.Join(o.Dir, e.Name())
		}
		info, err := os.Stat(path)
		if err != nil || info.Mode().Perm()&0o077 != 0 && strings.HasSuffix(path, ".key") || e == nil && info.Mode().Perm() != 0o700 {
			t.Errorf("%s has mode %v, %v", path, info.Mode(), err)
		}
	}
}

func TestKeyFolderIsApart(t *testing.T) {
	t.Parallel()
	for name, change := range map[string]func(o *keys.Options){
		"in the data":      func(o *keys.Options) { o.Dir = filepath.Join(o.Data, "kunci") },
		"is the data":      func(o *keys.Options) { o.Dir = o.Data },
		"holds the data":   func(o *keys.Options) { o.Dir = filepath.Dir(o.Data) },
		"in the backups":   func(o *keys.Options) { o.Apart = []string{filepath.Join(o.Dir, "..")} },
		"linked into data": func(o *keys.Options) { _ = os.Symlink(o.Data, o.Dir) },
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			o := place(t)
			change(&o)
			if _, err := keys.Open(o); err == nil || !strings.Contains(err.Error(), "must not lie in each other") {
				t.Errorf("error = %v", err)
			}
		})
	}
}

func TestFolderWithOtherThingsIsNotTouched(t *testing.T) {
	t.Parallel()
	o := place(t)
	put(t, filepath.Join(o.Dir, "letters.txt"), "x", 0o644)
	if err := os.Chmod(o.Dir, 0o755); err != nil {
		t.Fatal(err)
	}
	if _, err := keys.Open(o); err == nil || !strings.Contains(err.Error(), "letters.txt") {
		t.Errorf("error = %v", err)
	}
}

// TestHalfAKeyOfACrash is a power cut in the first start of an older version: the name is there, the bytes are not.
func TestHalfAKeyOfACrash(t *testing.T) {
	t.Parallel()
	for _, name := range []string{keys.AuditKey, keys.BackupKey, keys.WitnessKey, keys.SealKey} {
		for _, half := range []string{"", "PRIVATE+KEY+pendapa-au", "0102"} {
			t.Run(name+" "+half, func(t *testing.T) {
				t.Parallel()
				o := place(t)
				put(t, filepath.Join(o.Dir, name), half, 0o600)
				o.Used = func(string) (bool, error) { return true, nil }
				if _, err := keys.Open(o); err == nil || !strings.Contains(err.Error(), "recovery sheet") {
					t.Fatalf("a house that was made with it: error = %v", err)
				}
				o.Used = func(string) (bool, error) { return false, nil }
				open(t, o)
			})
		}
	}
	t.Run("where older versions kept it", func(t *testing.T) {
		t.Parallel()
		o := place(t)
		put(t, filepath.Join(o.Data, "keys", "audit.key"), "", 0o600)
		put(t, filepath.Join(o.Data, "keys", "audit.pub"), "", 0o644)
		open(t, o)
	})
}

func TestGoneKeyIsNotMadeAnew(t *testing.T) {
	t.Parallel()
	o := place(t)
	open(t, o)
	if err := os.Remove(filepath.Join(o.Dir, keys.SealKey)); err != nil {
		t.Fatal(err)
	}
	o.Used = func(name string) (bool, error) { return name == keys.SealKey, nil }
	if _, err := keys.Open(o); err == nil || !strings.Contains(err.Error(), "seal.key is gone") {
		t.Fatalf("error = %v", err)
	}
	o.AcceptLoss = true
	if r := open(t, o); len(r.Made()) != 1 {
		t.Errorf("made %v", r.Made())
	}
}

func TestKeyOfAnOlderVersionMoves(t *testing.T) {
	t.Parallel()
	o := place(t)
	other := open(t, place(t)).Audit()
	old := filepath.Join(o.Data, "keys", "audit.key")
	put(t, old, other.Secret+"\n", 0o600)
	put(t, filepath.Join(o.Data, "keys", "audit.pub"), other.Public+"\n", 0o644)
	if r := open(t, o); r.Audit().Public != other.Public {
		t.Fatal("another key is used")
	}
	if _, err := os.Stat(filepath.Dir(old)); !os.IsNotExist(err) {
		t.Errorf("the key is still in the data: %v", err)
	}
	put(t, old, other.Secret+"\n", 0o600) // a crash after the copy and before the removal
	open(t, o)
	if _, err := os.Stat(old); !os.IsNotExist(err) {
		t.Errorf("the key is still in the data: %v", err)
	}
	put(t, old, open(t, place(t)).Audit().Secret+"\n", 0o600) // another house's
	if _, err := keys.Open(o); err == nil || !strings.Contains(err.Error(), "different keys") {
		t.Errorf("error = %v", err)
	}
}

func TestCredentialsOfSystemdWin(t *testing.T) {
	t.Parallel()
	o, theirs := place(t), open(t, place(t))
	o.Credentials = t.TempDir()
	put(t, filepath.Join(o.Credentials, keys.AuditKey), theirs.Audit().Secret, 0o400)
	r := open(t, o)
	if r.Audit().Public != theirs.Audit().Public || r.Backup().Public == theirs.Backup().Public {
		t.Error("the credential is not used, or more than it")
	}
	if _, err := os.Stat(filepath.Join(o.Dir, keys.AuditKey)); !os.IsNotExist(err) {
		t.Errorf("a credential was written to the disk: %v", err)
	}
}

func TestBox(t *testing.T) {
	t.Parallel()
	b, other := keys.Memory(), keys.Memory()
	where := keys.Context("access_user", "totp", 3509, "u1")
	sealed := b.Seal(where, []byte("JBSWY3DPEHPK3PXP"))
	if strings.Contains(sealed, "JBSW") || !keys.IsSealed(sealed) || sealed == b.Seal(where, []byte("JBSWY3DPEHPK3PXP")) {
		t.Fatalf("sealed = %q", sealed)
	}
	if plain, err := b.Open(where, sealed); err != nil || string(plain) != "JBSWY3DPEHPK3PXP" {
		t.Fatalf("open = %q, %v", plain, err)
	}
	if b.Seal(where, nil) != "" {
		t.Error("nothing was sealed into something")
	}
	for name, try := range map[string]func() ([]byte, error){
		"another row":  func() ([]byte, error) { return b.Open(keys.Context("access_user", "totp", 3509, "u2"), sealed) },
		"regency":      func() ([]byte, error) { return b.Open(keys.Context("access_user", "totp", 3510, "u1"), sealed) },
		"another key":  func() ([]byte, error) { return other.Open(where, sealed) },
		"never sealed": func() ([]byte, error) { return b.Open(where, "JBSWY3DPEHPK3PXP") },
		"changed":      func() ([]byte, error) { return b.Open(where, sealed[:len(sealed)-2]+"AA") },
		"cut":          func() ([]byte, error) { return b.Open(where, sealed[:20]) },
	} {
		if plain, err := try(); err == nil || strings.Contains(err.Error(), "JBSW") {
			t.Errorf("%s: %q, %v", name, plain, err)
		}
	}
}

func TestSignedData(t *testing.T) {
	t.Parallel()
	r := open(t, place(t))
	signed, err := r.Backup().SignData("backup", []byte("manifest"))
	if err != nil {
		t.Fatal(err)
	}
	if err := keys.CheckData(r.Backup().Public, "backup", []byte("manifest"), signed); err != nil {
		t.Error(err)
	}
	for name, err := range map[string]error{
		"other data": keys.CheckData(r.Backup().Public, "backup", []byte("manifesT"), signed),
		"other kind": keys.CheckData(r.Backup().Public, "segment", []byte("manifest"), signed),
		"other key":  keys.CheckData(r.Audit().Public, "backup", []byte("manifest"), signed),
		"no key":     keys.CheckData("x", "backup", []byte("manifest"), signed),
	} {
		if err == nil {
			t.Errorf("%s passes", name)
		}
	}
	if f := keys.Fingerprint(r.Backup().Public); len(f) != 29 || f == keys.Fingerprint(r.Audit().Public) {
		t.Errorf("fingerprint %q", f)
	}
}

func secrets() fstest.MapFS {
	return fstest.MapFS{"migrations/0001_t.sql": {Data: []byte(
		"-- +goose Up\nCREATE TABLE t (regency_id BIGINT NOT NULL, id TEXT NOT NULL, secret TEXT NOT NULL, PRIMARY KEY (regency_id, id));\n")}}
}

func TestOldSecretsAreSealedAndRotated(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", secrets())
		ctx, o := context.Background(), place(t)
		r := open(t, o)
		err := d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO t (regency_id, id, secret) VALUES (1, 'a', 'open one'), (2, 'a', 'open two'), (2, 'b', ''), (2, 'c', $1)`,
				r.Box().Seal(keys.Context("t", "secret", 2, "c"), []byte("sealed")))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		column, entries := keys.Column{Table: "t", Name: "secret", Row: []string{"id"}}, map[int64]int{}
		record := func(_ context.Context, _ *db.Tx, regency int64, _ string, n int) error {
			entries[regency] += n
			return nil
		}
		reseal := func(want int) {
			t.Helper()
			if n, err := column.Reseal(ctx, d, r.Box(), record); err != nil || n != want {
				t.Fatalf("sealed %d, %v; want %d", n, err, want)
			}
		}
		reseal(2)
		reseal(0)
		if entries[1] != 1 || entries[2] != 1 {
			t.Errorf("entries %v", entries)
		}
		running := open(t, o) // a server that read the keys before the rotation
		if err := r.Rotate(o); err != nil {
			t.Fatal(err)
		}
		reseal(3)
		if err := r.Forget(o); err != nil {
			t.Fatal(err)
		}
		for regency, want := range map[int64]string{1: "open one", 2: "open two"} {
			var sealed string
			if err := d.QueryRow(ctx, `SELECT secret FROM t WHERE regency_id = $1 AND id = 'a'`, regency).Scan(&sealed); err != nil {
				t.Fatal(err)
			}
			plain, err := running.Box().Open(keys.Context("t", "secret", regency, "a"), sealed)
			if err != nil || string(plain) != want {
				t.Errorf("regency %d: %q, %v", regency, plain, err)
			}
		}
		if any, err := column.Any(ctx, d); err != nil || !any {
			t.Errorf("any = %v, %v", any, err)
		}
		if any, err := (keys.Column{Table: "nowhere", Name: "secret"}).Any(ctx, d); err != nil || any {
			t.Errorf("a table that is not there: %v, %v", any, err)
		}
	})
}

// TestSecretsOfALostKeyAreGivenUp: resealing tells them apart, giving up empties them alone and leaves one entry a regency.
func TestSecretsOfALostKeyAreGivenUp(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		storetest.Migrate(t, d, "t", secrets())
		ctx, box, lost := context.Background(), keys.Memory(), keys.Memory()
		where := func(regency int64, id string) string { return keys.Context("t", "secret", regency, id) }
		err := d.Tx(ctx, func(tx *db.Tx) error {
			_, err := tx.Exec(`INSERT INTO t (regency_id, id, secret) VALUES (1, 'a', $1), (2, 'a', $2), (2, 'b', $3)`,
				box.Seal(where(1, "a"), []byte("known")), lost.Seal(where(2, "a"), []byte("x")), lost.Seal(where(2, "b"), []byte("y")))
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		column, entries := keys.Column{Table: "t", Name: "secret", Row: []string{"id"}}, map[int64]int{}
		record := func(_ context.Context, _ *db.Tx, regency int64, _ string, n int) error {
			entries[regency] += n
			return nil
		}
		for _, want := range []int{2, 0} {
			if n, err := column.Locked(ctx, d, box); err != nil || n[lost.Newest()] != want || len(n) > 1 {
				t.Errorf("locked %v, %v; want %d", n, err, want)
			}
			if n, err := column.GiveUp(ctx, d, box, record); err != nil || n != want {
				t.Errorf("given up %d, %v; want %d", n, err, want)
			}
		}
		var empty int
		err = d.QueryRow(ctx, `SELECT count(*) FROM t WHERE regency_id >= 0 AND secret = ''`).Scan(&empty)
		if err != nil || empty != 2 || len(entries) != 1 || entries[2] != 2 {
			t.Errorf("%d empty, entries %v, %v", empty, entries, err)
		}
	})
}
