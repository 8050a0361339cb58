package score

import (
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
)

func (s *Service) routes(mux *web.Mux) {
	mux.Handle("GET /iid", Read, s.boardPage)
	mux.Handle("GET /iid/simulasi", Read, s.simulatePage)
	mux.Handle("GET /iid/langkah.csv", Read, s.stepsCSV)
	mux.Handle("GET /iid/atur", Manage, s.settingPage)
	mux.Handle("POST /iid/atur", Manage, s.saveSettingForm)
	mux.Handle("POST /iid/usaha", Manage, s.saveEffort)
	mux.Handle("GET /inovasi/{id}/skor", Read, s.itemsPage)
	mux.Handle("POST /inovasi/{id}/skor/{item}", Claims, s.say)
	mux.Handle("POST /inovasi/{id}/skor/{item}/batal", Claims, s.unsay)
	mux.Handle("POST /inovasi/{id}/skor/{item}/bukti", Claims, s.link)
	mux.Handle("POST /inovasi/{id}/skor/{item}/lepas", Claims, s.unlink)
	mux.Handle("GET /publik/iid", web.Public, s.publicPage)
	s.api(mux)
}

func crumbs(r *http.Request, more ...web.Crumb) []web.Crumb {
	return append([]web.Crumb{{Text: web.Text(r, "score.nav"), Path: "/iid"}}, more...)
}

// failed keeps what was typed beside what is wrong with it.
func failed(r *http.Request, p *web.Page, failure error) {
	if failure == nil {
		return
	}
	p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		p.Status = http.StatusConflict
	}
}

// itemView is an item as pages show it.
type itemView struct {
	Item
	Code, Short, Text, Weight string
	Now, Max                  string
	Levels                    []level
	Why, Remark               string // what the house found, and what the instrument remarks on the figure
	LackText                  string
	Year                      int // the year a proof must be of
	Path                      string
}

type level struct {
	Points  int
	Text    string
	Reached bool
	Next    bool // the first that is not reached
	Claimed bool
}

func (s *Service) view(lang string, b *Board, entry string, it Item) itemView {
	q := it.Question
	v := itemView{Item: it, Code: q.Code, Short: q.Short.In(lang), Text: q.Text.In(lang), Weight: q.Weight, Now: Shown(it.Points), Max: b.Pack.Scale.Max, Path: b.path(entry, q),
		Why: s.why(lang, it.Auto.Why), LackText: s.why(lang, it.Lack)}
	if v.Remark = it.Auto.Note.In(lang); it.State == StateLinked {
		v.Remark = it.Note.In(lang)
	}
	reached := int(max(it.Points, 0))
	for n := 1; n <= levels; n++ {
		v.Levels = append(v.Levels, level{Points: n, Text: q.Rubric[strconv.Itoa(n)].In(lang), Reached: n <= reached, Next: n == reached+1, Claimed: int(it.Claimed) == n})
	}
	if q.Year != 0 {
		v.Year = b.Year + q.Year
	}
	return v
}

// stepRow is a step as pages show it.
type stepRow struct {
	Next
	Gain, Own, Text string
	Try             string // the way to the what-if of this step
}

func (s *Service) stepRow(lang string, n Next) stepRow {
	query := simulation{Changes: []Change{{n.Entry, n.Item, int8(n.To)}}}.query()
	return stepRow{Next: n, Gain: signed(lang, n.Gain, 3), Own: "+" + i18n.Number(lang, trim(n.OwnGain)), Text: s.stepText(lang, n), Try: "/iid/simulasi?" + query.Encode()}
}

// proofTally counts items by how they are proven.
type proofTally struct{ Auto, Linked, Rest int }

func tally(items []Item) (t proofTally) {
	for _, it := range items {
		switch it.State {
		case StateAuto:
			t.Auto++
		case StateLinked:
			t.Linked++
		default:
			t.Rest++
		}
	}
	return t
}

// optionRow is something the rule leaves open, with how it is read.
type optionRow struct {
	ID, Note, Chosen, ChosenText string
	Choices                      []web.Option
}

func optionRows(p *instrument.Pack, o instrument.Options, lang string) []optionRow {
	var out []optionRow
	for _, one := range p.Options {
		row := optionRow{ID: one.ID, Note: one.Note.In(lang), Chosen: p.Choice(o, one.ID)}
		for _, c := range one.Choices {
			row.Choices = append(row.Choices, web.Option{Value: c.ID, Text: c.Name.In(lang)})
			if c.ID == row.Chosen {
				row.ChosenText = c.Name.In(lang)
			}
		}
		out = append(out, row)
	}
	return out
}

// allItems lists the items of the innovations, then those of the regency.
func allItems(p *instrument.Pack) []instrument.Question {
	return slices.Concat(p.EntryItems(), p.RegencyItems())
}

func (s *Service) names(r *http.Request) (map[string]string, error) {
	all, err := s.Dir.Agencies(r.Context())
	out := map[string]string{}
	for _, a := range all {
		out[a.ID] = a.Name
		if a.Short != "" {
			out[a.ID] = a.Short
		}
	}
	return out, err
}

// fits reports whether a text holds what was searched, without regard to case.
func fits(text, query string) bool {
	return strings.Contains(strings.ToLower(text), strings.ToLower(query))
}
