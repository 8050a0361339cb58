package instrument_test

import (
	"bytes"
	"flag"
	"os"
	"reflect"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

// The years of the innovation index are whole files, so that each can be read and copied. What follows the bands is the
// same in all of them: go test -run TestYearsOfIID -update ./internal/instrument brings it over from 2026.
func updating() bool {
	f := flag.Lookup("update")
	return f != nil && f.Value.String() == "true"
}

var _ = flag.Bool("update", false, "bring the common part of the IID years over from 2026")

// parted cuts a pack file before its options, where the part of the year ends.
func parted(t *testing.T, id string) (head, tail []byte) {
	t.Helper()
	data, err := os.ReadFile("packs/" + id + ".yaml")
	if err != nil {
		t.Fatal(err)
	}
	at := bytes.Index(data, []byte("\noptions:\n"))
	if at < 0 {
		t.Fatalf("%s has no options", id)
	}
	return data[:at+1], data[at+1:]
}

func TestYearsOfIID(t *testing.T) {
	t.Parallel()
	_, common := parted(t, "iid-2026")
	for _, id := range []string{"iid-2023", "iid-2027", "iid-2028", "iid-2029"} {
		head, tail := parted(t, id)
		if updating() {
			if err := os.WriteFile("packs/"+id+".yaml", append(head, common...), 0o644); err != nil {
				t.Fatal(err)
			}
			continue
		}
		if !bytes.Equal(tail, common) {
			t.Errorf("%s: options, affairs or items differ from iid-2026; see -update", id)
		}
	}
}

func TestOnlyTheAnnouncedDiffers(t *testing.T) {
	t.Parallel()
	base := pack(t, "iid-2026")
	if d := base.Divisor; d.Minimum != 12 || d.Affairs != 5 || d.CountWeight != "0.38" || d.CountCap != 200 || d.From != "2024-01-01" || d.To != "2025-12-31" {
		t.Errorf("2026: %+v", d)
	}
	for id, want := range map[string]struct {
		year, minimum, affairs int
		label                  string
	}{
		"iid-2023": {2023, 10, 0, "templat"}, "iid-2027": {2027, 14, 6, "diumumkan, belum terbit"},
		"iid-2028": {2028, 16, 6, "diumumkan, belum terbit"}, "iid-2029": {2029, 18, 6, "diumumkan, belum terbit"},
	} {
		p := pack(t, id)
		d := p.Divisor
		if p.Year != want.year || d.Minimum != want.minimum || d.Affairs != want.affairs || d.From != "" || d.To != "" || !strings.Contains(p.Name.ID, want.label) {
			t.Errorf("%s: year %d, %+v, %s", id, p.Year, d, p.Name.ID)
		}
		if d.CountWeight != base.Divisor.CountWeight || d.CountCap != base.Divisor.CountCap || d.Total != base.Divisor.Total || p.Rule != base.Rule || p.Scale != base.Scale || p.Kind != base.Kind {
			t.Errorf("%s: rule, scale, count or total differ from 2026", id)
		}
		if id != "iid-2023" && !reflect.DeepEqual(p.Bands, base.Bands) {
			t.Errorf("%s: bands differ from 2026", id)
		}
	}
}

// TestEveryPackSaysWhatItIs: source, notes, and what is not known, in both languages; own names for what rooms know.
func TestEveryPackSaysWhatItIs(t *testing.T) {
	t.Parallel()
	all, err := instrument.Shipped()
	if err != nil {
		t.Fatal(err)
	}
	for _, p := range all {
		if p.Kind == "smartcity" {
			continue
		}
		if len(p.Uncertain) < 3 || p.Notes.ID == "" || p.Notes.EN == "" || p.Source == "" {
			t.Errorf("%s: %d uncertain points, notes %q", p.ID, len(p.Uncertain), p.Notes.EN)
		}
		for _, u := range append(p.Uncertain, p.Notes) {
			if u.ID == "" || u.EN == "" {
				t.Errorf("%s: %+v stands in one language", p.ID, u)
			}
		}
		for _, code := range p.Codes() {
			if q, _, _ := p.Question(code); q.Short.ID == "" || q.Short.EN == "" || len([]rune(q.Short.ID)) > 24 {
				t.Errorf("%s %s: short name %q", p.ID, code, q.Short.ID)
			}
		}
	}
}

func TestItemsOfIID(t *testing.T) {
	t.Parallel()
	p := pack(t, "iid-2026")
	var mandatory, proofs, previous []string
	for _, code := range p.Codes() {
		q, _, _ := p.Question(code)
		if q.Mandatory {
			mandatory = append(mandatory, code)
		}
		if q.Proof != "" {
			proofs = append(proofs, q.Proof)
		}
		if q.Year == -1 {
			previous = append(previous, code)
		}
		if len(q.Rubric) != 3 || len(q.Effort) != 3 || q.Effort["1"] > q.Effort["2"] || q.Effort["2"] > q.Effort["3"] {
			t.Errorf("item %s: rubric %v, effort %v", code, q.Rubric, q.Effort)
		}
	}
	if got, want := strings.Join(mandatory, " "), "1 3 4 5a 5b 6 7 8 9 10a 10b 11a 11b 16 17 32 33 35"; got != want {
		t.Errorf("mandatory %s, want %s", got, want)
	}
	if got, want := strings.Join(proofs, " "), "regulation people budget tool bimtek plan actors team network publicity manual information duration complaints integration replication speed benefit evaluation video"; got != want {
		t.Errorf("proofs %s, want %s", got, want)
	}
	if got := strings.Join(previous, " "); got != "5b 10b" {
		t.Errorf("items of the previous year %s, want 5b 10b", got)
	}
	basic := 0
	for _, a := range p.Affairs {
		if a.Basic {
			basic++
		}
	}
	if basic != 6 || len(p.Affairs) < 32 {
		t.Errorf("%d affairs, %d basic", len(p.Affairs), basic)
	}
	for _, text := range []string{"education", "Pendidikan", " pendidikan "} {
		if code, ok := p.AffairCode(text); !ok || code != "education" {
			t.Errorf("affair %q = %q", text, code)
		}
	}
}
