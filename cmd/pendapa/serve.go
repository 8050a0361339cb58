package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"path/filepath"

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
	if err == nil {
		err = a.Run(ctx, func(addr string) { fmt.Fprintf(stdout, "Pendapa: http://%s\n", addr) })
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa serve:", err)
		return 1
	}
	return 0
}
