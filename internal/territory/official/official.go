// Package official knows the administrative areas of Indonesia by the codes and names of the Ministry of Home Affairs:
// provinces, regencies and cities, districts (kecamatan) and villages (desa, kelurahan). The table is made at build
// time by web/build.mjs from the package idn-area-data and embedded packed.
package official

import (
	"bytes"
	"compress/gzip"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"strconv"
	"strings"
	"sync"
)

// dist is empty but for its placeholder until the front end was built.
//
//go:embed all:dist
var dist embed.FS

// ErrNotBuilt says that this program was built without the table of areas.
var ErrNotBuilt = errors.New("the table of areas is missing: build the folder web first")

// Area is one administrative area.
type Area struct {
	// Code is the ministry's dotted code: "35", "35.09", "35.09.01", "35.09.01.2001".
	Code string
	// Name is the official name; regencies and cities begin with Kabupaten or Kota.
	Name string
	// Parent is the code of the area above, empty for a province.
	Parent string
}

// Registry answers questions about the table. It never changes after Load and is safe for concurrent use. The table is read
// when the first question is asked, because most days of most servers ask none.
type Registry struct{ table func() *table }

type table struct {
	edition   string
	provinces []Area
	regencies []Area
	districts map[string][]Area // by regency
	villages  map[string]string // by district: the unread lines, most are never asked for
	found     []entry           // the regencies in the form Find compares
}

// Load finds the embedded table; ErrNotBuilt when it is absent. The first question takes some 50 ms, so keep the Registry.
func Load() (*Registry, error) {
	packed, err := dist.ReadFile("dist/wilayah.csv.gz")
	if errors.Is(err, fs.ErrNotExist) {
		return nil, ErrNotBuilt
	}
	if err != nil {
		return nil, err
	}
	return &Registry{table: sync.OnceValue(func() *table {
		t, err := unpack(packed)
		if err != nil {
			panic(err) // the table is part of the program; a test reads it whole
		}
		return t
	})}, nil
}

func unpack(packed []byte) (*table, error) {
	z, err := gzip.NewReader(bytes.NewReader(packed))
	if err != nil {
		return nil, fmt.Errorf("unpack areas: %w", err)
	}
	text, err := io.ReadAll(z)
	if err != nil {
		return nil, fmt.Errorf("unpack areas: %w", err)
	}
	return parse(string(text))
}

// parse reads the form web/areas.mjs writes: a first line with the edition, then in the order of the codes one line
// an area, "..01,Jombang": as many dots as areas above, the last part of the code, the name. A village without a code has the
// one after the village before it.
func parse(text string) (*table, error) {
	head, rest, _ := strings.Cut(text, "\n")
	edition, ok := strings.CutPrefix(head, "# ")
	if !ok {
		return nil, fmt.Errorf("areas: first line %.40q has no edition", head)
	}
	g := &table{edition: edition, districts: map[string][]Area{}, villages: map[string]string{}}
	var above [3]string // codes of the present province, regency and district
	for n := 2; rest != ""; n++ {
		line, next, _ := strings.Cut(rest, "\n")
		dots, part, name, ok := split(line)
		if !ok || dots > 3 || part == "" {
			return nil, fmt.Errorf("areas: line %d %.40q is unreadable", n, line)
		}
		switch dots {
		case 0:
			above = [3]string{part}
			g.provinces = append(g.provinces, Area{Code: part, Name: name})
		case 1:
			above[1] = above[0] + "." + part
			g.regencies = append(g.regencies, Area{Code: above[1], Name: name, Parent: above[0]})
		case 2:
			above[2] = above[1] + "." + part
			g.districts[above[1]] = append(g.districts[above[1]], Area{Code: above[2], Name: name, Parent: above[1]})
		case 3:
			block, skipped := villageLines(rest)
			g.villages[above[2]] = block
			next, n = rest[len(block):], n+skipped-1
		}
		rest = next
	}
	for _, a := range g.regencies {
		g.found = append(g.found, newEntry(a))
	}
	return g, nil
}

// villageLines gives the lines of one district's villages at the beginning of the text, and their number.
func villageLines(text string) (block string, lines int) {
	end := 0
	for strings.HasPrefix(text[end:], "...") {
		stop := strings.IndexByte(text[end:], '\n')
		if stop < 0 {
			return text, lines + 1
		}
		end += stop + 1
		lines++
	}
	return text[:end], lines
}

func split(line string) (dots int, part, name string, ok bool) {
	for dots < len(line) && line[dots] == '.' {
		dots++
	}
	part, name, ok = strings.Cut(line[dots:], ",")
	return dots, part, name, ok && name != ""
}

// after gives the code of the village after one: "2002" after "2001".
func after(code string) string {
	n, _ := strconv.Atoi(code)
	return fmt.Sprintf("%0*d", len(code), n+1)
}

// Edition names the source and its version, for example "npm idn-area-data 3.1.2".
func (g *Registry) Edition() string { return g.table().edition }

// Provinces gives all provinces in the order of their codes.
func (g *Registry) Provinces() []Area { return append([]Area(nil), g.table().provinces...) }

// Regencies gives all regencies and cities in the order of their codes.
func (g *Registry) Regencies() []Area { return append([]Area(nil), g.table().regencies...) }

// Districts gives the kecamatan of a regency ("35.09"), none for an unknown code.
func (g *Registry) Districts(regency string) []Area {
	return append([]Area(nil), g.table().districts[regency]...)
}

// Villages gives the desa and kelurahan of a district ("35.09.01"), none for an unknown code.
func (g *Registry) Villages(district string) []Area {
	var all []Area
	last := ""
	for line := range strings.Lines(g.table().villages[district]) {
		if _, part, name, ok := split(strings.TrimSuffix(line, "\n")); ok {
			if part == "" {
				part = after(last)
			}
			last = part
			all = append(all, Area{Code: district + "." + part, Name: name, Parent: district})
		}
	}
	return all
}

// Lookup gives the area of a code at any of the four levels.
func (g *Registry) Lookup(code string) (Area, bool) {
	var among []Area
	switch parent := code[:max(strings.LastIndexByte(code, '.'), 0)]; strings.Count(code, ".") {
	case 0:
		among = g.table().provinces
	case 1:
		among = g.table().regencies
	case 2:
		among = g.table().districts[parent]
	case 3:
		among = g.Villages(parent)
	}
	for _, a := range among {
		if a.Code == code {
			return a, true
		}
	}
	return Area{}, false
}
