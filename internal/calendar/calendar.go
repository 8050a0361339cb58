package calendar

import (
	"context"
	"slices"
	"strconv"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "calendar.read"
	Manage = "calendar.manage"
)

// The years a calendar may speak of, and the longest texts.
const (
	firstYear, lastYear = 2000, 2199
	mostName            = 120
	mostSource          = 200
	mostWorkdays        = 10_000
)

// Deps is what the room is given. Zone is where a day of the regency begins and ends.
type Deps struct {
	DB    *db.DB
	Audit *audit.Log
	Now   func() time.Time
	Zone  tenant.Zone
}

// Service is the door of the room.
type Service struct {
	Deps
	store    store
	official *Official

	// mu guards known and changes. It is never held while the store is asked.
	mu      sync.Mutex
	known   map[int64]held
	changes map[int64]int64 // per regency, grows with every change by this process
}

// New makes the room and reads the shipped days once.
func New(d Deps) (*Service, error) {
	official, err := Shipped()
	return &Service{Deps: d, store: store{d.DB}, official: official, known: map[int64]held{}, changes: map[int64]int64{}}, err
}

// Due gives the last millisecond of the n-th working day after the day of from, both in milliseconds.
func (s *Service) Due(ctx context.Context, from int64, n int) (int64, error) {
	if n < -mostWorkdays || n > mostWorkdays {
		return 0, errs.E(errs.Invalid, "calendar.error.far", nil, "Most", mostWorkdays)
	}
	set, err := s.Days(ctx)
	if err != nil {
		return 0, err
	}
	return set.AddWorkdays(time.UnixMilli(from), n).UnixMilli(), nil
}

// Left counts the working days from today to the day of due: 0 on that day, negative from the next day on.
func (s *Service) Left(ctx context.Context, due int64) (int, error) {
	set, err := s.Days(ctx)
	if err != nil {
		return 0, err
	}
	return set.Left(s.Now(), time.UnixMilli(due)), nil
}

// Complete reports whether all days off of a year are known: its decree is shipped or was entered. A deadline that falls into
// an incomplete year may move later.
func (s *Service) Complete(ctx context.Context, year int) (bool, error) {
	set, err := s.Days(ctx)
	if err != nil {
		return false, err
	}
	return set.Complete(year), nil
}

// List gives the days of a year that are not what their weekday says, by date.
func (s *Service) List(ctx context.Context, year int) ([]Day, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	set, err := s.Days(ctx)
	if err != nil {
		return nil, err
	}
	return set.Days(year), nil
}

// Set adds a day of the regency (Rev 0) or changes one. It stands above a shipped day of the same date.
func (s *Service) Set(ctx context.Context, d Day) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	if wrong := s.check(&d); len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return s.change(ctx, func(tx *db.Tx, own map[Date]Day) error { return s.write(ctx, tx, own, d, "") })
}

// Remove drops a day of the regency and gives it back, so that it can be restored. A shipped day shows again.
func (s *Service) Remove(ctx context.Context, on Date, rev int64) (Day, error) {
	if err := allow(ctx, Manage); err != nil {
		return Day{}, err
	}
	var gone Day
	err := s.change(ctx, func(tx *db.Tx, own map[Date]Day) error {
		d, ok := own[on]
		if !ok {
			return errs.E(errs.NotFound, "calendar.error.not_found", nil)
		}
		gone = d
		if err := s.store.remove(tx, tenant.From(ctx).Regency, on, rev); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "calendar.remove", Object: "calendar_day", ObjectID: on.String(), Before: kept(d)})
	})
	return gone, err
}

// Declare says that the days of a year were entered in full from a decree, or takes it back.
func (s *Service) Declare(ctx context.Context, year int, source string, complete bool) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	if source = tidy(source); year < firstYear || year > lastYear {
		return errs.E(errs.Invalid, "calendar.error.year", nil, "First", firstYear, "Last", lastYear)
	}
	if complete && (source == "" || utf8.RuneCountInString(source) > mostSource) {
		return errs.InvalidFields(map[string]errs.Msg{"decree": errs.M("calendar.error.decree")})
	}
	a := tenant.From(ctx)
	return s.change(ctx, func(tx *db.Tx, own map[Date]Day) error {
		e := Entered{Year: year, Source: source, ChangedBy: a.UserID, ChangedAt: s.Now().UnixMilli()}
		write := func() error { return s.store.unenter(tx, a.Regency, year) }
		if complete {
			if !entered(own, year) {
				return errs.InvalidFields(map[string]errs.Msg{"decree": errs.M("calendar.error.nothing_entered", "Year", year)})
			}
			write = func() error { return s.store.enter(tx, a.Regency, e) }
		}
		if err := write(); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "calendar.declare", Object: "calendar_year", ObjectID: strconv.Itoa(year),
			After: map[string]any{"complete": complete, "source": source}})
	})
}

// entered reports whether the regency has holidays of its own in a year, without which no year can be complete.
func entered(own map[Date]Day, year int) bool {
	for date, d := range own {
		if date.Year() == year && d.Kind == Holiday {
			return true
		}
	}
	return false
}

// change runs one change: first the stamp, so that changes of a regency follow one another, then do with the days as they are.
func (s *Service) change(ctx context.Context, do func(tx *db.Tx, own map[Date]Day) error) error {
	regency := tenant.From(ctx).Regency
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.touch(tx, regency); err != nil {
			return err
		}
		all, err := s.store.days(ctx, tx, regency)
		if err != nil {
			return err
		}
		own := make(map[Date]Day, len(all))
		for _, d := range all {
			own[d.On] = d
		}
		return do(tx, own)
	})
	s.forget(regency)
	return err
}

// write adds a day with Rev 0 or changes one, and keeps both in the audit trail.
func (s *Service) write(ctx context.Context, tx *db.Tx, own map[Date]Day, d Day, why string) error {
	a := tenant.From(ctx)
	d.ChangedBy, d.ChangedAt = a.UserID, s.Now().UnixMilli()
	entry := audit.Entry{Action: "calendar.set", Object: "calendar_day", ObjectID: d.On.String(), Why: why, After: kept(d)}
	write := s.store.insert
	if d.Rev != 0 {
		write, entry.Before = s.store.update, kept(own[d.On])
	}
	if err := write(tx, a.Regency, d); err != nil {
		return err
	}
	return s.Audit.Record(ctx, tx, entry)
}

// kept is what the audit trail remembers of a day.
func kept(d Day) map[string]string {
	return map[string]string{"day": d.On.String(), "name": d.Name, "kind": d.Kind, "source": d.Source}
}

func tidy(text string) string { return strings.Join(strings.Fields(text), " ") }

// check tidies a day and says what is wrong with it, by field.
func (s *Service) check(d *Day) map[string]errs.Msg {
	wrong := map[string]errs.Msg{}
	d.Name, d.Source = tidy(d.Name), tidy(d.Source)
	if y := d.On.Year(); y < firstYear || y > lastYear {
		wrong["day"] = errs.M("calendar.error.year", "First", firstYear, "Last", lastYear)
	}
	if d.Name == "" || utf8.RuneCountInString(d.Name) > mostName {
		wrong["name"] = errs.M("calendar.error.name", "Most", mostName)
	}
	if utf8.RuneCountInString(d.Source) > mostSource {
		wrong["source"] = errs.M("calendar.error.source", "Most", mostSource)
	}
	switch {
	case !slices.Contains(Kinds(), d.Kind):
		wrong["kind"] = errs.M("calendar.error.kind")
	case d.Kind == Workday && !d.On.Weekend() && !s.official.Off(d.On):
		wrong["kind"] = errs.M("calendar.error.already")
	}
	return wrong
}

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}
