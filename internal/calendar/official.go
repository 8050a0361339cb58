package calendar

import (
	"embed"
	"fmt"
	"slices"
	"time"

	"github.com/goccy/go-yaml"
)

//go:embed data
var data embed.FS

// Year is what is officially known of one year. Complete says that its joint decree is shipped; otherwise Days holds only
// those with a fixed or computable date.
type Year struct {
	Year          int
	Source, Short string
	Complete      bool
	Days          []Day
}

// Official is the shipped days: years with their decree, and the rules for all others. It never changes after loading.
type Official struct {
	years         map[int]Year
	off           map[Date]bool // days off in the years with a decree
	rules         []rule
	source, short string
}

// rule is a holiday whose date needs no decree.
type rule struct {
	month  time.Month // 0 when it follows Easter
	day    int
	easter int
	id, en string
}

func (r rule) in(year int) Date {
	if r.month == 0 {
		return Easter(year) + Date(r.easter)
	}
	return On(year, r.month, r.day)
}

// Shipped reads the embedded days.
func Shipped() (*Official, error) {
	o := &Official{years: map[int]Year{}, off: map[Date]bool{}}
	if err := o.readRules("data/rules.yaml"); err != nil {
		return nil, err
	}
	names, err := data.ReadDir("data")
	if err != nil {
		return nil, err
	}
	for _, name := range names {
		if name.Name() == "rules.yaml" {
			continue
		}
		if err := o.readYear("data/" + name.Name()); err != nil {
			return nil, err
		}
	}
	return o, nil
}

func (o *Official) readRules(name string) error {
	var file struct {
		Short, Source string
		Rules         []struct {
			On     string
			Easter int
			ID, EN string
		}
	}
	if err := read(name, &file); err != nil {
		return err
	}
	o.source, o.short = file.Source, file.Short
	for _, one := range file.Rules {
		r := rule{easter: one.Easter, id: one.ID, en: one.EN}
		if one.On != "" {
			t, err := time.Parse("01-02", one.On)
			if err != nil {
				return fmt.Errorf("%s: %w", name, err)
			}
			r.month, r.day = t.Month(), t.Day()
		}
		o.rules = append(o.rules, r)
	}
	return nil
}

func (o *Official) readYear(name string) error {
	var file struct {
		Year          int
		Short, Source string
		Days          []struct{ Day, Kind, ID, EN string }
	}
	if err := read(name, &file); err != nil {
		return err
	}
	y := Year{Year: file.Year, Source: file.Source, Short: file.Short, Complete: true}
	for _, one := range file.Days {
		on, err := ParseDate(one.Day)
		if err != nil {
			return fmt.Errorf("%s: %w", name, err)
		}
		if on.Year() != file.Year || o.off[on] || one.Kind != Holiday && one.Kind != Leave {
			return fmt.Errorf("%s: %s is twice, of another year or of no official kind", name, one.Day)
		}
		o.off[on] = true
		y.Days = append(y.Days, Day{On: on, Name: one.ID, English: one.EN, Kind: one.Kind, Source: file.Short})
	}
	o.years[y.Year] = y
	return nil
}

func read(name string, to any) error {
	text, err := data.ReadFile(name)
	if err != nil {
		return err
	}
	if err := yaml.UnmarshalWithOptions(text, to, yaml.Strict()); err != nil {
		return fmt.Errorf("%s: %w", name, err)
	}
	return nil
}

// Year gives the official days of any year, by date. Two holidays that meet are one day with both names.
func (o *Official) Year(year int) Year {
	if y, ok := o.years[year]; ok {
		return y
	}
	y := Year{Year: year, Source: o.source, Short: o.short}
	for _, r := range o.rules {
		on := r.in(year)
		if i := slices.IndexFunc(y.Days, func(d Day) bool { return d.On == on }); i >= 0 {
			y.Days[i].Name += " · " + r.id
			y.Days[i].English += " · " + r.en
			continue
		}
		y.Days = append(y.Days, Day{On: on, Name: r.id, English: r.en, Kind: Holiday, Source: o.short})
	}
	slices.SortFunc(y.Days, func(a, b Day) int { return int(a.On - b.On) })
	return y
}

// Decreed reports whether the joint decree of a year is shipped.
func (o *Official) Decreed(year int) bool { _, ok := o.years[year]; return ok }

// Off reports whether a day is officially off, whatever its weekday.
func (o *Official) Off(d Date) bool {
	year, month, day := d.Civil()
	if o.Decreed(year) {
		return o.off[d]
	}
	for _, r := range o.rules {
		if r.month == month && r.day == day {
			return true
		}
		// Easter lies between 22 March and 25 April, so nothing that follows it lies outside these months.
		if r.month == 0 && month >= time.March && month <= time.June && r.in(year) == d {
			return true
		}
	}
	return false
}
