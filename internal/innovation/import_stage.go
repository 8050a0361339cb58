package innovation

import (
	"slices"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

func (e *importEnv) thisYear() int { return time.UnixMilli(e.now).In(e.zone).Year() }

// day reads a day that lies not in the future.
func (r *lineReader) day(field string) int64 {
	text := r.cell(field)
	if text == "" {
		return 0
	}
	got := readDay(text, r.zone)
	switch {
	case !got.Sure:
		var fixes []Fix
		for _, at := range got.Options {
			fixes = append(fixes, Fix{Text: r.iso(at), Day: at})
		}
		r.wrong(field, errs.M("innovation.import.wrong.day", "Text", text), fixes...)
		return 0
	case got.Day > r.now:
		r.wrong(field, errs.M("innovation.error.day_future"))
		return 0
	case got.Noted:
		r.note(field, errs.M("innovation.import.note.day", "Day", r.iso(got.Day)))
	}
	return got.Day
}

func (e *importEnv) iso(at int64) string {
	return time.UnixMilli(at).In(e.zone).Format(time.DateOnly)
}

// stage puts the record where the file says it stands, with days in order.
func (r *lineReader) stage() {
	i := &r.ready.Record
	i.TrialAt, i.LiveAt, i.DevelopedAt = r.day("trial_at"), r.day("live_at"), r.day("developed_at")
	claim := r.claim()
	i.Stage = map[string]string{NationalInitiative: Idea, NationalTrial: Trial, NationalLive: Live}[claim]
	said := func(national string) Fix { return Fix{Text: r.said[choiceKey("stage", national)]} }
	switch {
	case claim == "":
		return
	case claim != NationalLive && i.LiveAt != 0:
		r.wrong("stage", errs.M("innovation.import.wrong.stage_live"), said(NationalLive))
	case claim == NationalInitiative && i.TrialAt != 0:
		r.wrong("stage", errs.M("innovation.import.wrong.stage_trial"), said(NationalTrial))
	case claim == NationalTrial && i.TrialAt == 0 && !r.isWrong("trial_at"):
		r.wrong("trial_at", errs.M("innovation.import.wrong.trial_day"))
	case claim == NationalLive && i.LiveAt == 0 && !r.isWrong("live_at"):
		r.wrong("live_at", errs.M("innovation.import.wrong.live_day"))
	case i.TrialAt != 0 && i.LiveAt != 0 && i.LiveAt < i.TrialAt:
		r.wrong("live_at", errs.M("innovation.import.wrong.order", "Trial", r.iso(i.TrialAt), "Live", r.iso(i.LiveAt)))
	case i.DevelopedAt != 0 && i.DevelopedAt < max(i.TrialAt, i.LiveAt):
		r.wrong("developed_at", errs.M("innovation.import.wrong.developed", "Day", r.iso(max(i.TrialAt, i.LiveAt))))
	}
}

// isWrong reports whether a field of this line was found wrong already.
func (r *lineReader) isWrong(field string) bool {
	return slices.ContainsFunc(r.plan.Found[r.first:], func(f Finding) bool { return f.Field == field && f.Wrong })
}

// claim gives the national stage a line claims. A file without that column claims by its days.
func (r *lineReader) claim() string {
	i := r.ready.Record
	text := r.cell("stage")
	guess := NationalInitiative
	switch {
	case i.LiveAt != 0:
		guess = NationalLive
	case i.TrialAt != 0:
		guess = NationalTrial
	}
	if _, ok := r.at["stage"]; !ok {
		return guess
	}
	if text == "" {
		r.wrong("stage", errs.M("innovation.import.wrong.stage_empty"), Fix{Text: r.said[choiceKey("stage", guess)]})
		return ""
	}
	if key := titleKey(text); key == "berhenti" || key == "stopped" {
		r.wrong("stage", errs.M("innovation.import.wrong.stopped"), Fix{Skip: true})
		return ""
	}
	v, _ := r.word(r.fields["stage"], text)
	return v
}

// users reads a count with its period; a number without a period says nothing.
func (r *lineReader) users() {
	text := r.cell("users")
	if text == "" {
		return
	}
	v, ok := r.amount("users", r.at["users"], text)
	if !ok {
		return
	}
	period := r.cell("users_period")
	last := strconv.Itoa(r.thisYear() - 1)
	if period == "" {
		r.wrong("users_period", errs.M("innovation.import.wrong.period_empty"), Fix{Text: last})
		return
	}
	from, to, ok := readPeriod(period, r.zone)
	switch {
	case !ok:
		r.wrong("users_period", errs.M("innovation.import.wrong.period", "Text", period), Fix{Text: last})
	case from > r.now:
		r.wrong("users_period", errs.M("innovation.error.day_future"), Fix{Text: last})
	case to > r.now:
		r.wrong("users_period", errs.M("innovation.import.wrong.period_runs"), Fix{Text: r.iso(from) + " s.d. " + r.iso(r.now)})
	case len(r.cell("users_source")) > mostLine:
		r.wrong("users_source", errs.M("innovation.error.long", "Most", mostLine))
	default:
		r.ready.Users = &Count{Kind: "users", Value: v, From: from, To: to, Source: r.cell("users_source")}
	}
}

// tidy runs the checks of the form on what was read.
func (r *lineReader) tidy() {
	wrong := map[string]errs.Msg{}
	r.ready.Record.Profile.tidy(wrong)
	if len(r.ready.Record.Profile.Design) == 0 {
		r.ready.Record.Profile.Design = nil
	}
	names := make([]string, 0, len(wrong))
	for name := range wrong {
		names = append(names, name)
	}
	slices.Sort(names)
	for _, name := range names {
		if _, ok := r.at[name]; ok && !r.isWrong(name) {
			r.wrong(name, wrong[name])
		} else if !ok {
			r.wrong(map[bool]string{true: "coordinate", false: "design"}[name == "latitude" || name == "longitude"], wrong[name])
		}
	}
}
