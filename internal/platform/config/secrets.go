package config

import (
	"errors"
	"fmt"
	"io/fs"
	"net/netip"
	"net/url"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

// secrets fills passwords from the files that are named for them, or from credentials of systemd with the name of the
// setting. A password that stands in a setting itself wins.
func (l *Loaded) secrets() error {
	return errors.Join(
		l.secret("smtp_password", &l.SMTPPass, l.SMTPPassFile),
		l.secret("oidc_secret", &l.OIDCSecret, l.OIDCSecretFile))
}

func (l *Loaded) secret(key string, into *string, file string) error {
	if *into != "" {
		return nil
	}
	if file == "" && l.Credentials == "" {
		return nil
	}
	where := file
	if where == "" {
		where = filepath.Join(l.Credentials, key)
	}
	data, err := os.ReadFile(where)
	if file == "" && errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return fmt.Errorf("%s_file: %w", key, err)
	}
	*into, l.origin[key] = strings.TrimSpace(string(data)), where
	return nil
}

// checkTrail looks at where the audit trail leaves the machine.
func (l *Loaded) checkTrail(say func(key, format string, a ...any)) {
	for _, folder := range List(l.TrailFolders) {
		for _, own := range []string{l.Data, l.Backups, l.Keys} {
			if keys.Within(folder, own) {
				say("trail_folders", "%s lies in %s: whoever owns the one owns the other; name a folder of another machine or disk", folder, own)
			}
		}
	}
	addresses, _, err := trail.Pairs(l.TrailWitness)
	if err != nil {
		say("trail_witness", "%s; write ADDRESS KEY", err)
	}
	for _, address := range addresses {
		if u, err := url.Parse(address); err != nil || u.Host == "" || u.Scheme != "https" && !loopback(u) {
			say("trail_witness", "%s is no address with https://", address)
		}
	}
	if _, _, err := trail.Pairs(l.WitnessLogs); err != nil {
		say("witness_logs", "%s; write ORIGIN KEY", err)
	}
}

func loopback(u *url.URL) bool {
	at, err := netip.ParseAddr(u.Hostname())
	return u.Scheme == "http" && err == nil && at.IsLoopback()
}

// List cuts a setting at its commas.
func List(setting string) (all []string) {
	for part := range strings.SplitSeq(setting, ",") {
		if part = strings.TrimSpace(part); part != "" {
			all = append(all, part)
		}
	}
	return all
}
