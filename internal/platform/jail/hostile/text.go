package hostile

import (
	"fmt"
	"strings"
)

// YAML are made to unfold, to nest and to keep readers of YAML busy.
func YAML() []File {
	var unfold strings.Builder
	unfold.WriteString("a0: &a0 [x, x, x, x, x, x, x, x, x, x]\n")
	for n := range 9 {
		fmt.Fprintf(&unfold, "a%d: &a%d [%s]\n", n+1, n+1, strings.TrimSuffix(strings.Repeat(fmt.Sprintf("*a%d, ", n), 10), ", "))
	}
	inside := strings.Replace(unfold.String(), "[x, x", "[&b x, *b", 1)
	return []File{
		{"aliases that unfold", []byte(unfold.String()), anything},
		{"aliases in brackets", []byte("id: [&a [" + strings.Repeat("&b x, *b, ", 60) + "x], *a, *a, *a]\n" + inside), anything},
		{"an anchor in brackets", []byte("[&a [&b [&c [*a, *b, *c]]]]"), anything},
		{"an alias of itself", []byte("id: &a [*a]"), anything},
		{"nested brackets", []byte(strings.Repeat("[", 500_000)), anything},
		{"nested braces", []byte(strings.Repeat("{a: ", 100_000)), anything},
		{"nested by spaces", indented(3000), anything},
		{"nested by dashes", []byte(strings.Repeat("- ", 400_000) + "x"), anything},
		{"a merge", []byte("<<: {<<: {<<: {id: x}}}"), anything},
		{"bytes that are none", []byte("\x00\xff\xfe: \x01"), anything},
	}
}

func indented(deep int) []byte {
	var b strings.Builder
	for n := range min(deep, 1200) {
		b.WriteString(strings.Repeat(" ", n) + "a:\n")
	}
	return []byte(b.String())
}

// GeoJSON are made to exhaust or mislead readers of boundaries.
func GeoJSON() []File {
	head, tail := `{"type":"Feature","properties":{"kode":"35.09.01"},"geometry":{"type":"Polygon","coordinates":`, `}}`
	var line strings.Builder
	for n := range 700_000 {
		fmt.Fprintf(&line, "[113.%05d,-8.1],", n%100_000)
	}
	points := "[[" + strings.TrimSuffix(line.String(), ",") + "]]"
	return []File{
		{"many points", []byte(head + points + tail), anything},
		{"deep brackets", []byte(head + strings.Repeat("[", 4_000_000) + strings.Repeat("]", 4_000_000) + tail), anything},
		{"deep properties", []byte(`{"type":"Feature","properties":` + strings.Repeat(`{"a":`, 1_000_000)), anything},
		{"many features", []byte(`{"type":"FeatureCollection","features":[` + strings.TrimSuffix(strings.Repeat("{},", 2_000_000), ",") + "]}"), anything},
		{"numbers that are none", []byte(head + `[[[1e999,1],[NaN,2]]]` + tail), anything},
		{"one long text", []byte(`{"type":"` + strings.Repeat("x", 10<<20) + `"}`), anything},
		{"a comb", []byte(head + comb(60_000) + tail), anything},
	}
}

// comb is a ring whose sides all overlap in longitude: the worst for who looks for crossings.
func comb(teeth int) string {
	var b strings.Builder
	b.WriteString("[[[113,-8]")
	for n := range teeth {
		fmt.Fprintf(&b, ",[%d.9,-8.%05d],[113.1,-8.%05d]", 113+n%2, n, n)
	}
	b.WriteString(",[113,-8]]]")
	return b.String()
}
