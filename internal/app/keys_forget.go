package app

import (
	"context"
	"fmt"
	"os"
	"path/filepath"
	"time"

	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/durable"
	"github.com/pendapa/pendapa/internal/platform/idem"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/mail"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// copyAnswers is how long the place of the continuous copy may take to say what it holds.
const copyAnswers = 20 * time.Second

// Closes names what holds secrets that only sealing keys of before a time open: kept backups, moments of the continuous copy,
// and what waits in the store and is not sealed with the one key that stays (its id; "" when that is still to be made). Whoever
// forgets these keys closes them.
func (a *App) Closes(ctx context.Context, before time.Time, stays string) (all []string, err error) {
	kept, err := backup.List(a.Config.Backups)
	if err != nil {
		return nil, err
	}
	for _, m := range kept {
		if m.At < before.UnixMilli() {
			all = append(all, "the backup "+filepath.Join(a.Config.Backups, m.Name))
		}
	}
	if text := a.copyCloses(ctx, before); text != "" {
		all = append(all, text)
	}
	letters, err := mail.Closes(ctx, a.DB, stays)
	if err != nil {
		return nil, err
	}
	answers, err := idem.Sealed().Closes(ctx, a.DB, stays)
	if err != nil {
		return nil, err
	}
	for _, x := range []struct {
		n    int
		text string
	}{{letters, "letters that wait to be sent"}, {answers, "answers kept for a repeated request"}} {
		if x.n > 0 {
			all = append(all, fmt.Sprintf("%d %s", x.n, x.text))
		}
	}
	return all, nil
}

// copyCloses says which moments of the continuous copy lie before a time; a place that does not answer may hold some.
func (a *App) copyCloses(ctx context.Context, before time.Time) string {
	c := a.Config.Copy
	if c.URL == "" {
		return ""
	}
	ctx, cancel := context.WithTimeout(ctx, copyAnswers)
	defer cancel()
	dest, err := c.Open()
	if err != nil {
		return fmt.Sprintf("moments of the continuous copy before %s; %s did not say which: %v", moment(before), c.URL, err)
	}
	defer dest.Close()
	from, ok, err := replica.Reaches(ctx, dest)
	switch {
	case err != nil:
		return fmt.Sprintf("moments of the continuous copy before %s; %s did not say which: %v", moment(before), c.URL, err)
	case !ok || !from.Before(before):
		return ""
	}
	return fmt.Sprintf("the moments of the continuous copy %s from %s to %s", c.URL, moment(from), moment(before))
}

func moment(at time.Time) string { return at.UTC().Format(time.RFC3339) }

// ForgetKeys removes all sealing keys but the newest, after everything of the living house was sealed with it.
func (a *App) ForgetKeys(ctx context.Context) error {
	if _, err := a.Reseal(ctx); err != nil {
		return err
	}
	if err := a.Keys.Forget(a.KeyOptions(ctx)); err != nil {
		return err
	}
	return a.recordKeys(ctx, "keys.forget", map[string]any{"key": a.Keys.Box().Newest()})
}

// sealOwn seals the key by which this house opens its own backups and copies with the newest sealing key.
func (a *App) sealOwn() error {
	path, box, context := filepath.Join(a.Config.DataDir, ownFile), a.Keys.Box(), keys.Context("file", ownFile, 0)
	sealed, err := os.ReadFile(path)
	if err != nil || box.Current(string(sealed)) {
		return err
	}
	return durable.WriteFile(path, []byte(box.Seal(context, []byte(a.own.String()))))
}
