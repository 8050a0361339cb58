package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"

	"golang.org/x/mod/sumdb/note"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/trail"
)

const auditUsage = usageError("pendapa audit verify [--since FILE]... [--key FILE] | export [FILE] | checkpoint | decisions")

// files is a flag that may be given several times.
type files []string

func (f *files) String() string { return fmt.Sprint(*f) }

// Set adds a file.
func (f *files) Set(path string) error { *f = append(*f, path); return nil }

// cmdAudit checks the audit trail of every regency against its signed tree and what left the machine, or hands it out.
func cmdAudit(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var since files
	o := newOptions("audit", stderr)
	o.flags.Var(&since, "since", "file with checkpoints from elsewhere the trail must agree with; may be repeated")
	key := o.flags.String("key", "", "file with the public key that was kept elsewhere (audit.pub)")
	words, err := o.parse(args)
	if err != nil || len(words) == 0 {
		fmt.Fprintln(stderr, auditUsage)
		return 2
	}
	return within(ctx, "audit", o, stderr, func(a *app.App) error {
		switch {
		case words[0] == "verify" && len(words) == 1:
			return verifyAudit(ctx, a.Audit, since, *key, stdout)
		case words[0] == "export" && len(words) <= 2:
			return exportAudit(ctx, a.Audit, words[1:], stdout)
		case words[0] == "checkpoint" && len(words) == 1:
			return printCheckpoints(ctx, a.Audit, stdout)
		case words[0] == "decisions" && len(words) == 1:
			return checkDecisions(ctx, a, stdout)
		}
		return auditUsage
	})
}

func verifyAudit(ctx context.Context, log *audit.Log, since []string, key string, stdout io.Writer) error {
	if key != "" {
		known, err := readKeys(key)
		if err != nil {
			return err
		}
		log = log.WithKeys(known[0], known[1:]...)
	}
	wants, problems, err := log.SinceOutside(ctx)
	if err != nil {
		return err
	}
	for _, path := range since {
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		some, wrong := trail.Wants(trail.Split(string(data)), path, log.Known())
		wants, problems = append(wants, some...), append(problems, wrong...)
	}
	reports, gone, err := log.VerifyAll(ctx, wants)
	if err != nil {
		return err
	}
	problems = append(problems, gone...)
	bad := len(problems)
	for _, r := range reports {
		bad += len(r.Problems)
		if err := json.NewEncoder(stdout).Encode(r); err != nil {
			return err
		}
	}
	for _, p := range problems {
		fmt.Fprintln(stdout, p.Words("en"))
	}
	if bad > 0 {
		return fmt.Errorf("%d problems: the trail was changed outside the program", bad)
	}
	return nil
}

func readKeys(path string) ([]note.Verifier, error) {
	data, err := os.ReadFile(path)
	if err != nil {
		return nil, err
	}
	all, err := trail.Known(string(data))
	if err == nil && len(all) == 0 {
		err = errors.New("it holds no public key")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return all, nil
}

// exportAudit writes the trails of all regencies as lines of JSON, for pendapa-verify and for other programs.
func exportAudit(ctx context.Context, log *audit.Log, to []string, stdout io.Writer) (err error) {
	out := stdout
	if len(to) == 1 {
		f, err := os.OpenFile(to[0], os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Sync(), f.Close()) }()
		out = f
	}
	w := bufio.NewWriter(out)
	return errors.Join(log.Export(ctx, w), w.Flush())
}

func printCheckpoints(ctx context.Context, log *audit.Log, stdout io.Writer) error {
	regencies, err := log.Regencies(ctx)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		c, _, ok, err := log.Newest(ctx, regency)
		if err != nil {
			return err
		}
		if ok {
			fmt.Fprintln(stdout, c.Text)
		}
	}
	return nil
}
