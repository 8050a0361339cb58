package innovation_test

import (
	"math/big"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
)

func TestParseMeasure(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]innovation.Measure{
		"180 -> 30 menit":                          {Now: "180", Wanted: "30", Unit: "menit"},
		"180->30menit":                             {Now: "180", Wanted: "30", Unit: "menit"},
		"180 --> 30 menit":                         {Now: "180", Wanted: "30", Unit: "menit"},
		"180 => 30 menit.":                         {Now: "180", Wanted: "30", Unit: "menit"},
		"180 → 30 menit":                           {Now: "180", Wanted: "30", Unit: "menit"},
		"180 > 30 menit":                           {Now: "180", Wanted: "30", Unit: "menit"},
		"  180 menit ->   30  ":                    {Now: "180", Wanted: "30", Unit: "menit"},
		"180 menit -> 30 menit":                    {Now: "180", Wanted: "30", Unit: "menit"},
		"dari 3 jam menjadi 30 menit":              {Now: "3", Wanted: "30", Unit: "jam → menit"},
		"Dari 180 JADI 30 menit":                   {Now: "180", Wanted: "30", Unit: "menit"},
		"from 180 to 30 minutes":                   {Now: "180", Wanted: "30", Unit: "minutes"},
		"10 ke 2 hari":                             {Now: "10", Wanted: "2", Unit: "hari"},
		"10 orang datang ke loket -> 2":            {Now: "10", Wanted: "2", Unit: "orang datang ke loket"},
		"0 → 1.000 pelaku usaha":                   {Now: "0", Wanted: "1000", Unit: "pelaku usaha"},
		"1.500 -> 2.250 orang":                     {Now: "1500", Wanted: "2250", Unit: "orang"},
		"1,500 -> 2,250 people":                    {Now: "1500", Wanted: "2250", Unit: "people"},
		"1.234.567,5 -> 2.000.000":                 {Now: "1234567.5", Wanted: "2000000"},
		"1,234,567.5 -> 2,000,000":                 {Now: "1234567.5", Wanted: "2000000"},
		"2,5 -> 1 jam":                             {Now: "2.5", Wanted: "1", Unit: "jam"},
		"2.5 -> 1 hour":                            {Now: "2.5", Wanted: "1", Unit: "hour"},
		"0,125 -> 0.5 ha":                          {Now: "0.125", Wanted: "0.5", Unit: "ha"},
		"45% -> 80%":                               {Now: "45", Wanted: "80", Unit: "%"},
		"−5 -> -2,5 derajat":                       {Now: "-5", Wanted: "-2.5", Unit: "derajat"},
		"Rp 1.500.000 -> Rp500.000":                {Now: "1500000", Wanted: "500000", Unit: "rupiah"},
		"Rp1,5 juta -> Rp 500 ribu":                {Now: "1.5", Wanted: "500", Unit: "juta → ribu"},
		"12 per 1.000 kelahiran -> 8":              {Now: "12", Wanted: "8", Unit: "per 1.000 kelahiran"},
		"3 / bulan -> 10 / bulan":                  {Now: "3", Wanted: "10", Unit: "/ bulan"},
		"sekarang 100, lalu -> diinginkan 0 kasus": {Now: "100", Wanted: "0", Unit: "lalu → kasus"},
	} {
		if got, err := innovation.ParseMeasure(text); err != nil || got != want {
			t.Errorf("%q reads %+v %v, want %+v", text, got, err, want)
		}
	}
}

func TestMeasuresThatCannotBeRead(t *testing.T) {
	t.Parallel()
	for text, key := range map[string]string{"": "innovation.error.number_arrow", "180": "innovation.error.number_arrow", "lebih cepat": "innovation.error.number_arrow", "180 30 menit": "innovation.error.number_arrow",
		"lama -> cepat": "innovation.error.number", "180 -> ": "innovation.error.number", "-> 30 menit": "innovation.error.number", "180 -> segera": "innovation.error.number",
		"1.2.3 -> 4": "innovation.error.number", "5-3 -> 2": "innovation.error.number", "1,2,3 -> 4": "innovation.error.number",
		"1 -> 2 " + strings.Repeat("x", 300): "innovation.error.number"} {
		m, err := innovation.ParseMeasure(text)
		if _, fields := errs.MsgOf(err); fields["number"].Key != key || m != (innovation.Measure{}) {
			t.Errorf("%q: %+v %v, want %s", text, m, err, key)
		}
	}
}

func FuzzParseMeasure(f *testing.F) {
	for _, text := range []string{"180 -> 30 menit", "dari 3 jam menjadi 30 menit", "0 → 1.000 pelaku", "Rp 1,5 juta => Rp 2", "−1.234,5 > 7%", "a -> b", "1..2 -> ,3", ">", "\xff1->2", "1 -> 2 \u00a0x"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		m, err := innovation.ParseMeasure(text)
		if err != nil {
			if !errs.Is(err, errs.Invalid) || m != (innovation.Measure{}) {
				t.Fatalf("%q: %+v %v", text, m, err)
			}
			return
		}
		for _, number := range []string{m.Now, m.Wanted} {
			if _, ok := new(big.Rat).SetString(number); !ok {
				t.Errorf("%q gives %q, which is no number", text, number)
			}
		}
		if m.Unit != strings.TrimSpace(m.Unit) || len(m.Unit) > 2*len(text)+5 || utf8.ValidString(text) && !utf8.ValidString(m.Unit) {
			t.Errorf("%q gives the unit %q", text, m.Unit)
		}
	})
}
