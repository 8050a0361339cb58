package main

import (
	"context"
	"fmt"
	"io"
	"text/tabwriter"

	"github.com/pendapa/pendapa/internal/instrument"
)

// cmdInstrument lists, prints and checks instruments.
func cmdInstrument(_ context.Context, args []string, _ io.Reader, stdout, stderr io.Writer) int {
	var err error
	switch {
	case len(args) == 1 && args[0] == "list":
		err = listInstruments(stdout)
	case len(args) == 2 && args[0] == "show":
		err = showInstrument(stdout, args[1])
	case len(args) == 2 && args[0] == "check":
		var p *instrument.Pack
		if p, err = loadPack("./" + args[1]); args[1] != "" && args[1][0] == '/' {
			p, err = loadPack(args[1])
		}
		if err == nil {
			fmt.Fprintf(stdout, "%s: %d questions, weights sum to 100, ok\n", p.ID, len(p.Codes()))
		}
	default:
		fmt.Fprintln(stderr, "usage: pendapa instrument list | show ID | check FILE")
		return 2
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa instrument:", err)
		return 2
	}
	return 0
}

func listInstruments(w io.Writer) error {
	all, err := instrument.Shipped()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, p := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\n", p.ID, p.Year, len(p.Codes()), p.Name.ID)
	}
	return t.Flush()
}

func showInstrument(w io.Writer, id string) error {
	p, err := loadPack(id)
	if err != nil {
		return err
	}
	data, err := p.Marshal()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}
