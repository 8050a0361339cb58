// Command pendapa is the whole program: the server and the commands an operator needs.
package main

import (
	"context"
	"fmt"
	"io"
	"os"
	"os/signal"
	"runtime/debug"
	"syscall"
)

// command runs one subcommand and gives the exit status: 0 well, 1 failed, 2 the input must be corrected.
type command struct {
	name, text string
	run        func(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int
}

func main() {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt, syscall.SIGTERM)
	defer stop()
	os.Exit(run(ctx, os.Args[1:], os.Stdin, os.Stdout, os.Stderr))
}

func run(ctx context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	if len(args) > 0 {
		for _, c := range commands() {
			if c.name == args[0] {
				return c.run(withOutput(ctx, stdout), args[1:], stdin, stdout, stderr)
			}
		}
	}
	fmt.Fprintln(stderr, "usage: pendapa COMMAND [options]")
	for _, c := range commands() {
		fmt.Fprintf(stderr, "  %-12s %s\n", c.name, c.text)
	}
	if len(args) == 0 || args[0] == "help" {
		return 0
	}
	return 2
}

func version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || info.Main.Version == "" || info.Main.Version == "(devel)" {
		return "0.1-dev"
	}
	return info.Main.Version
}

func cmdVersion(_ context.Context, _ []string, _ io.Reader, stdout, _ io.Writer) int {
	fmt.Fprintln(stdout, version())
	return 0
}
