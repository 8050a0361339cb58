package main

import (
	"context"
	"fmt"
	"io"

	"github.com/pendapa/pendapa/internal/app"
)

// checkDecisions prints every decision whose content is no longer what was decided on.
func checkDecisions(ctx context.Context, a *app.App, stdout io.Writer) error {
	n, wrong, err := a.Decisions(ctx)
	for _, m := range wrong {
		fmt.Fprintf(stdout, "%d %s %s (%s): decided on %s, found %s (%s)\n", m.Regency, m.Object, m.ID, m.Name, m.Decided, m.Found, m.Why)
	}
	if err != nil {
		return err // after what was found: a value of another kind may be why the rest cannot be read
	}
	fmt.Fprintf(stdout, "%d decisions, %d no longer what was decided on\n", n, len(wrong))
	if len(wrong) > 0 {
		return fmt.Errorf("%d decisions no longer fit", len(wrong))
	}
	return nil
}
