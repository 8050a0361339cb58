package main

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

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

// auditFiles are the files that a check of the trail is given: their names, read where the command was typed.
type auditFiles struct {
	since []string
	key   string
	read  map[string][]byte
}

func (o *options) auditFiles(ctx context.Context, since []string, key string) (f auditFiles, err error) {
	f = auditFiles{since: since, key: key, read: map[string][]byte{}}
	for _, name := range append(slices.Clone(since), key) {
		if name == "" {
			continue
		}
		if f.read[name], err = o.readFile(ctx, name); err != nil {
			return f, err
		}
	}
	return f, nil
}

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
	given, err := o.auditFiles(ctx, since, *key)
	if err != nil {
		return status(ctx, "audit", stderr, err)
	}
	if words[0] == "export" && len(words) == 2 && runningIn(ctx) == nil {
		code, err := intoFile(words[1], func(w io.Writer) int {
			o.args = words[:1]
			return runAudit(withOutput(ctx, w), o, words[:1], given, w, stderr)
		})
		return max(code, status(ctx, "audit", stderr, err))
	}
	return runAudit(ctx, o, words, given, stdout, stderr)
}

func runAudit(ctx context.Context, o *options, words []string, given auditFiles, stdout, stderr io.Writer) int {
	return within(ctx, "audit", o, stderr, func(a *app.App) error {
		if len(words) != 1 {
			return auditUsage
		}
		switch words[0] {
		case "verify":
			return verifyAudit(ctx, a.Audit, given, stdout)
		case "export":
			return exportAudit(ctx, a.Audit, stdout)
		case "checkpoint":
			return printCheckpoints(ctx, a.Audit, stdout)
		case "decisions":
			return checkDecisions(ctx, a, stdout)
		}
		return auditUsage
	})
}

func verifyAudit(ctx context.Context, log *audit.Log, given auditFiles, stdout io.Writer) error {
	if given.key != "" {
		known, err := keysIn(given.key, given.read[given.key])
		if err != nil {
			return err
		}
		log = log.WithKeys(known[0], known[1:]...)
	}
	wants, problems, err := log.SinceOutside(ctx)
	if err != nil {
		return err
	}
	for _, name := range given.since {
		some, wrong, err := trail.Since(string(given.read[name]), name, log.Known(), given.key != "")
		if err != nil {
			return err
		}
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
	if n := trail.CountUnchecked(wants); n > 0 {
		fmt.Fprintf(stdout, trail.Say("en", "verify.unchecked")+"\n", n)
	}
	if bad > 0 {
		return fmt.Errorf("%d problems: the trail was changed outside the program", bad)
	}
	return nil
}

func keysIn(name string, data []byte) ([]note.Verifier, error) {
	all, err := trail.Known(string(data))
	if err == nil && len(all) == 0 {
		err = errors.New("it holds no public key")
	}
	if err != nil {
		return nil, fmt.Errorf("%s: %w", name, err)
	}
	return all, nil
}

// exportAudit writes the trails of all regencies as lines of JSON, for pendapa-verify and for other programs.
func exportAudit(ctx context.Context, log *audit.Log, stdout io.Writer) error {
	w := bufio.NewWriter(stdout)
	return errors.Join(log.Export(ctx, w), w.Flush())
}

func printCheckpoints(ctx context.Context, log *audit.Log, stdout io.Writer) error {
	regencies, err := log.Regencies(ctx)
	if err != nil {
		return err
	}
	for _, regency := range regencies {
		if err := log.Checkpoint(ctx, regency); err != nil { // what was written since the last minute, too
			return err
		}
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
