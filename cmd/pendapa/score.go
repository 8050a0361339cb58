package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
)

// scoreArgs are the options of one call of pendapa score.
type scoreArgs struct {
	id, file  string
	raw, json bool
	affairs   int
	chosen    map[string]string
}

func (a *scoreArgs) parse(args []string, stderr io.Writer) error {
	flags := flag.NewFlagSet("score", flag.ContinueOnError)
	flags.SetOutput(stderr)
	flags.StringVar(&a.id, "instrument", "", "id of a shipped instrument, or a file")
	flags.StringVar(&a.file, "marks", "", "CSV file with item,entry,assessor,value; - reads standard input")
	flags.BoolVar(&a.json, "json", false, "print JSON")
	flags.BoolVar(&a.raw, "raw", false, "values of items with brackets are raw figures, not points")
	flags.IntVar(&a.affairs, "affairs", -1, "how many basic-service affairs the innovations cover, when the file does not say")
	a.chosen = map[string]string{}
	flags.Func("option", "how to read what the instrument leaves open, as id=choice; may be repeated", func(text string) error {
		id, choice, ok := strings.Cut(text, "=")
		if !ok {
			return errors.New("write id=choice")
		}
		a.chosen[strings.TrimSpace(id)] = strings.TrimSpace(choice)
		return nil
	})
	if err := flags.Parse(args); err != nil {
		return err
	}
	if a.id == "" || a.file == "" || flags.NArg() > 0 {
		fmt.Fprintln(stderr, "usage: pendapa score --instrument ID --marks FILE.csv [--raw] [--option id=choice]... [--affairs N] [--json]")
		return flag.ErrHelp
	}
	return nil
}

// options checks what was chosen against the instrument.
func (a *scoreArgs) options(p *instrument.Pack) (instrument.Options, error) {
	o := instrument.Options{Chosen: a.chosen}
	if err := p.CheckOptions(a.chosen); err != nil {
		return o, fmt.Errorf("%w; it has: %s", err, strings.Join(optionList(p), ", "))
	}
	if a.affairs < 0 {
		return o, nil
	}
	if p.Divisor == nil {
		return o, fmt.Errorf("--affairs: %s asks for no affairs", p.ID)
	}
	basic := 0
	for _, one := range p.Affairs {
		if one.Basic {
			basic++
		}
	}
	if a.affairs > basic {
		return o, fmt.Errorf("--affairs: %s has %d basic-service affairs", p.ID, basic)
	}
	o.Affairs = &a.affairs
	return o, nil
}

// optionList writes the options of an instrument as id=choice|choice, the default first.
func optionList(p *instrument.Pack) []string {
	var out []string
	for _, o := range p.Options {
		var ids []string
		for _, c := range o.Choices {
			ids = append(ids, c.ID)
		}
		out = append(out, o.ID+"="+strings.Join(ids, "|"))
	}
	if out == nil {
		out = []string{"none"}
	}
	return out
}

// cmdScore computes an index from a file of marks, for scripts and other systems.
func cmdScore(_ context.Context, args []string, stdin io.Reader, stdout, stderr io.Writer) int {
	var a scoreArgs
	if err := a.parse(args, stderr); err != nil {
		return 2
	}
	s, err := readScore(a, stdin)
	if err != nil {
		fmt.Fprintln(stderr, "pendapa score:", err)
		return 2
	}
	s.warn(stderr)
	if a.json {
		err = s.printJSON(stdout)
	} else {
		err = s.print(stdout)
	}
	if err != nil {
		fmt.Fprintln(stderr, "pendapa score:", err)
		return 1
	}
	return 0
}

// scored is an instrument with the result of a marks file under the options in force.
type scored struct {
	pack    *instrument.Pack
	options instrument.Options
	result  instrument.Result
}

func readScore(a scoreArgs, stdin io.Reader) (s scored, err error) {
	if s.pack, err = loadPack(a.id); err != nil {
		return s, err
	}
	if s.options, err = a.options(s.pack); err != nil {
		return s, err
	}
	in := stdin
	if a.file != "-" {
		f, err := os.Open(a.file)
		if err != nil {
			return s, err
		}
		defer f.Close()
		in = f
	}
	marks, err := s.pack.ReadMarks(in, a.raw, s.options)
	if err != nil {
		return s, fmt.Errorf("%s: %w", a.file, err)
	}
	s.result = s.pack.Evaluate(marks, s.options)
	return s, nil
}

// warn says what the index takes for granted.
func (s scored) warn(w io.Writer) {
	if d := s.result.Divided; d != nil && d.Assumed {
		fmt.Fprintf(w, "pendapa score: no innovation names its affair, so the gate (%d basic-service affairs) is taken as open; "+
			"add rows like affair,INV-1,,health or use --affairs N\n", s.pack.Divisor.Affairs)
	}
	if len(s.result.Waiting) > 0 {
		fmt.Fprintf(w, "pendapa score: %s count 1 until the official value comes\n", strings.Join(s.result.Waiting, ", "))
	}
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
