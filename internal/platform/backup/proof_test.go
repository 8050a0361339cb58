package backup_test

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"filippo.io/age"
	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/storetest"
)

func signing(t *testing.T) keys.Signing {
	t.Helper()
	secret, _, err := note.GenerateKey(rand.Reader, "pendapa-backup")
	if err != nil {
		t.Fatal(err)
	}
	s, err := keys.ParseSigning(secret)
	if err != nil {
		t.Fatal(err)
	}
	return s
}

func TestABackupSharesNothingWithTheHouse(t *testing.T) {
	t.Parallel()
	h, first := made(t, storetest.SQLite(t))
	_, second := h.make()
	if err := os.WriteFile(at(h.Files, "bukti satu"), []byte("bukti sata"), 0o600); err != nil { // rot, or a hand
		t.Fatal(err)
	}
	m, third := h.make()
	for _, dir := range []string{first, second, third} {
		if got := h.verify(dir, h.check()); got != "" {
			t.Errorf("%s: %s", filepath.Base(dir), got)
		}
	}
	if len(m.Doubts) > 0 || m.Shared["files/"+name("bukti satu")[:2]+"/"+name("bukti satu")[2:]] != 2 {
		t.Errorf("doubts %v, shared %v", m.Doubts, m.Shared)
	}
}

func TestARottenHouseIsToldAndHelpedByAnEarlierBackup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h, first := made(t, d)
		h.keep("bukti tiga")
		h.keep("bukti empat")
		h.say("proof.add")
		for file, body := range map[string]string{at(h.Files, "bukti satu"): "bukti sata", at(h.Files, "bukti tiga"): "bukti tigo",
			at(filepath.Join(first, "files"), "bukti dua"): "bukti duo"} {
			if err := os.WriteFile(file, []byte(body), 0o600); err != nil {
				t.Fatal(err)
			}
		}
		if err := os.Remove(at(h.Files, "bukti empat")); err != nil {
			t.Fatal(err)
		}
		m, dir := h.make()
		if got := h.verify(first, h.check()); !strings.Contains(got, "changed") {
			t.Errorf("rot in a backup: %q", got)
		}
		got := h.verify(dir, h.check())
		if !strings.Contains(got, name("bukti tiga")+" is damaged") || !strings.Contains(got, name("bukti empat")+" is missing") || len(m.Doubts) != 2 {
			t.Errorf("rot in the house: %q", got)
		}
		for _, body := range []string{"bukti satu", "bukti dua"} {
			if kept, err := os.ReadFile(at(filepath.Join(dir, "files"), body)); err != nil || string(kept) != body {
				t.Errorf("%s: %q %v", body, kept, err)
			}
		}
		if want := []string{name("bukti tiga") + blob.Damaged, name("bukti empat") + blob.Missing}; !slices.Contains(h.bad, want[0]) || !slices.Contains(h.bad, want[1]) {
			t.Errorf("told %v", h.bad)
		}
	})
}

func TestACopyIsSharedForAWeekAtMost(t *testing.T) {
	t.Parallel()
	h, _ := made(t, storetest.SQLite(t))
	file := "files/" + name("bukti dua")[:2] + "/" + name("bukti dua")[2:]
	var got []int
	for range 8 {
		m, _ := h.make()
		got = append(got, m.Shared[file])
	}
	if !slices.Equal(got, []int{1, 2, 3, 4, 5, 6, 0, 1}) {
		t.Errorf("shared with %v backups before", got)
	}
}

func TestWhatNobodyCanHaveDoneIsAProblem(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.say("proof.add")
		h.say("demo.add")
		h.make()
		h.exec("DELETE FROM demo WHERE regency_id = 1 AND ok")
		h.exec("UPDATE demo SET ok = TRUE WHERE regency_id = 1 AND id = '1ns'")
		h.exec("INSERT INTO demo (regency_id, id, ok) VALUES (2, 'new', TRUE)")
		m, dir := h.make()
		if m.Since["demo"] != (backup.Difference{Added: 1, Changed: 1, Removed: 225}) {
			t.Errorf("difference %+v", m.Since)
		}
		if got := h.verify(dir, h.check()); !strings.Contains(got, "table demo lost 225 rows") {
			t.Errorf("rows that went silently: %q", got)
		}
		h.exec("DELETE FROM demo WHERE regency_id = 1 AND id = '1ns'")
		h.say("demo.remove")
		if _, dir = h.make(); h.verify(dir, h.check()) != "" {
			t.Errorf("rows that went with an entry: %s", h.verify(dir, h.check()))
		}
		h.exec("DELETE FROM audit_entry WHERE regency_id = 1 AND seq = 2")
		h.exec("DELETE FROM audit_hash WHERE regency_id = 1 AND idx >= 3")
		h.exec("UPDATE audit_head SET size = 2 WHERE regency_id = 1")
		if _, dir = h.make(); !strings.Contains(h.verify(dir, h.check()), "2 entries, the backup before had 3") {
			t.Errorf("a shorter trail: %s", h.verify(dir, h.check()))
		}
		h.exec("UPDATE audit_hash SET hash = (SELECT hash FROM audit_hash WHERE regency_id = 1 AND idx = 1) WHERE regency_id = 1 AND idx IN (0, 2)")
		if _, dir = h.make(); !strings.Contains(h.verify(dir, h.check()), "are not those of the backup before") {
			t.Errorf("another trail: %s", h.verify(dir, h.check()))
		}
	})
}

// TestAForgedManifestIsRefused takes a row out of a backup and computes its manifest anew.
// TestAFailedBackupDoesNotSilenceTheNext takes a row away without a word, around a backup that fails late, and then the
// hashes that would have told of it.
func TestAFailedBackupDoesNotSilenceTheNext(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h, _ := made(t, d)
		h.exec("DELETE FROM demo WHERE regency_id = 1 AND id = $1", "1ns")
		sign, broken := h.Sign, errors.New("the key is not to be had")
		h.Sign = func([]byte) (string, error) { return "", broken }
		later := h.clock.Add(time.Hour)
		if _, err := backup.Make(context.Background(), h.Source, h.root, later); !errors.Is(err, broken) {
			t.Fatalf("it should fail late: %v", err)
		}
		h.Sign = sign
		m, _ := h.make()
		if got := strings.Join(m.Doubts, "; "); !strings.Contains(got, "table demo lost 1 rows") {
			t.Errorf("after a failed backup: %q", got)
		}
		kept, err := os.ReadDir(filepath.Join(h.root, ".rows"))
		if err != nil || len(kept) != 1 || kept[0].Name() != m.Name {
			t.Errorf("kept: %v %v", kept, err)
		}
		if err := os.Remove(filepath.Join(h.root, ".rows", m.Name)); err != nil {
			t.Fatal(err)
		}
		m, dir := h.make()
		if got := h.verify(dir, h.check()); len(m.Since) != 0 || !strings.Contains(got, "row hashes") || !strings.Contains(got, "missing") {
			t.Errorf("without the hashes: %q, %v", got, m.Since)
		}
		if m, _ := h.make(); len(m.Doubts) > 0 {
			t.Errorf("the doubt stayed: %v", m.Doubts)
		}
	})
}

func TestAForgedManifestIsRefused(t *testing.T) {
	t.Parallel()
	h, dir := made(t, storetest.SQLite(t))
	forged := at(filepath.Join(dir, "files"), "bukti satu")
	if err := overwrite(forged, "bukti palsu"); err != nil {
		t.Fatal(err)
	}
	m, err := backup.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Files["files/"+name("bukti satu")[:2]+"/"+name("bukti satu")[2:]] = backup.File{Size: 11, SHA256: name("bukti palsu")}
	data, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = overwrite(filepath.Join(dir, "manifest.json"), string(data))
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := h.verify(dir, h.check()); !strings.Contains(got, "what it signs was changed") {
		t.Errorf("with the old signature: %q", got)
	}
	thief := signing(t)
	signed, err := thief.SignData("backup", data)
	if err == nil {
		err = overwrite(filepath.Join(dir, "manifest.sig"), signed)
	}
	if err != nil {
		t.Fatal(err)
	}
	if got := h.verify(dir, h.check()); !strings.Contains(got, "not of this key") {
		t.Errorf("signed by another: %q", got)
	}
	if err := os.Remove(filepath.Join(dir, "manifest.sig")); err != nil {
		t.Fatal(err)
	}
	if got := h.verify(dir, h.check()); !strings.Contains(got, "not signed") {
		t.Errorf("unsigned: %q", got)
	}
	if got := h.verify(dir, backup.Check{}); !strings.Contains(got, "a row names the file") {
		t.Errorf("without the key the name of the file still tells: %q", got)
	}
}

// TestRootsOfTheTrailAreCompared: a manifest that names other roots than its rows have is told, though every row fits.
func TestRootsOfTheTrailAreCompared(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		h := build(t, d)
		h.say("proof.add")
		h.say("demo.add")
		m, dir := h.make()
		if len(m.Roots) != 1 {
			t.Fatalf("roots %v", m.Roots)
		}
		whole := maps.Clone(m.Roots)
		for regency, root := range whole {
			for name, forged := range map[string]backup.Root{"a shorter trail": {Size: root.Size - 1, Hash: root.Hash}, "another root": {Size: root.Size, Hash: strings.Repeat("0", len(root.Hash))}} {
				m.Roots = maps.Clone(whole)
				m.Roots[regency] = forged
				if got := h.verifyAs(dir, m); got != "the roots of the audit trails are not those of the manifest" {
					t.Errorf("%s: %q", name, got)
				}
			}
		}
		m.Roots = nil
		if got := h.verifyAs(dir, m); !strings.Contains(got, "the roots") {
			t.Errorf("no roots: %q", got)
		}
	})
}

// verifyAs verifies a backup with another manifest, which nobody signed.
func (h *house) verifyAs(dir string, m backup.Manifest) string {
	h.t.Helper()
	data, err := json.MarshalIndent(m, "", "  ")
	if err == nil {
		err = overwrite(filepath.Join(dir, "manifest.json"), string(data))
	}
	if err != nil {
		h.t.Fatal(err)
	}
	return h.verify(dir, backup.Check{})
}

func TestAnEncryptedBackup(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, h := context.Background(), build(t, d)
		reader, err := age.GenerateX25519Identity()
		if err == nil {
			h.Own, err = age.GenerateX25519Identity()
		}
		if err != nil {
			t.Fatal(err)
		}
		h.Recipients = []age.Recipient{reader.Recipient()}
		h.make()
		m, dir := h.make()
		if got := h.verify(dir, h.check()); got != "" || len(m.Shared) != 2 {
			t.Errorf("%q, shared %v", got, m.Shared)
		}
		err = filepath.WalkDir(h.root, func(path string, e os.DirEntry, err error) error {
			if err != nil || e.IsDir() {
				return err
			}
			body, err := os.ReadFile(path)
			if strings.Contains(string(body), "bukti") || strings.Contains(string(body), "SQLite format") {
				t.Errorf("%s can be read", path)
			}
			return err
		})
		if err != nil {
			t.Fatal(err)
		}
		data, check := filepath.Join(t.TempDir(), "data"), h.check()
		check.Identities = nil
		if _, err := backup.Restore(ctx, dir, data, "", migrate, check); err == nil || !strings.Contains(err.Error(), "--identity") {
			t.Errorf("without the secret key: %v", err)
		}
		check.Identities = []age.Identity{reader}
		if _, err := backup.Restore(ctx, dir, data, "", migrate, check); err != nil {
			t.Fatal(err)
		}
		if body, err := os.ReadFile(at(filepath.Join(data, "files"), "bukti dua")); err != nil || string(body) != "bukti dua" {
			t.Errorf("%q %v", body, err)
		}
		shelf := backup.Shelf{Root: h.root, Identities: []age.Identity{h.Own}}
		var got string
		err = shelf.Fetch(ctx, name("bukti satu"), func(r io.Reader, _ string) error { b, err := io.ReadAll(r); got = string(b); return err })
		if err != nil || got != "bukti satu" {
			t.Errorf("from the shelf: %q %v", got, err)
		}
		other, err := age.GenerateX25519Identity()
		if err != nil {
			t.Fatal(err)
		}
		if h.Recipients = []age.Recipient{other.Recipient()}; len(mustShare(h)) != 0 {
			t.Error("files for other readers were shared")
		}
	})
}

func mustShare(h *house) map[string]int { m, _ := h.make(); return m.Shared }

func TestWhatAKilledBackupLeftIsRemoved(t *testing.T) {
	t.Parallel()
	h, _ := made(t, storetest.SQLite(t))
	for _, left := range []string{"pendapa-20260101-000000.part", ".pendapa-20260101-000000.scratch"} {
		h.write(filepath.Join(h.root, left, "app.db"), "half")
	}
	h.make()
	entries, err := os.ReadDir(h.root)
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		if strings.HasSuffix(e.Name(), ".part") || strings.HasSuffix(e.Name(), ".scratch") {
			t.Errorf("%s is still there", e.Name())
		}
	}
}

// TestABackupOfTheOldForm makes what the first versions made: keys inside, every file, no signature.
func TestABackupOfTheOldForm(t *testing.T) {
	t.Parallel()
	h, dir := made(t, storetest.SQLite(t))
	h.write(filepath.Join(dir, "keys", "audit.key"), "secret")
	m, err := backup.Open(dir)
	if err != nil {
		t.Fatal(err)
	}
	m.Files["keys/audit.key"] = backup.File{Size: 6, SHA256: name("secret")}
	old := map[string]any{"name": m.Name, "at": m.At, "version": "0", "store": m.Store, "tables": m.Tables, "files": m.Files}
	data, err := json.Marshal(old)
	if err := errors.Join(err, overwrite(filepath.Join(dir, "manifest.json"), string(data)), os.Remove(filepath.Join(dir, "manifest.sig"))); err != nil {
		t.Fatal(err)
	}
	if got := h.verify(dir, backup.Check{}); got != "" {
		t.Error(got)
	}
	data2 := filepath.Join(t.TempDir(), "data")
	if _, err := backup.Restore(context.Background(), dir, data2, "", migrate, backup.Check{}); err != nil {
		t.Fatal(err)
	}
	if _, err := os.Stat(filepath.Join(data2, "keys", "audit.key")); err != nil {
		t.Error(err)
	}
	h.make() // the next backup compares itself with nothing and shares nothing
}
