package innovation

import (
	"bytes"
	"compress/gzip"
	"encoding/base64"
	"encoding/json"
	"io"
	"maps"
	"net/url"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

// mostPlan bounds a plan that a form carries, unpacked.
const mostPlan = 48 << 20

// pack writes a plan into one field of a form, so that every correction finds the whole file again and nothing waits on the
// server for somebody who went away.
func (p Plan) pack() (string, error) {
	var b bytes.Buffer
	text := base64.NewEncoder(base64.RawURLEncoding, &b)
	zipped := gzip.NewWriter(text)
	if err := json.NewEncoder(zipped).Encode(p); err != nil {
		return "", err
	}
	if err := zipped.Close(); err != nil {
		return "", err
	}
	err := text.Close()
	return b.String(), err
}

// unpackPlan reads the field again. It may hold anything: what does not fit together is refused, and the cells are checked
// like those of a file.
func unpackPlan(text string) (p Plan, err error) {
	broken := func(cause error) (Plan, error) {
		return Plan{}, errs.E(errs.Invalid, "innovation.import.error.again", cause)
	}
	zipped, err := gzip.NewReader(base64.NewDecoder(base64.RawURLEncoding, strings.NewReader(text)))
	if err != nil {
		return broken(err)
	}
	if err := json.NewDecoder(io.LimitReader(zipped, mostPlan)).Decode(&p); err != nil {
		return broken(err)
	}
	if len(p.Lines) == 0 || len(p.Lines) > mostImport || len(p.Columns) == 0 || len(p.Columns) > mostColumns || p.First < 1 || p.First > 1_000_000 {
		return broken(nil)
	}
	if slices.ContainsFunc(p.Lines, func(line []string) bool { return len(line) != len(p.Columns) }) {
		return broken(nil)
	}
	if p.Skip == nil {
		p.Skip = map[int]bool{}
	}
	for line := range p.Skip {
		if line < 0 || line >= len(p.Lines) {
			return broken(nil)
		}
	}
	fields, taken := fieldsWithout(), map[string]bool{}
	for n, c := range p.Columns {
		if c.Field != "" && (fieldByKey(fields, c.Field).Key == "" || taken[c.mark()]) {
			return broken(nil)
		}
		if c.Field == "" {
			p.Columns[n].Year = 0
			continue
		}
		taken[c.mark()] = true
	}
	return p, nil
}

// correct takes what a person typed or tapped into the plan: c.<line>.<column> is a text, s.<line>.<column> a choice (empty
// leaves the cell), m.<column> the field of a column, skip a line to leave out, fix a suggestion.
func (p *Plan) correct(form url.Values) {
	for _, name := range slices.Sorted(maps.Keys(form)) { // two columns that want one field: the later wins
		all := form[name]
		kind, place, _ := strings.Cut(name, ".")
		value := all[len(all)-1]
		switch kind {
		case "c", "s":
			line, column, ok := p.place(place)
			if ok && (kind == "c" || value != "") {
				p.Lines[line][column] = strings.Join(strings.Fields(value), " ")
			}
		case "m":
			if n, err := strconv.Atoi(place); err == nil && n >= 0 && n < len(p.Columns) {
				p.use(n, value)
			}
		case "skip":
			for _, one := range all {
				p.skip(one)
			}
		}
	}
	for _, one := range form["fix"] {
		p.fix(one)
	}
}

func (p *Plan) place(text string) (line, column int, ok bool) {
	a, b, _ := strings.Cut(text, ".")
	line, errLine := strconv.Atoi(a)
	column, errColumn := strconv.Atoi(b)
	return line, column, errLine == nil && errColumn == nil && line >= 0 && line < len(p.Lines) && column >= 0 && column < len(p.Columns)
}

// ignored is the choice of a column that is not saved.
const ignored = "-"

// use gives a column another field; the column that had it is free again. An empty choice leaves the column as it is.
func (p *Plan) use(n int, field string) {
	c := &p.Columns[n]
	if field == ignored {
		c.Field, c.Year, c.Near, c.Twice = "", 0, "", false
		return
	}
	if c.Field == field || fieldByKey(fieldsWithout(), field).Key == "" {
		return
	}
	c.Field, c.Year, c.Near, c.Twice = field, 0, "", false
	for m := range p.Columns {
		if m != n && p.Columns[m].mark() == c.mark() {
			p.Columns[m].Field, p.Columns[m].Year = "", 0
		}
	}
}

func (p *Plan) skip(text string) {
	if n, err := strconv.Atoi(text); err == nil && n >= 0 && n < len(p.Lines) {
		p.Skip[n] = true
	}
}

// fix takes one suggestion: c:<line>:<column>:<text>, skip:<line>, keep:<line> or m:<column>:<field>.
func (p *Plan) fix(text string) {
	parts := strings.SplitN(text, ":", 4)
	switch {
	case parts[0] == "c" && len(parts) == 4:
		if line, column, ok := p.place(parts[1] + "." + parts[2]); ok {
			p.Lines[line][column] = strings.Join(strings.Fields(parts[3]), " ")
		}
	case parts[0] == "skip" && len(parts) == 2:
		p.skip(parts[1])
	case parts[0] == "keep" && len(parts) == 2:
		delete(p.Skip, atoi(parts[1]))
	case parts[0] == "m" && len(parts) == 3:
		if n, err := strconv.Atoi(parts[1]); err == nil && n >= 0 && n < len(p.Columns) {
			p.use(n, parts[2])
		}
	}
}

// fixAll takes every suggestion that is the only one for its cell and leaves no line out.
func (p *Plan) fixAll() {
	for n, c := range p.Columns {
		if c.Near != "" {
			p.use(n, c.Near)
		}
	}
	for _, f := range p.Found {
		if f.Wrong && f.Column >= 0 && len(f.Fixes) == 1 && !f.Fixes[0].Skip {
			p.Lines[f.Line][f.Column] = f.Fixes[0].Text
		}
	}
}
