package reuse_test

import (
	"fmt"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/reuse"
	"github.com/pendapa/pendapa/internal/storetest"
)

// crowded is a house with twenty thousand links of eight thousand proofs over every instrument and three hundred innovations.
func crowded(b testing.TB) *world {
	b.Helper()
	x := furnished()
	packs, err := instrument.Shipped()
	if err != nil {
		b.Fatal(err)
	}
	x.rounds, x.innov, x.Linked, x.Cards = nil, nil, nil, nil
	type target struct{ holder, item string }
	var targets []target
	for n, p := range packs {
		id := fmt.Sprint("r", n)
		x.rounds = append(x.rounds, reuse.Round{ID: id, Title: p.Name.ID, Year: p.Year, Pack: p.ID, State: "open"})
		for _, code := range p.Asked() {
			targets = append(targets, target{id, code})
		}
	}
	for n := range 300 {
		id := fmt.Sprint("i", n)
		x.innov = append(x.innov, reuse.Innovation{ID: id, Title: "Inovasi " + id, Agency: "kom", Year: 2026, Pack: "iid-2026"})
		for code := 16; code <= 35; code++ {
			targets = append(targets, target{"inovasi:" + id, fmt.Sprint(code)})
		}
	}
	kinds := reuse.Kinds()
	for n := range 8000 {
		x.proof(fmt.Sprint("e", n), fmt.Sprint("Laporan layanan pengaduan aplikasi masterplan nomor ", n, " tentang arsitektur keamanan data"), kinds[n%len(kinds)], "kom", day(2024+n%3, 1+n%12, 1))
	}
	for n := range 20000 {
		to := targets[n*7919%len(targets)]
		x.Linked = append(x.Linked, proof.Link{ID: fmt.Sprint("e", n*31%8000), Place: placeOf(to.holder, to.item), At: day(2026, 1, 1)})
	}
	x.rounds = append(x.rounds, reuse.Round{ID: "pemdi", Title: "Pemdi", Year: 2026, Pack: "pemdi-2026", State: "open"}, reuse.Round{ID: "kc", Title: "Kota cerdas", Year: 2026, Pack: "smartcity-2023-kppn", State: "open"})
	for holder, pack := range map[string]string{"pemdi": "pemdi-2026", "kc": "smartcity-2023-kppn"} {
		p, err := instrument.Find(pack)
		if err != nil {
			b.Fatal(err)
		}
		for _, code := range p.Asked() {
			x.items[holder] = append(x.items[holder], reuse.Item{Code: code, Lead: "kom"})
		}
	}
	return x
}

func BenchmarkSuggest(b *testing.B) {
	k := open(b, storetest.SQLite(b), crowded(b))
	for _, holder := range []string{"pemdi", "kc"} {
		b.Run(holder, func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				if x, err := k.Suggest(coordinator(), holder); err != nil || len(x.Open) < 10 {
					b.Fatal(len(x.Open), err)
				}
			}
		})
	}
}
