package main

import (
	"cmp"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// What a command says by itself is English; errors of the rooms are texts that pages show too, and are told in the language
// of the console (LC_ALL, LC_MESSAGES, LANG): Indonesian when it says id, else English.

type langKey struct{}

// withLang keeps the language of whoever typed the command.
func withLang(ctx context.Context, lang string) context.Context {
	return context.WithValue(ctx, langKey{}, lang)
}

// langOf gives the language of whoever typed the command.
func langOf(ctx context.Context) string {
	if lang, ok := ctx.Value(langKey{}).(string); ok && lang != "" {
		return lang
	}
	if set := cmp.Or(os.Getenv("LC_ALL"), os.Getenv("LC_MESSAGES"), os.Getenv("LANG")); strings.HasPrefix(set, "id") {
		return "id"
	}
	return "en"
}

// worded is an error as it is told, with what it was inside.
type worded struct {
	error
	text string
}

func (w worded) Error() string { return w.text }
func (w worded) Unwrap() error { return w.error }

// inWords tells an error in words. Without a house only the texts of the platform are known.
func inWords(ctx context.Context, a *app.App, err error) error {
	if !hasText(err) {
		return err
	}
	if _, done := errors.AsType[worded](err); done {
		return err
	}
	texts := i18n.New()
	if a != nil {
		texts = a.Web.Texts
	} else if failed := texts.Add(web.Files); failed != nil {
		return errors.Join(err, failed)
	}
	return worded{err, texts.Error(langOf(ctx), err)}
}

func hasText(err error) bool {
	_, is := errors.AsType[*errs.Error](err)
	return is
}

// status tells an error and gives the exit status.
func status(ctx context.Context, name string, stderr io.Writer, err error) int {
	if err == nil {
		return 0
	}
	fmt.Fprintf(stderr, "pendapa %s: %v\n", name, inWords(ctx, nil, err))
	_, usage := errors.AsType[usageError](err)
	_, input := errors.AsType[inputError](err)
	if usage || input || errs.Is(err, errs.Invalid) {
		return 2
	}
	return 1
}

// inputError is a word of a command that must be corrected.
type inputError string

func (e inputError) Error() string { return string(e) }

// usageError is a command that was called wrongly.
type usageError string

func (u usageError) Error() string { return "usage: " + string(u) }
