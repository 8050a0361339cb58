package territory

import (
	"encoding/json"
	"fmt"
	"math"
	"regexp"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/territory/official"
)

// Point is longitude and latitude in degrees (RFC 7946).
type Point [2]float64

// Shape is one or more polygons; the first ring of each is the outside, the others are holes.
type Shape [][][]Point

// Outcome is what became of one feature of a file.
type Outcome struct {
	Number     int // counted from 1
	Code, Name string
	Shape      Shape
	Repairs    []string // text keys: closed, duplicate, swapped, turned
	Refused    errs.Msg
}

const (
	mostGeoBytes = 16 << 20
	mostFeatures = 2000
	mostPoints   = 400_000
	mostNesting  = 12
)

type collection struct {
	Type     string    `json:"type"`
	Features []feature `json:"features"`
	feature
}

type feature struct {
	Properties map[string]any `json:"properties"`
	Geometry   *geometry      `json:"geometry"`
}

type geometry struct {
	Type        string          `json:"type"`
	Coordinates json.RawMessage `json:"coordinates"`
}

// ReadGeoJSON reads a FeatureCollection or one Feature of polygons. Every feature is taken, repaired with a note, or refused
// with the reason; the error is for a file that is no GeoJSON at all.
func ReadGeoJSON(data []byte, districts []official.Area) ([]Outcome, error) {
	if len(data) > mostGeoBytes {
		return nil, errs.E(errs.Invalid, "territory.error.big", nil, "Most", mostGeoBytes>>20)
	}
	if depth(data) > mostNesting {
		return nil, errs.E(errs.Invalid, "territory.error.nested", nil)
	}
	var c collection
	if err := json.Unmarshal(data, &c); err != nil {
		return nil, errs.E(errs.Invalid, "territory.error.json", err, "Reason", err.Error())
	}
	switch c.Type {
	case "FeatureCollection":
	case "Feature":
		c.Features = []feature{c.feature}
	default:
		return nil, errs.E(errs.Invalid, "territory.error.kind", nil, "Kind", c.Type)
	}
	if len(c.Features) == 0 || len(c.Features) > mostFeatures {
		return nil, errs.E(errs.Invalid, "territory.error.features", nil, "N", len(c.Features), "Most", mostFeatures)
	}
	var out []Outcome
	points, seen := 0, map[string]int{}
	for i, f := range c.Features {
		o := read(f, districts)
		o.Number = i + 1
		if points += o.Shape.points(); points > mostPoints {
			return nil, errs.E(errs.Invalid, "territory.error.points", nil, "Most", mostPoints)
		}
		if first := seen[o.Code]; first > 0 && o.Refused.Key == "" {
			o.Refused = errs.M("territory.refused.twice", "Number", first)
		}
		if o.Code != "" && o.Refused.Key == "" {
			seen[o.Code] = o.Number
		}
		out = append(out, o)
	}
	return out, nil
}

// depth gives how deep brackets are nested, outside of texts.
func depth(data []byte) (most int) {
	now, text, escaped := 0, false, false
	for _, c := range data {
		switch {
		case escaped:
			escaped = false
		case text && c == '\\':
			escaped = true
		case c == '"':
			text = !text
		case text:
		case c == '[' || c == '{':
			if now++; now > most {
				most = now
			}
		case c == ']' || c == '}':
			now--
		}
	}
	return most
}

func (s Shape) points() (n int) {
	for _, p := range s {
		for _, r := range p {
			n += len(r)
		}
	}
	return n
}

func read(f feature, districts []official.Area) (o Outcome) {
	o.Code, o.Name = match(f.Properties, districts)
	if f.Geometry == nil {
		o.Refused = errs.M("territory.refused.empty")
		return o
	}
	var err error
	switch f.Geometry.Type {
	case "Polygon":
		var one [][]Point
		err = json.Unmarshal(f.Geometry.Coordinates, &one)
		o.Shape = Shape{one}
	case "MultiPolygon":
		err = json.Unmarshal(f.Geometry.Coordinates, &o.Shape)
	default:
		o.Refused = errs.M("territory.refused.kind", "Kind", f.Geometry.Type)
		return o
	}
	if err != nil {
		o.Refused = errs.M("territory.refused.coordinates")
		return o
	}
	if o.Refused = o.mend(); o.Refused.Key == "" && o.Code == "" {
		o.Refused = errs.M("territory.refused.unknown")
	}
	return o
}

var codeShape = regexp.MustCompile(`^\d{2}\.?\d{2}\.?\d{2}$`)

// match finds the district of a feature by a code in any of its properties, else by its name.
func match(properties map[string]any, districts []official.Area) (code, name string) {
	var texts []string
	for _, v := range properties {
		if text, ok := v.(string); ok {
			texts = append(texts, strings.TrimSpace(text))
		}
	}
	slices.Sort(texts)
	for _, text := range texts {
		if !codeShape.MatchString(text) {
			continue
		}
		digits := strings.ReplaceAll(text, ".", "")
		for _, d := range districts {
			if strings.ReplaceAll(d.Code, ".", "") == digits {
				return d.Code, d.Name
			}
		}
	}
	for _, text := range texts {
		for _, d := range districts {
			if plain(text) == plain(d.Name) || plain(text) == "kecamatan"+plain(d.Name) {
				return d.Code, d.Name
			}
		}
	}
	if len(texts) > 0 {
		name = texts[0]
	}
	return "", name
}

func plain(text string) string { return strings.ToLower(strings.ReplaceAll(text, " ", "")) }

// mend repairs what can be repaired without guessing and gives why the rest is refused.
func (o *Outcome) mend() errs.Msg {
	if len(o.Shape) == 0 {
		return errs.M("territory.refused.empty")
	}
	for p, polygon := range o.Shape {
		if len(polygon) == 0 {
			return errs.M("territory.refused.empty")
		}
		for r := range polygon {
			ring, why := o.mendRing(polygon[r], r == 0)
			if why.Key != "" {
				return why
			}
			o.Shape[p][r] = ring
		}
		for _, hole := range o.Shape[p][1:] {
			if !inside(hole[0], o.Shape[p][0]) {
				return errs.M("territory.refused.hole")
			}
		}
	}
	return errs.Msg{}
}

func (o *Outcome) repaired(what string) {
	if !slices.Contains(o.Repairs, what) {
		o.Repairs = append(o.Repairs, what)
	}
}

func (o *Outcome) mendRing(ring []Point, outer bool) ([]Point, errs.Msg) {
	var out []Point
	for _, p := range ring {
		if math.IsNaN(p[0]) || math.Abs(p[0]) > 360 || math.Abs(p[1]) > 360 {
			return nil, errs.M("territory.refused.metres")
		}
		if p[0] >= -12 && p[0] <= 7 && p[1] >= 94 && p[1] <= 142 {
			p[0], p[1] = p[1], p[0]
			o.repaired("swapped")
		}
		if p[0] < 94 || p[0] > 142 || p[1] < -12 || p[1] > 7 {
			return nil, errs.M("territory.refused.outside", "At", fmt.Sprintf("%.4f, %.4f", p[0], p[1]))
		}
		p = Point{round5(p[0]), round5(p[1])}
		if len(out) > 0 && out[len(out)-1] == p {
			o.repaired("duplicate")
			continue
		}
		out = append(out, p)
	}
	if len(out) > 0 && out[0] != out[len(out)-1] {
		out = append(out, out[0])
		o.repaired("closed")
	}
	if len(out) < 4 {
		return nil, errs.M("territory.refused.short")
	}
	if at, ok := crossing(out); ok {
		return nil, errs.M("territory.refused.crossing", "At", fmt.Sprintf("%.4f, %.4f", at[0], at[1]))
	}
	if (area(out) > 0) != outer {
		slices.Reverse(out)
		o.repaired("turned")
	}
	return out, errs.Msg{}
}

// area gives twice the signed area of a closed ring; positive when it runs against the clock.
func area(ring []Point) (sum float64) {
	for i := range ring[:len(ring)-1] {
		sum += ring[i][0]*ring[i+1][1] - ring[i+1][0]*ring[i][1]
	}
	return sum
}

func inside(p Point, ring []Point) (in bool) {
	for i, j := 0, len(ring)-1; i < len(ring); j, i = i, i+1 {
		a, b := ring[i], ring[j]
		if a == p {
			return true
		}
		if (a[1] > p[1]) != (b[1] > p[1]) && p[0] < (b[0]-a[0])*(p[1]-a[1])/(b[1]-a[1])+a[0] {
			in = !in
		}
	}
	return in
}

// crossing finds a place where a closed ring crosses or touches itself. Segments are sorted by their left end, so only those
// that overlap in longitude are compared.
func crossing(ring []Point) (Point, bool) {
	n := len(ring) - 1
	order := make([]int, n)
	for i := range order {
		order[i] = i
	}
	left := func(i int) float64 { return min(ring[i][0], ring[i+1][0]) }
	slices.SortFunc(order, func(a, b int) int {
		switch {
		case left(a) < left(b):
			return -1
		case left(a) > left(b):
			return 1
		}
		return a - b
	})
	for x, i := range order {
		right := max(ring[i][0], ring[i+1][0])
		for _, j := range order[x+1:] {
			if left(j) > right {
				break
			}
			if j == i+1 || i == j+1 || i == 0 && j == n-1 || j == 0 && i == n-1 {
				continue // neighbours share a point
			}
			if meet(ring[i], ring[i+1], ring[j], ring[j+1]) {
				return ring[j], true
			}
		}
	}
	return Point{}, false
}

func turn(a, b, c Point) float64 { return (b[0]-a[0])*(c[1]-a[1]) - (b[1]-a[1])*(c[0]-a[0]) }

func meet(a, b, c, d Point) bool {
	if max(a[1], b[1]) < min(c[1], d[1]) || max(c[1], d[1]) < min(a[1], b[1]) {
		return false
	}
	s1, s2, s3, s4 := turn(a, b, c), turn(a, b, d), turn(c, d, a), turn(c, d, b)
	return (s1 > 0) != (s2 > 0) && (s3 > 0) != (s4 > 0) && s1 != 0 && s2 != 0 && s3 != 0 && s4 != 0
}
