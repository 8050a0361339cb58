package main

import (
	"context"
	"fmt"
	"io"
)

// cmdCheck prints every setting with its origin, or says what is wrong with them.
func cmdCheck(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	o := newOptions("check", stderr)
	if words, err := o.parse(args); err != nil || len(words) > 0 {
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
	return 0
}
