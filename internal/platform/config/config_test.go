package config_test

import (
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/config"
)

func file(t *testing.T, text string) string {
	t.Helper()
	path := filepath.Join(t.TempDir(), "pendapa.yaml")
	if err := os.WriteFile(path, []byte(text), 0o600); err != nil {
		t.Fatal(err)
	}
	return path
}

func TestTheEnvironmentWinsOverTheFile(t *testing.T) {
	t.Parallel()
	l, err := config.Load(file(t, "listen: 127.0.0.1:1\nmax_file_mb: 10\nsmtp_password: rahasia\n"), []string{"PENDAPA_LISTEN=127.0.0.1:2", "PENDAPA_DATABASE=postgres://u:sandi@h/db", "PATH=/x"})
	if err != nil || l.Listen != "127.0.0.1:2" || l.MaxFileMB != 10 || l.Zone != "Asia/Jakarta" {
		t.Fatalf("%+v %v", l.Config, err)
	}
	var b strings.Builder
	if err := l.Print(&b); err != nil {
		t.Fatal(err)
	}
	for _, want := range []string{"# environment; address to listen on", "pendapa.yaml; largest evidence file", "# default; time zone"} {
		if !strings.Contains(b.String(), want) {
			t.Errorf("missing %q in\n%s", want, b.String())
		}
	}
	if strings.Contains(b.String(), "rahasia") || strings.Contains(b.String(), "sandi") {
		t.Error("a secret was printed")
	}
}

func TestWrongSettingsSayWhatToDo(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct {
		yaml, env, want string
	}{
		"unknown key": {yaml: "lisen: x\n", want: "lisen"},
		"bad number":  {env: "PENDAPA_MAX_FILE_MB=banyak", want: "whole number"},
		"bad address": {yaml: "listen: '8080'\n", want: "host:port"},
		"bad store":   {yaml: "database: mysql://x\n", want: "sqlite:"},
		"bad zone":    {yaml: "zone: Jember\n", want: "IANA"},
		"weak second": {yaml: "oidc_second_factor: mfa, pwd\n", want: "pwd is a password alone"},
		"half oidc":   {yaml: "oidc_issuer: https://sso.example\n", want: "oidc_client"},
		"unknown env": {env: "PENDAPA_LISTENN=x", want: "no setting"},
	} {
		if _, err := config.Load(file(t, c.yaml), []string{c.env}); err == nil || !strings.Contains(err.Error(), c.want) {
			t.Errorf("%s: %v", name, err)
		}
	}
}
