package calendar

import (
	"net/http"
	"net/url"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type editPage struct {
	web.Page
	Day   Day
	Kinds []web.Option
}

func home(year int) string { return "/kalender?tahun=" + strconv.Itoa(year) }

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "calendar.nav"), Path: "/kalender"}}
}

// pathDay reads the day in the address.
func pathDay(r *http.Request) (Date, error) {
	on, err := ParseDate(r.PathValue("day"))
	if err != nil {
		return 0, errs.E(errs.NotFound, "calendar.error.not_found", err)
	}
	return on, nil
}

// typed reads a day from the fields of a form.
func typed(r *http.Request, on Date) Day {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return Day{On: on, Name: r.PostFormValue("name"), Kind: r.PostFormValue("kind"), Source: r.PostFormValue("source"), Rev: rev}
}

func (s *Service) add(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	on, ok := ReadDay(r.PostFormValue("day"))
	year := on.Year()
	var err error
	if !ok {
		year = s.yearOf(r)
		err = errs.InvalidFields(map[string]errs.Msg{"day": errs.M("calendar.import.date")})
	} else {
		d := typed(r, on)
		d.Rev = 0
		err = s.Set(r.Context(), d)
	}
	return s.answer(w, r, year, err, errs.M("calendar.added", "Date", on.String()), "")
}

// answer comes back to the list after a change, or shows it with what is wrong.
func (s *Service) answer(w http.ResponseWriter, r *http.Request, year int, err error, done errs.Msg, undo string) error {
	if web.Correctable(err) {
		return s.renderList(w, r, min(max(year, firstYear), lastYear), err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", done, undo)
	return web.Redirect(w, r, home(year))
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

func (s *Service) renderEdit(w http.ResponseWriter, r *http.Request, failure error) error {
	on, err := pathDay(r)
	if err != nil {
		return err
	}
	set, err := s.Days(r.Context())
	if err != nil {
		return err
	}
	d, ok := set.Day(on)
	if !ok {
		return errs.E(errs.NotFound, "calendar.error.not_found", nil)
	}
	p := &editPage{Page: web.Page{Area: "kelola", Title: dateText(r, on), Crumbs: crumbs(r)}, Day: d, Kinds: kindOptions(r)}
	if !d.Own {
		p.Lead = web.Text(r, "calendar.edit.shipped")
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	return web.Render(w, r, "calendar/edit", p)
}

func (s *Service) edit(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	on, err := pathDay(r)
	if err != nil {
		return err
	}
	err = s.Set(r.Context(), typed(r, on))
	if web.Correctable(err) {
		return s.renderEdit(w, r, err)
	}
	return s.answer(w, r, on.Year(), err, errs.M("calendar.saved", "Date", on.String()), "")
}

// remove drops a day of the regency. The way back stands in the address of the undo button: it is an ordinary new day.
func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	on, err := pathDay(r)
	if err != nil {
		return err
	}
	d, err := s.Remove(r.Context(), on, typed(r, on).Rev)
	undo := "/kalender/" + on.String() + "/kembali?" + url.Values{"name": {d.Name}, "kind": {d.Kind}, "source": {d.Source}}.Encode()
	return s.answer(w, r, on.Year(), err, errs.M("calendar.removed", "Name", d.Name, "Date", on.String()), undo)
}

func (s *Service) restore(w http.ResponseWriter, r *http.Request) error {
	on, err := pathDay(r)
	if err != nil {
		return err
	}
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err = s.Set(r.Context(), Day{On: on, Name: r.FormValue("name"), Kind: r.FormValue("kind"), Source: r.FormValue("source")})
	return s.answer(w, r, on.Year(), err, errs.M("calendar.restored", "Date", on.String()), "")
}

// declare says that a year is entered in full, or takes it back.
func (s *Service) declare(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	year, complete, done := s.yearOf(r), r.PostFormValue("complete") == "ya", "calendar.undeclared"
	if complete {
		done = "calendar.declared"
	}
	err := s.Declare(r.Context(), year, r.PostFormValue("decree"), complete)
	return s.answer(w, r, year, err, errs.M(done, "Year", year), "")
}
