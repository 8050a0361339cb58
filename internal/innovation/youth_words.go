package innovation

import (
	"html/template"
	"net/http"
	"net/url"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

func encode(q map[string][]string) string { return url.Values(q).Encode() }

// youthWords writes rows in the language of the reader.
type youthWords struct {
	r    *http.Request
	lang string
	s    *Service
}

func (w youthWords) t(key string, pairs ...any) string {
	return web.Text(w.r, "innovation.youth."+key, pairs...)
}

func (w youthWords) n(n int) string { return i18n.Int(w.lang, int64(n)) }

func (w youthWords) day(ms int64) string {
	return i18n.Date(w.lang, time.UnixMilli(ms).In(w.s.Zone(w.r.Context())))
}

const unknown = "–"

// line puts a row into words. What nobody counted is a dash and never a zero.
func (w youthWords) line(r YouthRow, adoption bool) youthLine {
	l := youthLine{ID: r.Agency.ID, Name: r.Agency.Name, Old: !r.Young(), Trials: w.n(r.Trials), Use: w.n(r.InUse), Adopted: unknown}
	l.Age, l.AgeSub = unknown, w.t("age.never")
	if r.LastStep != 0 {
		l.Age, l.AgeSub = w.n(r.Months), w.day(r.LastStep)
	}
	l.Ideas = unknown
	if rate, ok := r.Rate(); ok {
		l.Ideas, l.IdeasSub = w.n(rate)+"%", w.n(r.InTime)+" / "+w.n(r.Answered())
	}
	if r.Proposed == 0 {
		l.IdeasSub = w.t("ideas.none")
	} else if r.Waiting > 0 {
		l.IdeasSub = join2(l.IdeasSub, w.t("ideas.waiting", "N", w.n(r.Waiting)))
	}
	l.Users = unknown
	if r.Counted > 0 {
		l.Users, l.UsersSub = i18n.Int(w.lang, r.Users), w.day(r.UsersFrom)+" – "+w.day(r.UsersTo)
	}
	if r.Uncounted() > 0 {
		l.UseSub = w.t("uncounted", "N", w.n(r.Uncounted()))
	}
	if adoption {
		l.Adopted = w.n(r.AdoptedOut) + " / " + w.n(r.AdoptedIn)
	}
	w.gains(&l, r)
	return l
}

// gains writes what is known of what was gained.
func (w youthWords) gains(l *youthLine, r YouthRow) {
	l.Hours, l.Gains, l.Sub = unknown, []string{unknown}, w.t("effects.none")
	if r.Effects == 0 {
		return
	}
	l.Gains, l.Sub = nil, w.t("effects.proven", "Proven", w.n(r.Proven), "Effects", w.n(r.Effects))
	if r.Timed > 0 {
		l.Hours = rounded(w.lang, r.Hours)
		l.Gains = append(l.Gains, w.t("gain.hours", "N", l.Hours))
	}
	if r.Priced > 0 {
		l.Gains = append(l.Gains, w.t("gain.rupiah", "N", rounded(w.lang, r.Rupiah)))
	}
	if r.Headed > 0 {
		l.Gains = append(l.Gains, w.t("gain.people", "N", rounded(w.lang, r.People)))
	}
}

func join2(a, b string) string {
	if a == "" {
		return b
	}
	return a + ", " + b
}

// stalled names what waits, for how long, the one next action and who takes it.
func (w youthWords) stalled(one Stalled, agency, decider string) stalledLine {
	l := stalledLine{Stalled: one, AgencyName: agency, Reason: w.t("why."+one.Why, "Days", w.n(one.Days)), Do: w.t("do." + one.Action)}
	if one.Days < 0 {
		l.Reason = w.t("why.never")
	}
	switch {
	case one.By == byDecider && decider != "":
		l.Who = decider
	case one.By == byDecider, one.By == byHead:
		l.Who = w.t("by.head", "Agency", agency)
	case one.By == byDesk:
		l.Who = w.t("by.desk")
	default:
		l.Who = w.t("by.team", "Agency", agency)
	}
	return l
}

// chart says how young the organisation is as a whole.
func (w youthWords) chart(y Youth) template.HTML {
	groups := ageGroups(y.Rows)
	message := w.t("chart.message", "Fresh", w.n(groups[0].N+groups[1].N), "All", w.n(len(y.Rows)), "Never", w.n(groups[5].N))
	return ageChart(groups, ageWords{Title: w.t("chart.title"), Message: message, More: w.t("chart.more"), Table: w.t("chart.table"),
		Head: [2]string{w.t("chart.age"), w.t("chart.agencies")}, Label: func(key string) string { return w.t("chart." + key) }, Value: w.n})
}

// heads are the columns of the file; each says its basis and period.
func (w youthWords) heads() []string {
	var out []string
	for _, key := range []string{"code", "agency", "step", "months", "proposed", "in_time", "late", "waiting", "rate", "trials", "use", "counted", "users", "users_from", "users_to", "in", "out",
		"hours", "rupiah", "people", "effects", "proven", "at"} {
		out = append(out, w.t("csv."+key))
	}
	return out
}

// cells writes a row for a spreadsheet: plain numbers and ISO days, an empty cell for what is unknown.
func (w youthWords) cells(r YouthRow, adoption bool) []string {
	iso := func(ms int64) string {
		if ms == 0 {
			return ""
		}
		return time.UnixMilli(ms).In(w.s.Zone(w.r.Context())).Format(time.DateOnly)
	}
	when := func(known bool, text string) string {
		if !known {
			return ""
		}
		return text
	}
	rate, rated := r.Rate()
	return []string{r.Agency.Code, r.Agency.Name, iso(r.LastStep), when(r.Months >= 0, itoa(r.Months)), itoa(r.Proposed), itoa(r.InTime), itoa(r.Late), itoa(r.Waiting), when(rated, itoa(rate)),
		itoa(r.Trials), itoa(r.InUse), itoa(r.Counted), when(r.Counted > 0, strconv.FormatInt(r.Users, 10)), iso(r.UsersFrom), iso(r.UsersTo),
		when(adoption, itoa(r.AdoptedIn)), when(adoption, itoa(r.AdoptedOut)), when(r.Timed > 0, plain(r.Hours)), when(r.Priced > 0, plain(r.Rupiah)), when(r.Headed > 0, plain(r.People)),
		itoa(r.Effects), itoa(r.Proven), i18n.DateTime(w.lang, w.s.Now().In(w.s.Zone(w.r.Context())))}
}
