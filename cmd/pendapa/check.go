package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"time"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/config"
)

// cmdCheck prints every setting with its origin, or says what is wrong with them (2); then how the house is, without
// opening it, also beside a server: 1 when something is wrong, with what to do.
func cmdCheck(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("check", stderr)
	if !o.only(args) {
		return 2
	}
	l, err := o.load()
	if err == nil {
		err = l.Print(stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa check:", err)
		return 2
	}
	if err := actAsOwner(l.Data); err != nil {
		return status(ctx, "check", stderr, err)
	}
	return status(ctx, "check", stderr, printFindings(stdout, app.Look(ctx, lookConfig(l), time.Now(), notNewer)))
}

// lookConfig is what a look at the house needs of the settings.
func lookConfig(l config.Loaded) app.Config {
	return app.Config{DataDir: l.Data, Keys: l.Keys, Database: l.Database, Backups: l.Backups,
		Credentials: l.Credentials, Copy: l.CopyAddress()}
}

func printFindings(w io.Writer, all []app.Finding) error {
	wrong := 0
	fmt.Fprintln(w)
	for _, f := range all {
		fmt.Fprintf(w, "%-7s %s\n", f.What+":", f.Text)
		if f.Do != "" {
			wrong++
			fmt.Fprintf(w, "%-7s wrong; what to do: %s\n", "", f.Do)
		}
	}
	switch wrong {
	case 0:
		_, err := fmt.Fprintln(w, "all is well")
		return err
	case 1:
		return errors.New("one thing is wrong with the house")
	}
	return fmt.Errorf("%d things are wrong with the house", wrong)
}
