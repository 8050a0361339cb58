package main

import (
	"fmt"
	"io"
	"math/big"
	"strings"
	"text/tabwriter"

	"github.com/pendapa/pendapa/internal/instrument"
)

// comma writes a number the Indonesian way.
func comma(text string) string { return strings.Replace(text, ".", ",", 1) }

func orDash(r *big.Rat) string {
	if r == nil {
		return "-"
	}
	return comma(instrument.Decimal(r, 4))
}

// print shows a result to people, in Indonesian.
func (s scored) print(w io.Writer) error {
	fmt.Fprintln(w, s.pack.Name.ID)
	t := tabwriter.NewWriter(w, 0, 4, 2, ' ', 0)
	for _, c := range s.result.Components {
		s.printComponent(t, c)
	}
	for _, ph := range s.result.Phases {
		fmt.Fprintf(t, "Tahap\t%s\t%s%%\t%s\n", ph.Name.ID, comma(short(ph.Share)), orDash(ph.Index))
	}
	fmt.Fprintf(t, "\tIndeks%s\t\t%s\t%s\n", s.indexName(), orDash(s.result.Index), s.band())
	if err := t.Flush(); err != nil {
		return err
	}
	s.printGate(w)
	s.printReadings(w)
	if n := len(s.result.Missing); n > 0 {
		fmt.Fprintf(w, "Belum dinilai (%d): %s\n", n, firstOf(s.result.Missing, 60))
	}
	if n := len(s.result.Waiting); n > 0 {
		fmt.Fprintf(w, "Menunggu nilai resmi, dihitung 1 (%d): %s\n", n, strings.Join(s.result.Waiting, ", "))
	}
	return nil
}

func (s scored) indexName() string {
	if s.pack.Rule == instrument.MeanThenWeight {
		return " pencapaian"
	}
	return " (simulasi, bukan hasil resmi)"
}

func (s scored) band() string {
	if s.result.Band == nil {
		return ""
	}
	return s.result.Band.Name.ID
}

// printComponent shows a part of the index; where the rule weighs items, with its items or innovations.
func (s scored) printComponent(w io.Writer, c instrument.ComponentResult) {
	if s.pack.Rule == instrument.MeanThenWeight {
		fmt.Fprintf(w, "%s\t%s\t%s%%\t%s\n", c.Code, c.Name.ID, comma(short(c.Weight)), orDash(c.Value))
		return
	}
	fmt.Fprintf(w, "%s\t%s\tbobot %s\t%s\tdari %s\n", c.Code, c.Name.ID, comma(short(c.Weight)), orDash(c.Value), comma(short(c.Max)))
	for _, q := range c.Questions {
		asked, _, _ := s.pack.Question(q.Code)
		fmt.Fprintf(w, "  %s\t  %s\t%s × %s\t%s\t%s\n", q.Code, asked.Short.ID, comma(short(q.Weight)), valueOf(q), comma(scoreOf(q)), readingOf(q.Raw))
	}
	part, known := s.pack.Component(c.Code)
	if !known || !part.Entries || s.result.Divided == nil {
		return
	}
	for _, e := range s.result.Entries {
		fmt.Fprintf(w, "  %s\t  %s\t\t%s\tdari %s\n", e.ID, s.affairName(e.Affair), comma(short(e.Score)), comma(short(e.Max)))
		for _, q := range e.Questions {
			if note := readingOf(q.Raw); note != "" {
				fmt.Fprintf(w, "    %s\t\t%s × %s\t%s\t%s\n", q.Code, comma(short(q.Weight)), valueOf(q), comma(scoreOf(q)), note)
			}
		}
	}
	d := s.result.Divided
	fmt.Fprintf(w, "  jumlah\t  %s ÷ pembagi %d (inovasi %d, paling sedikit %d)\t\t%s\n", comma(short(d.Sum)), d.Divisor, d.N, s.pack.Divisor.Minimum, orDash(d.Mean))
}

func (s scored) affairName(code string) string {
	for _, a := range s.pack.Affairs {
		if a.Code == code {
			return a.Name.ID
		}
	}
	return "urusan belum diisi"
}

func valueOf(q instrument.QuestionResult) string {
	if q.Value == nil {
		return "-"
	}
	return comma(short(q.Value))
}

func scoreOf(q instrument.QuestionResult) string {
	if q.Value == nil {
		return "-"
	}
	return short(q.Score)
}

// readingOf shows a raw figure beside what it earned.
func readingOf(r *instrument.Reading) string {
	if r == nil {
		return ""
	}
	text := "nihil"
	if r.Raw != nil {
		text = "angka " + comma(short(r.Raw))
	}
	if r.Basis != "" {
		text += ", dasar " + r.Basis
	}
	if note := noteOf(r).ID; note != "" {
		text += " (" + note + ")"
	}
	return text
}

// printGate tells whether the number of innovations counts, and what is missing for it.
func (s scored) printGate(w io.Writer) {
	d := s.result.Divided
	if d == nil || s.pack.Divisor.Affairs == 0 {
		return
	}
	state := "belum terpenuhi, jumlah inovasi tidak dihitung"
	switch {
	case d.Assumed:
		state = "dianggap terpenuhi karena tidak ada inovasi yang menyebut urusannya"
	case d.Gate:
		state = "terpenuhi"
	}
	fmt.Fprintf(w, "Syarat urusan pelayanan dasar: %d dari %d, %s\n", d.Affairs, s.pack.Divisor.Affairs, state)
	var missing []string
	for _, a := range s.pack.MissingAffairs(*d) {
		missing = append(missing, a.Name.ID)
	}
	if !d.Gate && d.Affairs == len(d.Covered) {
		fmt.Fprintf(w, "Urusan yang belum tercakup: %s\n", strings.Join(missing, "; "))
	}
}

// printReadings names the readings in force of what the instrument leaves open.
func (s scored) printReadings(w io.Writer) {
	for _, o := range s.pack.Options {
		id := s.pack.Choice(s.options, o.ID)
		for _, c := range o.Choices {
			if c.ID == id {
				fmt.Fprintf(w, "Pilihan %s=%s: %s\n", o.ID, id, c.Name.ID)
			}
		}
	}
}

// firstOf lists at most n words and says how many follow.
func firstOf(words []string, n int) string {
	if len(words) <= n {
		return strings.Join(words, ", ")
	}
	return fmt.Sprintf("%s, dan %d lagi", strings.Join(words[:n], ", "), len(words)-n)
}
