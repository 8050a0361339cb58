// Package config is everything that can be set, in one struct: defaults, then a YAML file, then PENDAPA_* of the
// environment. Print shows every value with where it came from; secrets are masked.
package config

import (
	"errors"
	"fmt"
	"io"
	"net"
	"net/url"
	"os"
	"path/filepath"
	"reflect"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/goccy/go-yaml"

	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/replica"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// Config is what the server needs to know. Sizes are in megabytes.
type Config struct {
	Listen     string `yaml:"listen" help:"address to listen on"`
	Data       string `yaml:"data" help:"folder that holds everything"`
	Keys       string `yaml:"keys" help:"folder of the keys, outside data and backups; empty is next to the data folder"`
	Database   string `yaml:"database" help:"sqlite:PATH or postgres://...; empty is app.db in the data folder" secret:"url"`
	BaseURL    string `yaml:"base_url" help:"address people use, for links in letters"`
	Zone       string `yaml:"zone" help:"time zone of dates on pages"`
	Secure     bool   `yaml:"secure" help:"cookies for https only; set it behind https"`
	Hosts      string `yaml:"hosts" help:"other names of this server beside the one in base_url, divided by commas"`
	Proxies    string `yaml:"trusted_proxies" help:"addresses or networks of proxies whose X-Forwarded-For counts, divided by commas"`
	MaxFileMB  int    `yaml:"max_file_mb" help:"largest evidence file"`
	QuotaMB    int    `yaml:"quota_mb" help:"evidence of one agency"`
	Backups    string `yaml:"backups" help:"folder for backups; empty is backups in the data folder"`
	BackupKeep int    `yaml:"backup_keep" help:"how many backups are kept"`
	Recipients string `yaml:"backup_recipients" help:"who can read the backups: age1..., separated by spaces; empty leaves them plain"`
	Copy       string `yaml:"copy" help:"where the continuous copy goes: /folder, sftp://user@host/folder or s3://bucket/prefix; empty is none"`
	CopyHost   string `yaml:"copy_host_key" help:"public key of the sftp machine, a line as ssh-keyscan prints it"`
	CopyFile   string `yaml:"copy_key_file" help:"file with the private key for sftp"`
	CopyServer string `yaml:"copy_endpoint" help:"address of the S3 server, for example https://s3.example.go.id"`
	CopyRegion string `yaml:"copy_region" help:"region of the S3 server; empty is us-east-1"`
	CopyKey    string `yaml:"copy_key" help:"access key on the S3 server"`
	CopySecret string `yaml:"copy_secret" help:"secret key on the S3 server" secret:"all"`
	LogLevel   string `yaml:"log_level" help:"debug, info, warn or error"`
	LogJSON    bool   `yaml:"log_json" help:"write the log as JSON lines"`
	SMTPHost   string `yaml:"smtp_host" help:"mail server; empty writes letters to the log"`
	SMTPPort   int    `yaml:"smtp_port" help:"465 for TLS, 587 for STARTTLS"`
	SMTPUser   string `yaml:"smtp_user" help:"account on the mail server"`
	SMTPPass   string `yaml:"smtp_password" help:"its password" secret:"all"`
	SMTPFrom   string `yaml:"smtp_from" help:"sender of letters"`
	OIDCIssuer string `yaml:"oidc_issuer" help:"address of the identity provider; empty switches it off"`
	OIDCClient string `yaml:"oidc_client" help:"client id there"`
	OIDCSecret string `yaml:"oidc_secret" help:"client secret there" secret:"all"`
	OIDCSecond string `yaml:"oidc_second_factor" help:"methods of the provider (amr or acr, e.g. mfa hwk) that count as a second factor; empty is none"`
	OIDCName   string `yaml:"oidc_name" help:"name on the sign-in button"`

	SMTPPassFile   string `yaml:"smtp_password_file" help:"file that holds smtp_password"`
	OIDCSecretFile string `yaml:"oidc_secret_file" help:"file that holds oidc_secret"`
	TrailFolders   string `yaml:"trail_folders" help:"folders elsewhere that keep checkpoints of the audit trail, separated by commas"`
	TrailWitness   string `yaml:"trail_witness" help:"witnesses of the audit trail: ADDRESS KEY, separated by commas"`
	WitnessLogs    string `yaml:"witness_logs" help:"trails of others that are cosigned here: ORIGIN KEY, separated by commas"`
}

// Loaded is a configuration with the origin of every value: default, the file, or the environment.
type Loaded struct {
	Config
	origin map[string]string

	Credentials string // folder of the credentials of systemd, "" when there is none
}

func defaults() Config {
	return Config{Listen: "127.0.0.1:8080", Data: "data", Zone: "Asia/Jakarta", MaxFileMB: 50, QuotaMB: 20_000, BackupKeep: 14, LogLevel: "info", SMTPPort: 587,
		SMTPFrom: "Pendapa <pendapa@localhost>", OIDCName: "SSO"}
}

// Load reads the file (empty: none) and the environment and checks the result. Errors name the key and what to do.
func Load(file string, environ []string) (Loaded, error) {
	l := Loaded{Config: defaults(), origin: map[string]string{}}
	if file != "" {
		data, err := os.ReadFile(file)
		if err != nil {
			return l, err
		}
		before := l.values()
		if err := yaml.UnmarshalWithOptions(data, &l.Config, yaml.Strict()); err != nil && !errors.Is(err, io.EOF) {
			return l, fmt.Errorf("%s: %s", file, strings.TrimSpace(yaml.FormatError(err, false, true)))
		}
		for key, v := range l.values() {
			if v != before[key] {
				l.origin[key] = file
			}
		}
	}
	if err := l.environment(environ); err != nil {
		return l, err
	}
	l.fill()
	return l, errors.Join(l.secrets(), l.check())
}

func (l *Loaded) fill() {
	if l.Database == "" {
		l.Database = "sqlite:" + filepath.Join(l.Data, "app.db")
	}
	if l.Keys == "" {
		l.Keys = keys.Beside(l.Data)
	}
	if l.Backups == "" {
		l.Backups = filepath.Join(l.Data, "backups")
	}
}

// Set changes a value as a flag of the command line does.
func (l *Loaded) Set(key, value string) error {
	return l.set(key, value, "command line")
}

// Finish fills what follows from other values and checks all; call it after Set.
func (l *Loaded) Finish() error {
	l.fill()
	return errors.Join(l.secrets(), l.check())
}

func (l *Loaded) environment(environ []string) error {
	for _, pair := range environ {
		name, value, _ := strings.Cut(pair, "=")
		if name == "CREDENTIALS_DIRECTORY" {
			l.Credentials = value
		}
		key, ours := strings.CutPrefix(name, "PENDAPA_")
		if !ours || strings.HasPrefix(key, "TEST_") || key == "DATA_DIR" || key == "UNSAFE_SYNCHRONOUS" || key == "SHOTS" || value == "" {
			continue
		}
		if err := l.set(strings.ToLower(key), value, "environment"); err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
	}
	return nil
}

func (l *Loaded) set(key, value, origin string) error {
	v := reflect.ValueOf(&l.Config).Elem()
	for i := range v.NumField() {
		f := v.Type().Field(i)
		if f.Tag.Get("yaml") != key {
			continue
		}
		l.origin[key] = origin
		switch f.Type.Kind() {
		case reflect.Bool:
			b, err := strconv.ParseBool(value)
			if err != nil {
				return fmt.Errorf("%s must be true or false, it is %q", key, value)
			}
			v.Field(i).SetBool(b)
		case reflect.Int:
			n, err := strconv.Atoi(value)
			if err != nil {
				return fmt.Errorf("%s must be a whole number, it is %q", key, value)
			}
			v.Field(i).SetInt(int64(n))
		default:
			v.Field(i).SetString(value)
		}
		return nil
	}
	return fmt.Errorf("there is no setting %q; pendapa check lists all", key)
}

func (l *Loaded) values() map[string]string {
	v, out := reflect.ValueOf(l.Config), map[string]string{}
	for i := range v.NumField() {
		out[v.Type().Field(i).Tag.Get("yaml")] = fmt.Sprint(v.Field(i).Interface())
	}
	return out
}

// CopyAddress is where the continuous copy goes.
func (c Config) CopyAddress() replica.Address {
	return replica.Address{URL: c.Copy, Endpoint: c.CopyServer, Region: c.CopyRegion, Key: c.CopyKey, Secret: c.CopySecret, KeyFile: c.CopyFile, HostKey: c.CopyHost}
}

func (l *Loaded) check() error {
	var wrong []error
	say := func(key, format string, a ...any) { wrong = append(wrong, fmt.Errorf(key+": "+format, a...)) }
	if _, _, err := net.SplitHostPort(l.Listen); err != nil {
		say("listen", "write host:port, for example 127.0.0.1:8080")
	}
	if !strings.HasPrefix(l.Database, "sqlite:") && !strings.HasPrefix(l.Database, "postgres://") && !strings.HasPrefix(l.Database, "postgresql://") {
		say("database", "begin with sqlite: or postgres://")
	}
	if u, err := url.Parse(l.BaseURL); l.BaseURL != "" && (err != nil || u.Host == "" || u.Scheme != "https" && u.Scheme != "http") {
		say("base_url", "write a full address, for example https://pendapa.jemberkab.go.id")
	}
	if _, err := web.ParseHosts(l.Hosts); err != nil {
		say("hosts", "%s", err)
	}
	if _, err := web.ParseProxies(l.Proxies); err != nil {
		say("trusted_proxies", "%s", err)
	}
	if _, err := time.LoadLocation(l.Zone); err != nil {
		say("zone", "write an IANA name, for example Asia/Jakarta")
	}
	for key, n := range map[string]int{"max_file_mb": l.MaxFileMB, "quota_mb": l.QuotaMB, "backup_keep": l.BackupKeep, "smtp_port": l.SMTPPort} {
		if n < 1 {
			say(key, "must be at least 1")
		}
	}
	for _, r := range strings.FieldsFunc(l.Recipients, func(r rune) bool { return strings.ContainsRune(" ,;\t\r\n", r) }) {
		if !strings.HasPrefix(r, "age1") {
			say("backup_recipients", "%q is no recipient; age-keygen prints one that begins with age1", r)
		}
	}
	if err := l.CopyAddress().Check(); err != nil {
		say("copy", "%v", err)
	}
	switch l.LogLevel {
	case "debug", "info", "warn", "error":
	default:
		say("log_level", "is one of debug, info, warn, error")
	}
	if l.OIDCIssuer != "" && (l.OIDCClient == "" || l.BaseURL == "") {
		say("oidc_issuer", "also needs oidc_client and base_url")
	}
	if slices.Contains(Words(l.OIDCSecond), "pwd") {
		say("oidc_second_factor", "pwd is a password alone, which is no second factor; write what the provider says after two, for example mfa")
	}
	l.checkTrail(say)
	return errors.Join(wrong...)
}

// Print writes every setting, its value and where it came from.
func (l Loaded) Print(w io.Writer) error {
	v := reflect.ValueOf(l.Config)
	for i := range v.NumField() {
		f := v.Type().Field(i)
		key, text := f.Tag.Get("yaml"), fmt.Sprint(v.Field(i).Interface())
		origin := l.origin[key]
		if origin == "" {
			origin = "default"
		}
		if _, err := fmt.Fprintf(w, "%-14s %-48s # %s; %s\n", key+":", masked(f.Tag.Get("secret"), text), origin, f.Tag.Get("help")); err != nil {
			return err
		}
	}
	return nil
}

func masked(how, text string) string {
	switch {
	case text == "":
		return `""`
	case how == "all":
		return "***"
	case how == "url":
		if u, err := url.Parse(text); err == nil && u.User != nil {
			return u.Redacted()
		}
	}
	return text
}

// Words divides a list at commas and spaces.
func Words(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' })
}
