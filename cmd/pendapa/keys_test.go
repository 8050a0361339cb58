package main

import (
	"bytes"
	"io"
	"os"
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

// TestTheWrongKeyIsNamed: a backup, a restore, a start and a check with the keys of another house say which key is needed,
// which was given and what to do.
func TestTheWrongKeyIsNamed(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := func(name string) string { return filepath.Join(dir, name) }
	public := func(house, name string) string {
		data, err := os.ReadFile(file(house + "-keys/" + name))
		if err != nil {
			t.Fatal(err)
		}
		return string(data[:len("pendapa-backup+12345678")])
	}
	reader, stranger := identity(t, file("reader.txt")), identity(t, file("stranger.txt"))
	for house, more := range map[string]string{"a": "backup_recipients: " + reader + "\n", "b": ""} {
		if err := os.WriteFile(file(house+".yaml"), []byte("data: "+file(house)+"\n"+more), 0o600); err != nil {
			t.Fatal(err)
		}
		must(t, "ready", "sample", "--config", file(house+".yaml"))
	}
	must(t, "proven", "backup", "--config", file("a.yaml"))
	found, err := filepath.Glob(file("a/backups/pendapa-*"))
	if err != nil || len(found) != 1 {
		t.Fatal(found, err)
	}
	own := file("a-keys/backup.pub")
	wrong := func(want []string, words ...string) {
		t.Helper()
		code, said := pendapa(t, words...)
		for _, text := range want {
			if code == 0 || !strings.Contains(said, text) {
				t.Errorf("pendapa %s: %d, want %q in:\n%s", strings.Join(words, " "), code, text, said)
			}
		}
	}
	signed := []string{public("a", "backup.pub"), public("b", "backup.pub"), "--key"}
	wrong(signed, "verify", found[0], "--key", file("b-keys/backup.pub"))
	wrong(signed, "restore", found[0], "--data", file("c"), "--key", file("b-keys/backup.pub"))
	wrong([]string{"pendapa-audit+", "backup.pub"}, "verify", found[0], "--key", file("a-keys/audit.pub"))
	wrong([]string{"holds none", "backup.pub"}, "verify", found[0], "--key", file("a.yaml"))
	wrong([]string{reader, "--identity"}, "verify", found[0], "--key", own)
	wrong([]string{reader, stranger, "--identity"}, "verify", found[0], "--key", own, "--identity", file("stranger.txt"))
	wrong([]string{"AGE-SECRET-KEY-1"}, "verify", found[0], "--key", own, "--identity", file("a.yaml"))
	must(t, "proven", "verify", found[0], "--key", own, "--identity", file("reader.txt"))
	must(t, "restored", "restore", found[0], "--data", file("c"), "--key", own, "--identity", file("reader.txt"))
	sealing := []string{"needed is the sealing key", "setting keys"}
	wrong(sealing, "user", "list", "--data", file("c"), "--keys", file("b-keys"))
	wrong(sealing, "check", "--data", file("c"), "--keys", file("b-keys"))
}

func identity(t *testing.T, path string) (public string) {
	t.Helper()
	id, err := age.GenerateX25519Identity()
	if err == nil {
		err = os.WriteFile(path, []byte(id.String()+"\n"), 0o600)
	}
	if err != nil {
		t.Fatal(err)
	}
	return id.Recipient().String()
}
