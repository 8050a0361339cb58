package main

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"

	"github.com/pendapa/pendapa/internal/app"
	"github.com/pendapa/pendapa/internal/platform/control"
)

// A command that needs the house runs inside the server when one has the folder: the words go over a socket, the server
// calls the same command with itself in the context, and the output comes back. So no command opens, migrates or sweeps
// the files of a running server, and none leaves files of another owner there.

type (
	runningKey struct{}
	outputKey  struct{}
	filesKey   struct{}
)

// withOutput keeps where a command prints, for an answer that comes from the server.
func withOutput(ctx context.Context, w io.Writer) context.Context {
	return context.WithValue(ctx, outputKey{}, w)
}

func outputOf(ctx context.Context) io.Writer {
	if w, ok := ctx.Value(outputKey{}).(io.Writer); ok {
		return w
	}
	return io.Discard
}

// runningIn gives the server that runs this command, nil when the command runs by itself.
func runningIn(ctx context.Context) *app.App {
	a, _ := ctx.Value(runningKey{}).(*app.App)
	return a
}

// readFile reads a file that the command was given, also when the command runs inside the server.
func (o *options) readFile(ctx context.Context, name string) ([]byte, error) {
	if runningIn(ctx) != nil {
		files, _ := ctx.Value(filesKey{}).(map[string][]byte)
		data, ok := files[name]
		if !ok {
			return nil, fmt.Errorf("%s was not sent along", name)
		}
		return data, nil
	}
	data, err := os.ReadFile(name)
	if err == nil {
		if o.sends == nil {
			o.sends = map[string][]byte{}
		}
		o.sends[name] = data
	}
	return data, err
}

// intoFile gives f a new file to print into, here where the command was typed and never where the server runs, and takes
// the file away again when the command fails.
func intoFile(name string, f func(w io.Writer) int) (code int, err error) {
	file, err := os.OpenFile(name, os.O_CREATE|os.O_EXCL|os.O_WRONLY, 0o600)
	if err != nil {
		return 1, err
	}
	if code = f(file); code != 0 {
		return code, errors.Join(file.Close(), os.Remove(name))
	}
	return 0, errors.Join(file.Sync(), file.Close())
}

// serveHouse serves browsers and, over the socket in the data folder, the commands of the operator.
func serveHouse(ctx context.Context, a *app.App, ready func(addr string)) error {
	stop, err := control.Serve(ctx, a.Config.DataDir, func(ctx context.Context, r control.Request, stdout, stderr io.Writer) int {
		return inside(ctx, a, r, stdout, stderr)
	})
	if err != nil {
		return errors.Join(fmt.Errorf("the socket for commands: %w", err), a.Close())
	}
	a.BeforeClose(stop)
	return a.Run(ctx, ready)
}

// outside are commands that need the folder for themselves, or none.
var outside = map[string]bool{"serve": true, "restore": true, "repair": true}

func inside(ctx context.Context, a *app.App, r control.Request, stdout, stderr io.Writer) int {
	ctx = withLang(context.WithValue(context.WithValue(ctx, runningKey{}, a), filesKey{}, r.Files), r.Lang)
	for _, c := range commands() {
		if c.name == r.Name && !outside[c.name] {
			return c.run(ctx, r.Args, bytes.NewReader(nil), stdout, stderr)
		}
	}
	fmt.Fprintf(stderr, "pendapa %s: the running server does not know this command; it may be of another version\n", r.Name)
	return 2
}
