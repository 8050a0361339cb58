package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/agency"
	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/tenant"
)

// cmdBackup makes a backup and proves it, while the server may run.
func cmdBackup(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("backup", stderr)
	if !o.only(args) {
		return 2
	}
	return within(ctx, "backup", o, stderr, func(a *app.App) error {
		run, err := a.Admin.MakeAndProve(ctx)
		if err != nil {
			return err
		}
		fmt.Fprintf(stdout, "%s: %s, %d bytes, %d ms\n", filepath.Join(a.Config.Backups, run.Name), run.State, run.Bytes, run.Took)
		if run.State != "proven" {
			return fmt.Errorf("the backup is %s: %s", run.State, run.Problems)
		}
		return nil
	})
}

// migrateAll makes all tables in a store by building the rooms on it once.
func migrateAll(ctx context.Context, d *db.DB) error {
	return withProgram(ctx, func(a *app.App) error { return a.MigrateStore(ctx, d) })
}

// notNewer refuses a store that a newer program has brought up to date; it changes nothing there.
func notNewer(ctx context.Context, d *db.DB) error {
	return withProgram(ctx, func(a *app.App) error { return a.DB.Newer(ctx, d) })
}

// withProgram runs f in an empty house of this program, for what the program itself knows.
func withProgram(ctx context.Context, f func(a *app.App) error) error {
	scratch, err := os.MkdirTemp("", "pendapa-rooms-")
	if err != nil {
		return err
	}
	defer os.RemoveAll(scratch)
	data := filepath.Join(scratch, "data")
	a, err := app.New(ctx, app.Config{DataDir: data, Database: "sqlite:" + filepath.Join(data, "app.db")}, slog.New(slog.DiscardHandler))
	if err != nil {
		return err
	}
	return errors.Join(f(a), a.Close())
}

// cmdSample fills an empty house with the sample regency.
func cmdSample(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("sample", stderr)
	if !o.only(args) {
		return 2
	}
	o.sample = true
	return within(ctx, "sample", o, stderr, func(a *app.App) error {
		if err := a.LoadSample(ctx); err != nil {
			return err
		}
		_, err := fmt.Fprintf(stdout, "sample regency ready in %s\n", a.Config.DataDir)
		return err
	})
}

// cmdImport reads a list of agencies from CSV, XLSX, XLS or ODS: without --write it only says what it would do.
func cmdImport(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("import", stderr)
	write := o.flags.Bool("write", false, "write the list; without it nothing is changed")
	words, err := o.parse(args)
	if err != nil || len(words) != 2 || words[0] != "agencies" {
		fmt.Fprintln(stderr, "usage: pendapa import agencies FILE.csv|xlsx|xls|ods [--write] [--data FOLDER]")
		return 2
	}
	data, err := o.readFile(ctx, words[1])
	if err != nil {
		return status(ctx, "import", stderr, err)
	}
	return within(ctx, "import", o, stderr, func(a *app.App) error {
		return importAgencies(ctx, a, filepath.Base(words[1]), data, *write, stdout)
	})
}

// wrongIn says in words what is wrong with a line.
func wrongIn(ctx context.Context, a *app.App, l agency.Line) string {
	var all []string
	for _, m := range []errs.Msg{l.CodeWrong, l.NameWrong} {
		if m.Key != "" {
			all = append(all, a.Web.Texts.Msg(langOf(ctx), m))
		}
	}
	return strings.Join(all, " ")
}

func importAgencies(ctx context.Context, a *app.App, name string, data []byte, write bool, stdout io.Writer) error {
	b, err := a.Access.Brand(ctx, 0)
	if err != nil || b.Regency == 0 {
		return fmt.Errorf("there is no regency yet; set one up first")
	}
	ctx = tenant.With(ctx, tenant.SystemOf(b.Regency, "cli"))
	table, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{})
	if err != nil {
		return err
	}
	plan, err := agency.ReadTable(table)
	if err == nil {
		plan, err = a.Agencies.Check(ctx, plan)
	}
	if err != nil {
		return err
	}
	for _, l := range plan.Lines {
		if !l.OK() {
			fmt.Fprintf(stdout, "line %d: %s\n", l.Row, wrongIn(ctx, a, l))
		}
	}
	fmt.Fprintf(stdout, "%d new, %d renamed, %d unchanged, %d wrong\n", plan.Count(agency.LineNew), plan.Count(agency.LineChange), plan.Count(agency.LineSame), plan.Count("wrong"))
	if !write {
		return nil
	}
	return a.Agencies.Import(ctx, plan)
}
