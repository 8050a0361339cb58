package main

import (
	"context"
	"fmt"
	"io"
	"strings"

	"github.com/pendapa/pendapa/internal/app"
)

// cmdServe answers requests until it is told to stop.
func cmdServe(ctx context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("serve", stderr)
	o.flags.StringVar(&o.listen, "listen", "", "address to listen on (default 127.0.0.1:8080)")
	o.flags.BoolVar(&o.sample, "sample", false, "start with the sample regency and one-click sign-in on loopback")
	if !o.only(args) {
		return 2
	}
	a, err := o.house(ctx, stderr)
	if err == nil && o.sample {
		err = a.DB.Explain(a.LoadSample(ctx))
	}
	if err == nil {
		err = serveHouse(ctx, a, func(addr string) { greet(ctx, a, addr, o.sample, stdout) })
	}
	return status(ctx, "serve", stderr, err)
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
