package main

import (
	"context"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"math/big"
	"os"
	"strings"
	"text/tabwriter"

	"github.com/pendapa/pendapa/internal/instrument"
)

// cmdScore computes an index from a file of marks, for scripts and other systems.
func cmdScore(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	flags := flag.NewFlagSet("score", flag.ContinueOnError)
	flags.SetOutput(stderr)
	id := flags.String("instrument", "", "id of a shipped instrument, or a file")
	file := flags.String("marks", "", "CSV file with item,entry,assessor,value; - reads standard input")
	asJSON := flags.Bool("json", false, "print JSON")
	if err := flags.Parse(args); err != nil {
		return 2
	}
	if *id == "" || *file == "" || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: pendapa score --instrument ID --marks FILE.csv [--json]")
		return 2
	}
	pack, err := loadPack(*id)
	if err != nil {
		fmt.Fprintln(stderr, "pendapa score:", err)
		return 2
	}
	in := stdin
	if *file != "-" {
		f, err := os.Open(*file)
		if err != nil {
			fmt.Fprintln(stderr, "pendapa score:", err)
			return 2
		}
		defer f.Close()
		in = f
	}
	marks, err := instrument.ParseMarks(in, pack)
	if err != nil {
		fmt.Fprintf(stderr, "pendapa score: %s: %v\n", *file, err)
		return 2
	}
	result := pack.Evaluate(marks, instrument.Options{})
	if *asJSON {
		err = printScoreJSON(stdout, result)
	} else {
		err = printScore(stdout, pack, result)
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa score:", err)
		return 1
	}
	return 0
}

type scoreJSON struct {
	Instrument string               `json:"instrument"`
	Components []scoreComponentJSON `json:"components"`
	Index      *string              `json:"index"`
	Answered   int                  `json:"answered"`
	Missing    []string             `json:"missing"`
}

type scoreComponentJSON struct {
	Code   string  `json:"code"`
	Name   string  `json:"name"`
	Weight string  `json:"weight"`
	Value  *string `json:"value"`
}

// exactDigits is enough to tell any two index values of five assessors apart.
const exactDigits = 12

func exact(r *big.Rat) *string {
	if r == nil {
		return nil
	}
	s := instrument.Decimal(r, exactDigits)
	return &s
}

func printScoreJSON(w io.Writer, r instrument.Result) error {
	out := scoreJSON{Instrument: r.Instrument, Index: exact(r.Index), Answered: r.Answered, Missing: r.Missing}
	if out.Missing == nil {
		out.Missing = []string{}
	}
	for _, c := range r.Components {
		weight := strings.TrimSuffix(strings.TrimRight(instrument.Decimal(c.Weight, 6), "0"), ".")
		out.Components = append(out.Components, scoreComponentJSON{c.Code, c.Name.EN, weight, exact(c.Value)})
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	return e.Encode(out)
}

func printScore(w io.Writer, p *instrument.Pack, r instrument.Result) error {
	fmt.Fprintln(w, p.Name.ID)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range r.Components {
		fmt.Fprintf(t, "%s\t%s\t%s%%\t%s\n", c.Code, c.Name.ID, instrument.Decimal(c.Weight, 0), orDash(c.Value))
	}
	fmt.Fprintf(t, "\tIndeks pencapaian\t\t%s\n", orDash(r.Index))
	if err := t.Flush(); err != nil {
		return err
	}
	if len(r.Missing) > 0 {
		fmt.Fprintf(w, "Belum dinilai (%d): %s\n", len(r.Missing), strings.Join(r.Missing, ", "))
	}
	return nil
}

func orDash(r *big.Rat) string {
	if r == nil {
		return "-"
	}
	return instrument.Decimal(r, 4)
}

// loadPack finds a shipped instrument or reads one from a file.
func loadPack(id string) (*instrument.Pack, error) {
	if !strings.ContainsAny(id, "./") {
		return instrument.Find(id)
	}
	data, err := os.ReadFile(id)
	if err != nil {
		return nil, err
	}
	p, err := instrument.Parse(data)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", id, err)
	}
	return p, nil
}
