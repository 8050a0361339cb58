package config_test

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/config"
)

func TestSecretsFromFilesAndCredentials(t *testing.T) {
	t.Parallel()
	dir := t.TempDir()
	file := filepath.Join(dir, "surat")
	for name, text := range map[string]string{file: "from the file\n", filepath.Join(dir, "oidc_secret"): "from systemd\n"} {
		if err := os.WriteFile(name, []byte(text), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	l, err := config.Load("", []string{"PENDAPA_SMTP_PASSWORD_FILE=" + file, "CREDENTIALS_DIRECTORY=" + dir})
	if err != nil || l.SMTPPass != "from the file" || l.OIDCSecret != "from systemd" {
		t.Fatalf("%q, %q, %v", l.SMTPPass, l.OIDCSecret, err)
	}
	var out bytes.Buffer
	if err := l.Print(&out); err != nil || strings.Contains(out.String(), "from the file") || strings.Contains(out.String(), "from systemd") {
		t.Errorf("check prints a secret: %v\n%s", err, out.String())
	}
	if _, err := config.Load("", []string{"PENDAPA_SMTP_PASSWORD_FILE=" + dir + "/none"}); err == nil || !strings.Contains(err.Error(), "smtp_password_file") {
		t.Errorf("a file that is not there: %v", err)
	}
}

func TestTrailLeavesTheMachine(t *testing.T) {
	t.Parallel()
	const key = "pendapa-audit+f3dcf19d+AZmcUFBDtLXpEYvOeK4bqPUPHiTqDp1hFVqEFWYPpD3E"
	for setting, want := range map[string]string{
		"PENDAPA_TRAIL_FOLDERS=data/luar":                   "trail_folders",
		"PENDAPA_TRAIL_WITNESS=https://saksi.example":       "trail_witness",
		"PENDAPA_TRAIL_WITNESS=http://saksi.example " + key: "trail_witness",
		"PENDAPA_WITNESS_LOGS=pendapa/3509 x":               "witness_logs",
		"PENDAPA_TRAIL_FOLDERS=/mnt/luar, /mnt/dua":         "",
		"PENDAPA_TRAIL_WITNESS=":                            "",
	} {
		_, err := config.Load("", []string{setting})
		if (err == nil) != (want == "") || err != nil && !strings.Contains(err.Error(), want) {
			t.Errorf("%s: %v", setting, err)
		}
	}
}
