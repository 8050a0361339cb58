package calendar

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// listPage is a year of the calendar, on the screen and on paper.
type listPage struct {
	web.Page
	Year       int
	Prev, Next int // 0 at the ends
	Months     []month
	Workdays   int
	Counts     map[string]int // kind -> days
	Official   Year
	Complete   bool
	Entered    Entered // Year 0 when nobody declared the year
	Kinds      []web.Option
}

type month struct {
	Number   int
	Workdays int
	Rows     []row
}

// row is a day of the list. Plain is what today is when it is no day of the list: "workday" or "weekend".
type row struct {
	Day
	At    int64
	Today bool
	Plain string
}

func kindOptions(r *http.Request) []web.Option {
	var out []web.Option
	for _, k := range Kinds() {
		out = append(out, web.Option{Value: k, Text: web.Text(r, "calendar.kind."+k)})
	}
	return out
}

// yearOf reads the year of the address or the form; this year when there is none that can be shown.
func (s *Service) yearOf(r *http.Request) int {
	year, err := strconv.Atoi(r.FormValue("tahun"))
	if err != nil || year < firstYear || year > lastYear {
		return DateIn(s.Now(), s.Zone(r.Context())).Year()
	}
	return year
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderList(w, r, s.yearOf(r), nil)
}

func (s *Service) renderList(w http.ResponseWriter, r *http.Request, year int, failure error) error {
	p, err := s.page(r, year)
	if err != nil {
		return err
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	return web.Render(w, r, "calendar/list", p)
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	p, err := s.page(r, s.yearOf(r))
	if err != nil {
		return err
	}
	p.Layout, p.Lead = "print", ""
	return web.Render(w, r, "calendar/print", p)
}

// page gathers a year.
func (s *Service) page(r *http.Request, year int) (*listPage, error) {
	days, err := s.List(r.Context(), year)
	if err != nil {
		return nil, err
	}
	set, err := s.Days(r.Context())
	if err != nil {
		return nil, err
	}
	p := &listPage{Page: web.Page{Area: "kelola", Lead: s.todayText(r, set)}, Year: year, Workdays: set.Workdays(year, 0), Counts: map[string]int{},
		Official: s.official.Year(year), Complete: set.Complete(year), Entered: set.entered[year], Kinds: kindOptions(r)}
	if p.Title = web.Text(r, "calendar.title", "N", p.Workdays, "Year", year); !p.Complete {
		p.Title = web.Text(r, "calendar.title.incomplete", "Year", year)
	}
	if year > firstYear {
		p.Prev = year - 1
	}
	if year < lastYear {
		p.Next = year + 1
	}
	for _, d := range days {
		p.Counts[d.Kind]++
	}
	p.Months = s.months(r.Context(), set, year, days)
	return p, nil
}

// months puts the days of a year under their months, with today among them.
func (s *Service) months(ctx context.Context, set *Set, year int, days []Day) []month {
	today := set.Date(s.Now())
	var out []month
	for m := time.January; m <= time.December; m++ {
		one := month{Number: int(m), Workdays: set.Workdays(year, m)}
		marked := today.Year() != year || today.Month() != m
		for _, d := range days {
			if d.On.Month() != m {
				continue
			}
			if !marked && d.On > today {
				one.Rows, marked = append(one.Rows, s.plain(ctx, set, today)), true
			}
			marked = marked || d.On == today
			one.Rows = append(one.Rows, row{Day: d, At: d.On.Noon(s.Zone(ctx)), Today: d.On == today})
		}
		if !marked {
			one.Rows = append(one.Rows, s.plain(ctx, set, today))
		}
		out = append(out, one)
	}
	return out
}

// plain is the row of a today that is no day of the list.
func (s *Service) plain(ctx context.Context, set *Set, today Date) row {
	r := row{Day: Day{On: today}, At: today.Noon(s.Zone(ctx)), Today: true, Plain: "weekend"}
	if set.Works(today) {
		r.Plain = "workday"
	}
	return r
}

// todayText says whether today is worked, and when the next day off within the week comes.
func (s *Service) todayText(r *http.Request, set *Set) string {
	today, lang := set.Date(s.Now()), tenant.From(r.Context()).Lang
	text := web.Text(r, "calendar.today.weekend")
	if d, ok := set.Day(today); ok {
		text = web.Text(r, "calendar.today."+d.Kind, "Name", d.In(lang))
	} else if set.Works(today) {
		text = web.Text(r, "calendar.today.workday.plain")
	}
	for d := today + 1; d < today+400; d++ {
		if next, ok := set.Day(d); ok && !d.Weekend() && next.Kind != Workday {
			return text + " " + web.Text(r, "calendar.today.next", "Date", dateText(r, d), "Name", next.In(lang))
		}
	}
	return text
}

// dateText writes a date with its weekday in the words of the reader: Kamis, 19 Maret 2026.
func dateText(r *http.Request, d Date) string {
	year, month, day := d.Civil()
	return web.Text(r, "calendar.date", "Weekday", web.Text(r, "calendar.weekday."+strconv.Itoa(int(d.utc().Weekday()))), "Day", day,
		"Month", web.Text(r, "calendar.month."+strconv.Itoa(int(month))), "Year", year)
}

// export writes the year as a table that the import understands.
func (s *Service) export(w http.ResponseWriter, r *http.Request) error {
	year := s.yearOf(r)
	days, err := s.List(r.Context(), year)
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	rows := [][]string{{"tanggal", "nama", "jenis", "dasar", "asal"}}
	for _, d := range days {
		origin := "calendar.origin.shipped"
		if d.Own {
			origin = "calendar.origin.own"
		}
		rows = append(rows, []string{d.On.String(), d.In(lang), web.Text(r, "calendar.kind."+d.Kind), d.Source, web.Text(r, origin)})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="kalender-`+strconv.Itoa(year)+`.csv"`)
	return sheet.WriteCSV(w, rows)
}
