package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/config"
	"github.com/pendapa/pendapa/internal/platform/control"
	"github.com/pendapa/pendapa/internal/platform/lock"
	"github.com/pendapa/pendapa/internal/platform/mail"
)

// options are the flags every command that opens the house shares. A flag wins over environment and file.
type options struct {
	name                                         string
	args                                         []string          // as they were given
	sends                                        map[string][]byte // files the command reads, by the name given
	flags                                        *flag.FlagSet
	file, listen, data, keys, database, loglevel string
	sample                                       bool
	acceptKeyLoss                                bool
}

func newOptions(name string, stderr io.Writer) *options {
	o := &options{name: name, flags: flag.NewFlagSet(name, flag.ContinueOnError)}
	o.flags.SetOutput(stderr)
	o.flags.StringVar(&o.file, "config", "", "YAML file with settings; see pendapa check")
	o.flags.StringVar(&o.data, "data", "", "folder that holds everything")
	o.flags.StringVar(&o.keys, "keys", "", "folder of the keys; next to the data folder unless named")
	o.flags.StringVar(&o.database, "database", "", "sqlite:PATH or postgres://...")
	return o
}

// given tells which flags were named.
func (o *options) given() map[string]bool {
	out := map[string]bool{}
	o.flags.Visit(func(f *flag.Flag) { out[f.Name] = true })
	return out
}

// only reads the flags of a command that takes no words.
func (o *options) only(args []string) bool {
	words, err := o.parse(args)
	if err == nil && len(words) > 0 {
		fmt.Fprintf(o.flags.Output(), "pendapa %s takes no words, only options: %q\n", o.name, words)
		o.flags.Usage()
	}
	return err == nil && len(words) == 0
}

// parse reads flags that may stand before or after the words of a command, and gives the words.
func (o *options) parse(args []string) (words []string, err error) {
	o.args = args
	for len(args) > 0 {
		if err := o.flags.Parse(args); err != nil {
			return nil, err
		}
		if args = o.flags.Args(); len(args) > 0 {
			words, args = append(words, args[0]), args[1:]
		}
	}
	return words, nil
}

func (o *options) load() (config.Loaded, error) {
	l, err := config.Load(o.file, os.Environ())
	if err != nil {
		return l, err
	}
	for key, v := range map[string]string{"listen": o.listen, "log_level": o.loglevel} {
		if v != "" {
			err = errors.Join(err, l.Set(key, v))
		}
	}
	if o.data != "" {
		err = errors.Join(err, l.Set("data", o.data), l.Set("database", ""), l.Set("backups", ""), l.Set("keys", ""))
	}
	if o.keys != "" {
		err = errors.Join(err, l.Set("keys", o.keys))
	}
	if o.database != "" {
		err = errors.Join(err, l.Set("database", o.database))
	}
	return l, errors.Join(err, l.Finish())
}

// house opens the store and builds every room without serving.
func (o *options) house(ctx context.Context, stderr io.Writer) (*app.App, error) {
	c, err := o.load()
	if err == nil {
		err = actAsOwner(c.Data)
	}
	if err != nil {
		return nil, err
	}
	return app.New(ctx, app.Config{
		Listen: c.Listen, Hosts: c.Hosts, Proxies: c.Proxies, Secure: c.Secure, BaseURL: strings.TrimSuffix(c.BaseURL, "/"),
		DataDir: c.Data, Database: c.Database, Sample: o.sample, Version: version(), Zone: c.Zone,
		Purpose: o.name, Cache: filepath.Join(c.Data, "cache"),
		Keys: c.Keys, Credentials: c.Credentials, AcceptKeyLoss: o.acceptKeyLoss,
		TrailFolders: config.List(c.TrailFolders), TrailWitness: c.TrailWitness, WitnessLogs: c.WitnessLogs,
		MaxFile: int64(c.MaxFileMB) << 20, Quota: int64(c.QuotaMB) << 20,
		Backups: c.Backups, BackupKeep: c.BackupKeep, Recipients: c.Recipients, Copy: c.CopyAddress(),
		OIDC: oidcOf(c),
		SMTP: mail.SMTP{Host: c.SMTPHost, Port: c.SMTPPort, User: c.SMTPUser, Password: c.SMTPPass, From: c.SMTPFrom},
	}, logger(c, stderr))
}

// oidcOf gives the identity provider of the settings, nil when there is none.
func oidcOf(c config.Loaded) *access.OIDCConfig {
	if c.OIDCIssuer == "" {
		return nil
	}
	return &access.OIDCConfig{Issuer: c.OIDCIssuer, ClientID: c.OIDCClient, ClientSecret: c.OIDCSecret, Redirect: strings.TrimSuffix(c.BaseURL, "/") + "/masuk/oidc/kembali", Name: c.OIDCName,
		Second: config.Words(c.OIDCSecond)}
}

func logger(c config.Loaded, w io.Writer) *slog.Logger {
	var level slog.Level
	_ = level.UnmarshalText([]byte(c.LogLevel)) // checked by config
	o := &slog.HandlerOptions{Level: level}
	if c.LogJSON {
		return slog.New(slog.NewJSONHandler(w, o))
	}
	return slog.New(slog.NewTextHandler(w, o))
}

// within runs f in an opened house and gives the exit status. Input that must be corrected is status 2. When a server has
// the folder, the whole command runs inside that server, and nothing is opened here.
func within(ctx context.Context, name string, o *options, stderr io.Writer, f func(a *app.App) error) int {
	if running := runningIn(ctx); running != nil {
		return status(ctx, name, stderr, inWords(ctx, running, running.DB.Explain(f(running))))
	}
	o.loglevel = "warn"
	if err := o.mustExist(name); err != nil {
		return status(ctx, name, stderr, err)
	}
	a, err := o.house(ctx, stderr)
	if held, is := errors.AsType[*lock.Held](err); is && held.By.Serves() {
		code, err := control.Call(ctx, held.Dir, control.Request{Name: name, Args: o.args, Files: o.sends, Lang: langOf(ctx)}, outputOf(ctx), stderr)
		if err == nil {
			return code
		}
		return status(ctx, name, stderr, errors.Join(held, err))
	}
	if err == nil {
		err = inWords(ctx, a, errors.Join(a.DB.Explain(f(a)), a.Close()))
	}
	return status(ctx, name, stderr, err)
}

// mustExist refuses a folder without a house: a name that was typed wrongly must not become a new, empty one that answers
// "no problems". Only the sample, the server and a restore begin a house.
func (o *options) mustExist(name string) error {
	if name == "sample" {
		return nil
	}
	l, err := o.load()
	if err != nil {
		return err
	}
	path, embedded := strings.CutPrefix(l.Database, "sqlite:")
	if !embedded {
		return nil
	}
	if _, err := os.Stat(path); errors.Is(err, fs.ErrNotExist) {
		return fmt.Errorf("there is no house in %s (no %s); name its folder with --data or its settings with --config", l.Data, path)
	}
	return nil
}
