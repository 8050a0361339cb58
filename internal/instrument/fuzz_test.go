package instrument_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

// Small instruments of the two rules with the most parts; the shipped ones are too large to vary quickly.
const (
	smallIID = `id: own-iid
kind: iid
year: 2026
name: {id: a, en: b}
rule: weight-times-parameter-with-divisor
scale: {min: "0", max: "3", step: "1"}
source: own
divisor: {minimum: 2, count_weight: "0.5", count_cap: 4, total: "11", affairs: 1}
affairs: [{code: health, basic: true, name: {id: a, en: b}}]
bands: [{from: "50", name: {id: a, en: b}}]
options: [{id: edges, note: {id: a, en: b}, choices: [{id: higher, name: {id: a, en: b}}, {id: lower, name: {id: a, en: b}}]}]
components:
  - {code: R, name: {id: a, en: b}, weight: "1", questions: [{code: "1", weight: "1", text: {id: a, en: b}, figure: pad, derive: {by: growth, span: 1}, brackets: {unit: {id: a, en: b}, decimals: 2, steps: [{points: "3", from: "1.5"}, {points: "1", to: "1.5"}], nothing: {points: "1"}}}]}
  - {code: E, name: {id: a, en: b}, weight: "2", entries: true, questions: [{code: "2", weight: "2", text: {id: a, en: b}, bases: [{code: a, name: {id: a, en: b}, brackets: {unit: {id: a, en: b}, decimals: 0, steps: [{points: "2", from: "1", to: "9", beyond: true}]}}]}]}
`
	smallPemdi = `id: own-pemdi
kind: pemdi
year: 2026
name: {id: a, en: b}
rule: continuous-level
scale: {min: "0", max: "5"}
source: own
phases: [{code: x, share: "60", name: {id: a, en: b}}, {code: y, share: "40", name: {id: a, en: b}}]
components:
  - {code: A1, name: {id: a, en: b}, weight: "100", questions: [{code: I1, weight: "100", text: {id: a, en: b}, external: true, slots: [{code: T1, level: 1, name: {id: a, en: b}}, {code: T2, level: 2, supporting: true, name: {id: a, en: b}}]}]}
`
)

// TestSmallInstruments keeps the seeds valid: a seed that is refused varies nothing.
func TestSmallInstruments(t *testing.T) {
	t.Parallel()
	for _, text := range []string{smallIID, smallPemdi} {
		if _, err := instrument.Parse([]byte(text)); err != nil {
			t.Error(err)
		}
	}
}

func FuzzPack(f *testing.F) {
	for _, name := range []string{"smartcity-2022-kppn", "kipp-2023"} {
		data, err := os.ReadFile("packs/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("id: x\ncomponents: [&a {}, *a]\n"))
	f.Add([]byte(smallIID))
	f.Add([]byte(smallPemdi))
	f.Fuzz(func(t *testing.T, data []byte) {
		p, err := instrument.Parse(data)
		if err != nil {
			return
		}
		again, err := p.Marshal()
		if err != nil {
			t.Fatal(err)
		}
		if _, err := instrument.Parse(again); err != nil {
			t.Errorf("a pack that was read cannot be written and read again: %v", err)
		}
		p.Evaluate(nil, instrument.Options{NotTakenPart: true})
	})
}

func FuzzMarks(f *testing.F) {
	p, err := instrument.Find("smartcity-2022-kppn")
	if err != nil {
		f.Fatal(err)
	}
	f.Add([]byte("item,entry,assessor,value\nA1,,1,3\nA2,,1,\"2,5\"\n"))
	f.Add([]byte("\xef\xbb\xbfvalue,item\n4,B\n"))
	f.Add([]byte("item,entry,assessor,value\nA1,,,1e9999999\n"))
	f.Fuzz(func(t *testing.T, data []byte) {
		marks, err := instrument.ParseMarks(bytes.NewReader(data), p)
		if err != nil {
			return
		}
		p.Evaluate(marks, instrument.Options{})
	})
}
