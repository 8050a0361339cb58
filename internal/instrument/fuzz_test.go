package instrument_test

import (
	"bytes"
	"os"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func FuzzPack(f *testing.F) {
	for _, name := range []string{"smartcity-2022-kppn", "smartcity-2023-kppn"} {
		data, err := os.ReadFile("packs/" + name + ".yaml")
		if err != nil {
			f.Fatal(err)
		}
		f.Add(data)
	}
	f.Add([]byte("id: x\ncomponents: [&a {}, *a]\n"))
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
