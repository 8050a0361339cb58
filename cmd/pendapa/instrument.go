package main

import (
	"context"
	"fmt"
	"io"
	"strings"
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
		err = checkInstrument(stdout, args[1])
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

// checkInstrument reads a file, also one whose name looks like an id, and says what its weights sum to.
func checkInstrument(w io.Writer, name string) error {
	if !strings.HasPrefix(name, "/") {
		name = "./" + name
	}
	p, err := loadPack(name)
	if err != nil {
		return err
	}
	sum := "weights sum to 100"
	if p.Divisor != nil {
		sum = "parts sum to " + p.Divisor.Total
	}
	fmt.Fprintf(w, "%s: %d questions, %s, ok\n", p.ID, len(p.Codes()), sum)
	return nil
}

func listInstruments(w io.Writer) error {
	all, err := instrument.Shipped()
	if err != nil {
		return err
	}
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, p := range all {
		fmt.Fprintf(t, "%s\t%d\t%d\t%s\t%s\n", p.ID, p.Year, len(p.Codes()), p.Rule, p.Name.ID)
	}
	return t.Flush()
}

// showInstrument prints the file of an instrument, after an overview as comments, so that what is printed can be kept,
// changed and checked.
func showInstrument(w io.Writer, id string) error {
	p, err := loadPack(id)
	if err != nil {
		return err
	}
	for _, line := range overview(p) {
		fmt.Fprintln(w, "#", line)
	}
	data, err := p.Marshal()
	if err != nil {
		return err
	}
	_, err = w.Write(data)
	return err
}

// overview tells in Indonesian how the index comes about, which readings can be chosen and what is not certain.
func overview(p *instrument.Pack) []string {
	step := "tiap desimal"
	if p.Scale.Step != "" {
		step = "langkah " + comma(p.Scale.Step)
	}
	out := []string{p.Name.ID, fmt.Sprintf("Aturan %s, nilai %s sampai %s, %s", p.Rule, comma(p.Scale.Min), comma(p.Scale.Max), step)}
	for _, c := range p.Components {
		each := ""
		if c.Entries {
			each = " untuk tiap inovasi"
		}
		out = append(out, fmt.Sprintf("Bagian %s %s: bobot %s, %d butir%s", c.Code, c.Name.ID, comma(c.Weight), len(c.Questions), each))
	}
	if d := p.Divisor; d != nil {
		out = append(out, fmt.Sprintf("Pembagi sedikitnya %d; %s tiap inovasi sampai %d inovasi; jumlah semua bagian %s; urusan pelayanan dasar yang harus tercakup: %d",
			d.Minimum, comma(d.CountWeight), d.CountCap, comma(d.Total), d.Affairs))
		if d.From != "" {
			out = append(out, "Inovasi yang diterapkan "+d.From+" sampai "+d.To)
		}
	}
	for _, ph := range p.Phases {
		out = append(out, fmt.Sprintf("Tahap %s: %s %%", ph.Name.ID, comma(ph.Share)))
	}
	for _, b := range p.Bands {
		out = append(out, fmt.Sprintf("Kategori %s: dari %s", b.Name.ID, comma(b.From)))
	}
	for _, o := range p.Options {
		out = append(out, "Pilihan "+o.ID+": "+o.Note.ID)
		for i, c := range o.Choices {
			out = append(out, "  "+o.ID+"="+c.ID+": "+c.Name.ID+map[bool]string{true: " (bila tidak dipilih)"}[i == 0])
		}
	}
	for _, u := range p.Uncertain {
		out = append(out, "Belum pasti: "+u.ID)
	}
	return out
}
