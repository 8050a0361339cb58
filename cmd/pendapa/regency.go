package main

import (
	"context"
	"encoding/json"
	"fmt"
	"io"
	"strconv"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/host"
	"github.com/pendapa/pendapa/internal/tenant"
)

const regencyUsage = "pendapa regency list | add CODE --name NAME --email ADDRESS [--zone WIB|WITA|WIT] | set REGENCY [--zone WIB|WITA|WIT]" +
	" [--host NAME] [--slug NAME] [--file-mb N] [--agency-mb N] [--regency-mb N] | operator REGENCY ADDRESS"

// cmdRegency lists, adds and sets up the regencies of this host, and appoints its operator.
func cmdRegency(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("regency", stderr)
	var name, email string
	change := regencyChange{flags: map[string]*string{}}
	o.flags.StringVar(&name, "name", "", "name of the first administrator")
	o.flags.StringVar(&email, "email", "", "e-mail of the first administrator")
	for flag, text := range map[string]string{"zone": "WIB, WITA or WIT; empty is that of the province",
		"host": "name in the address people open", "slug": "path below the host's address: /d/SLUG",
		"file-mb": "largest file", "agency-mb": "files of one agency", "regency-mb": "files of the whole regency"} {
		change.flags[flag] = o.flags.String(flag, "", text)
	}
	words, err := o.parse(args)
	if err != nil {
		return 2
	}
	change.given = o.given()
	*change.flags["zone"] = host.ZoneOf(*change.flags["zone"])
	return within(ctx, "regency", o, stderr, func(a *app.App) error {
		ctx := tenant.With(ctx, tenant.SystemOf(0, "cli"))
		switch {
		case len(words) == 1 && words[0] == "list":
			return listRegencies(ctx, a, stdout)
		case len(words) == 2 && words[0] == "add" && name != "" && email != "":
			return addRegency(ctx, a, words[1], *change.flags["zone"], name, email, stdout)
		case len(words) == 2 && words[0] == "set":
			return change.apply(ctx, a, words[1], stdout)
		case len(words) == 3 && words[0] == "operator":
			return appoint(ctx, a, words[1], words[2], stdout)
		}
		return usageError(regencyUsage)
	})
}

func listRegencies(ctx context.Context, a *app.App, stdout io.Writer) error {
	all, err := a.Host.List(ctx)
	if err != nil {
		return err
	}
	for _, r := range all {
		if err := json.NewEncoder(stdout).Encode(map[string]any{"regency": r.Regency, "code": r.Code, "name": r.Name, "zone": r.Zone,
			"host": r.HostName, "slug": r.Slug, "mail_host": r.Mail.Host, "file_mb": r.FileMB, "agency_mb": r.AgencyMB,
			"regency_mb": r.RegencyMB}); err != nil {
			return err
		}
	}
	return nil
}

func addRegency(ctx context.Context, a *app.App, code, zone, name, email string, stdout io.Writer) error {
	regency, link, err := a.Host.Add(ctx, code, zone, name, email)
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "regency %d added; its first administrator sets a password with this link, once, within 7 days:\n  %s\n", regency, link)
	return err
}

// regencyChange is which settings of a regency were named on the command line.
type regencyChange struct {
	flags map[string]*string
	given map[string]bool
}

func (c regencyChange) apply(ctx context.Context, a *app.App, which string, stdout io.Writer) error {
	regency, err := regencyNumber(ctx, a, which)
	if err != nil {
		return err
	}
	r, err := a.Host.Get(ctx, regency)
	if err != nil {
		return err
	}
	for flag, to := range map[string]*string{"zone": &r.Zone, "host": &r.HostName, "slug": &r.Slug} {
		if c.given[flag] {
			*to = *c.flags[flag]
		}
	}
	for flag, to := range map[string]*int64{"file-mb": &r.FileMB, "agency-mb": &r.AgencyMB, "regency-mb": &r.RegencyMB} {
		if !c.given[flag] {
			continue
		}
		if *to, err = strconv.ParseInt(*c.flags[flag], 10, 64); err != nil {
			return inputError("--" + flag + " takes a whole number of megabytes")
		}
	}
	if err := a.Host.Save(ctx, r); err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s: saved\n", r.Name)
	return err
}

func appoint(ctx context.Context, a *app.App, which, email string, stdout io.Writer) error {
	regency, err := regencyNumber(ctx, a, which)
	if err == nil {
		err = a.Host.Appoint(ctx, regency, email)
	}
	if err != nil {
		return err
	}
	_, err = fmt.Fprintf(stdout, "%s operates this host from now on: Kelola, Induk\n", email)
	return err
}

// regencyNumber finds a regency of this host by number, code or name.
func regencyNumber(ctx context.Context, a *app.App, which string) (int64, error) {
	all, err := a.Host.List(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		if which == strconv.FormatInt(r.Regency, 10) || which == r.Code || which == r.Name {
			return r.Regency, nil
		}
	}
	return 0, inputError("no regency " + which + " on this host; see pendapa regency list")
}
