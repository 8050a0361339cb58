package instrument_test

import (
	"fmt"
	"math/big"
	"testing"

	"github.com/pendapa/pendapa/internal/instrument"
)

func TestDeriveFrom(t *testing.T) {
	t.Parallel()
	held := map[string]string{
		"unemployment 2024": "4.50", "unemployment 2025": "4.14", "poverty 2024": "9.51", "poverty 2025": "9.60",
		"hdi 2023": "69.10", "hdi 2025": "70.00", "pad 2024": "700", "pad 2025": "749", "investment 2024": "0", "investment 2025": "5",
		"income-per-capita 2025": "60", "bpk 2025": "wtp ", "sakip 2025": "E", "permits-growth 2025": "-50.325",
	}
	value := func(key string, year int) (*big.Rat, string, bool) {
		text, ok := held[fmt.Sprintf("%s %d", key, year)]
		number, isNumber := new(big.Rat).SetString(text)
		if !isNumber {
			number = nil
		}
		return number, text, ok
	}
	p := pack(t, "iid-2026")
	for _, c := range []struct{ item, raw, text, years, points string }{
		{"3", "-50.325", "-50.325", "[2025]", "2"},
		{"4", "", instrument.WhyNoValue, "[2024 2025]", ""},
		{"5a", "0.36", "", "[2024 2025]", "3"},
		{"5b", "4.14", "4.14", "[2025]", "2"},
		{"6", "", instrument.WhyZeroBefore, "[2024 2025]", ""},
		{"7", "7", "", "[2024 2025]", "2"},
		{"8", "", "wtp ", "[2025]", "3"},
		{"9", "", "E", "[2025]", "none"},
		{"10a", "-0.09", "", "[2024 2025]", "1"},
		{"11a", "0.9", "", "[2023 2025]", "3"},
		{"11b", "70", "70.00", "[2025]", "2"},
		{"13b", "", instrument.WhyNoValue, "[2025]", ""},
		{"16", "", instrument.WhyNoFigure, "[]", ""},
	} {
		q, _, _ := p.Question(c.item)
		raw, text, years, ok := instrument.DeriveFrom(q, 2026, value)
		if ok != (c.points != "") || text != c.text || fmt.Sprint(years) != c.years || (raw == nil) != (c.raw == "") || raw != nil && raw.Cmp(rat(t, c.raw)) != 0 {
			t.Errorf("item %s: raw %v, text %q, years %v, ok %v; want %+v", c.item, raw, text, years, ok, c)
			continue
		}
		if !ok {
			continue
		}
		points := "none"
		if r, known := p.MarkFrom(q, raw, text, instrument.Options{}); known {
			points = instrument.Decimal(r.Points, 0)
		}
		if points != c.points {
			t.Errorf("item %s earns %s, want %s", c.item, points, c.points)
		}
	}
	held["pad 2024"] = "tidak ada"
	q, _, _ := p.Question("7")
	if _, text, _, ok := instrument.DeriveFrom(q, 2026, value); ok || text != instrument.WhyNoNumber {
		t.Errorf("growth from a word: %q, %v", text, ok)
	}
	growth, _, _, _ := instrument.DeriveFrom(q, 2025, func(_ string, year int) (*big.Rat, string, bool) { return big.NewRat(int64(year-2020), 1), "", true })
	if growth.Cmp(rat(t, "100/3")) != 0 {
		t.Errorf("from 3 to 4 is %s percent, want 100/3", growth)
	}
}

func TestDeriveIsChecked(t *testing.T) {
	t.Parallel()
	for name, c := range map[string]struct{ derive, want string }{
		"no mark":         {`{by: value, values: {A: "7"}}`, "no mark of the scale"},
		"half a mark":     {`{by: value, values: {A: "1.5"}}`, "no mark of the scale"},
		"words of growth": {`{by: growth, values: {A: "1"}}`, "words only for a value"},
		"a long span":     {`{by: rise, span: 99}`, "span"},
		"unknown":         {`{by: magic}`, "derive wants"},
	} {
		text := ownIID(t, "derive: {by: growth, span: 1, lag: 1}", "derive: "+c.derive)
		if _, err := instrument.Parse([]byte(text)); err == nil || !contains(err, c.want) {
			t.Errorf("%s: error = %v, want %q", name, err, c.want)
		}
	}
}
