package territory

import (
	"fmt"
	"html"
	"html/template"
	"math"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// Voronoi gives for every site the part of the box that is nearer to it than to any other, by cutting the box with the line
// half-way to each other site. For some dozens of sites this is quicker than anything clever.
func Voronoi(sites []Point, box []Point) [][]Point {
	out := make([][]Point, len(sites))
	for i, site := range sites {
		ring := slices.Clone(box)
		for j, other := range sites {
			if i != j && site != other {
				ring = clip(ring, site, other)
			}
		}
		out[i] = ring
	}
	return out
}

// clip keeps the part of an open convex ring that is nearer to a than to b (Sutherland and Hodgman 1974).
func clip(ring []Point, a, b Point) []Point {
	side := func(p Point) float64 { // positive on the side of a
		return (p[0]-(a[0]+b[0])/2)*(a[0]-b[0]) + (p[1]-(a[1]+b[1])/2)*(a[1]-b[1])
	}
	var out []Point
	for i, p := range ring {
		q := ring[(i+1)%len(ring)]
		sp, sq := side(p), side(q)
		if sp >= 0 {
			out = append(out, p)
		}
		if sp >= 0 != (sq >= 0) {
			t := sp / (sp - sq)
			out = append(out, Point{p[0] + t*(q[0]-p[0]), p[1] + t*(q[1]-p[1])})
		}
	}
	return out
}

// hull gives the convex hull (Andrew 1979), pushed outwards by grow degrees.
func hull(points []Point, grow float64) []Point {
	all := slices.Clone(points)
	slices.SortFunc(all, func(a, b Point) int {
		if a[0] != b[0] {
			return sign(a[0] - b[0])
		}
		return sign(a[1] - b[1])
	})
	half := func(in []Point) (out []Point) {
		for _, p := range in {
			for len(out) > 1 && turn(out[len(out)-2], out[len(out)-1], p) <= 0 {
				out = out[:len(out)-1]
			}
			out = append(out, p)
		}
		return out[:len(out)-1]
	}
	lower := half(all)
	slices.Reverse(all)
	out := append(lower, half(all)...)
	var mid Point
	for _, p := range out {
		mid[0] += p[0] / float64(len(out))
		mid[1] += p[1] / float64(len(out))
	}
	for i, p := range out {
		d := math.Hypot(p[0]-mid[0], p[1]-mid[1])
		if d > 0 {
			out[i] = Point{p[0] + (p[0]-mid[0])/d*grow, p[1] + (p[1]-mid[1])/d*grow}
		}
	}
	return out
}

func sign(x float64) int {
	switch {
	case x < 0:
		return -1
	case x > 0:
		return 1
	}
	return 0
}

// simplify drops points that lie closer than tolerance to the line without them (Douglas and Peucker 1973).
func simplify(ring []Point, tolerance float64) []Point {
	if len(ring) < 5 {
		return ring
	}
	far, at := 0.0, 0
	a, b := ring[0], ring[len(ring)-1]
	length := math.Hypot(b[0]-a[0], b[1]-a[1])
	for i, p := range ring[1 : len(ring)-1] {
		d := math.Hypot(p[0]-a[0], p[1]-a[1])
		if length > 0 {
			d = math.Abs(turn(a, b, p)) / length
		}
		if d > far {
			far, at = d, i+1
		}
	}
	if far <= tolerance {
		return []Point{a, b}
	}
	first := simplify(ring[:at+1], tolerance)
	return append(slices.Clone(first[:len(first)-1]), simplify(ring[at:], tolerance)...)
}

const mapWidth = 720.0

// drawing is a map being written: every district in the colour of its class.
type drawing struct {
	Title, Message string
	Districts      []District
	Class          func(d District) int // 1..5, 0 unknown
	Value          func(d District) string
	Schematic      bool
	Selected       string
}

// shapes gives what is drawn: imported boundaries, or cells of the centres when one of them is missing.
func shapes(all []District) (out map[string]Shape, schematic bool) {
	out = map[string]Shape{}
	var sites []Point
	var codes []string
	for _, d := range all {
		if d.Shape == nil {
			schematic = true
		}
		if d.Known() {
			sites, codes = append(sites, Point{d.Lon, d.Lat}), append(codes, d.Code)
		}
	}
	if !schematic {
		for _, d := range all {
			out[d.Code] = d.Shape
		}
		return out, false
	}
	if len(sites) < 3 {
		return out, true
	}
	for i, ring := range Voronoi(sites, hull(sites, 0.06)) {
		out[codes[i]] = Shape{{append(ring, ring[0])}}
	}
	return out, true
}

// svg writes the map; every district is a link with its name and value as title.
func (m drawing) svg() template.HTML {
	all, _ := shapes(m.Districts)
	west, south, east, north := 180.0, 90.0, -180.0, -90.0
	for _, s := range all {
		for _, polygon := range s {
			for _, p := range polygon[0] {
				west, east, south, north = min(west, p[0]), max(east, p[0]), min(south, p[1]), max(north, p[1])
			}
		}
	}
	if west > east {
		return ""
	}
	k := math.Cos((south + north) / 2 * math.Pi / 180)
	scale := mapWidth / ((east - west) * k)
	height := (north - south) * scale
	at := func(p Point) string {
		return strconv.FormatFloat((p[0]-west)*k*scale, 'f', 1, 64) + " " + strconv.FormatFloat((north-p[1])*scale, 'f', 1, 64)
	}
	var b strings.Builder
	fmt.Fprintf(&b, `<svg class="map fine" viewBox="-2 -2 %.0f %.0f" role="group" aria-labelledby="t-peta"><title id="t-peta">%s</title>`, mapWidth+4, height+4, html.EscapeString(m.Title))
	for _, d := range m.Districts {
		s, ok := all[d.Code]
		if !ok {
			continue
		}
		var path strings.Builder
		for _, polygon := range s {
			for _, ring := range polygon {
				ring = simplify(ring, 0.0006)
				for i, p := range ring {
					letter := "L"
					if i == 0 {
						letter = "M"
					}
					path.WriteString(letter + at(p))
				}
				path.WriteString("Z")
			}
		}
		class := "q" + strconv.Itoa(m.Class(d))
		if d.Code == m.Selected {
			class += " sel"
		}
		fmt.Fprintf(&b, `<a href="/wilayah/%s"><path class="%s" d="%s"><title>%s: %s</title></path></a>`, d.Code, class, path.String(), html.EscapeString(d.Name), html.EscapeString(m.Value(d)))
	}
	b.WriteString(`</svg>`)
	return web.HTML(b.String())
}
