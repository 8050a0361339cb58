package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"
	"strings"

	"github.com/pendapa/pendapa/internal/app"
)

// cmdServe answers requests until it is told to stop.
func cmdServe(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("serve", flag.ContinueOnError)
	flags.SetOutput(stderr)
	listen := flags.String("listen", "127.0.0.1:8080", "address to listen on")
	data := flags.String("data", "data", "folder that holds everything")
	database := flags.String("database", "", "sqlite:PATH or postgres://... (default: app.db in the data folder)")
	sample := flags.Bool("sample", false, "start with the sample regency and one-click sign-in on loopback")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *database == "" {
		*database = "sqlite:" + filepath.Join(*data, "app.db")
	}
	log := slog.New(slog.NewTextHandler(stderr, nil))
	a, err := app.New(ctx, app.Config{Listen: *listen, DataDir: *data, Database: *database, Sample: *sample, Version: version()}, log)
	if err == nil && *sample {
		err = a.LoadSample(ctx)
	}
	if err == nil {
		err = a.Run(ctx, func(addr string) { greet(ctx, a, addr, *sample, stdout) })
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa serve:", err)
		return 1
	}
	return 0
}

// greet tells where to go: the sign-in of the sample, or the one-time link of an empty house.
func greet(ctx context.Context, a *app.App, addr string, sample bool, stdout io.Writer) {
	at := a.Config.BaseURL
	if at == "" {
		at = "http://" + strings.Replace(addr, "127.0.0.1", "localhost", 1)
	}
	fmt.Fprintf(stdout, "Pendapa: %s\n", at)
	if sample {
		fmt.Fprintf(stdout, "Data contoh: masuk dengan satu klik di %s/masuk (hanya dari komputer ini).\n", at)
		return
	}
	if secret, err := a.Access.SetupLink(ctx); err == nil && secret != "" {
		fmt.Fprintf(stdout, "Belum ada kabupaten. Buka tautan sekali pakai ini (berlaku 24 jam):\n  %s/mulai?kunci=%s\n", at, secret)
	}
}
