package admin

import (
	"encoding/json"
	"net/http"
	"slices"
	"strings"
	"sync"

	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// trailRow is an entry in words: what was done, to what, where that can be seen, and how the person came.
type trailRow struct {
	audit.Row
	Did, What, Way string
	Path           string // "" when no page shows the object
}

func (s *Service) inWords(r *http.Request, rows []audit.Row) []trailRow {
	out := make([]trailRow, 0, len(rows))
	for _, row := range rows {
		if row.Via == audit.ViaRefused { // a refusal says why with the key of the text that was shown
			row.Why = strings.ReplaceAll(word(r, "", row.Why), "<no value>", "…") // the trail keeps no values of the text
		}
		x := trailRow{Row: row, Did: word(r, "admin.act.", row.Action), What: word(r, "admin.object.", row.Object), Way: word(r, "admin.via.", row.Via)}
		if s.PathOf != nil && row.ObjectID != "" {
			x.Path = s.PathOf(row.Object, row.ObjectID)
		}
		out = append(out, x)
	}
	return out
}

// word gives the text of a code, and the code itself when an older or newer program wrote one without a text.
func word(r *http.Request, prefix, code string) string {
	if text := web.Text(r, prefix+code); !strings.HasPrefix(text, "⟦") {
		return text
	}
	return code
}

// known lists the acts that have a text.
var known = sync.OnceValues(func() (acts []string, err error) {
	data, err := files.ReadFile("locale/id.json")
	texts := map[string]string{}
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	for key := range texts {
		if act, is := strings.CutPrefix(key, "admin.act."); is {
			acts = append(acts, act)
		}
	}
	return acts, err
})

// actOptions are the acts to choose from, in the order of their words; a beginning that was asked for by hand stays one.
func actOptions(r *http.Request, chosen string) ([]web.Option, error) {
	acts, err := known()
	var all []web.Option
	for _, act := range acts {
		all = append(all, web.Option{Value: act, Text: word(r, "admin.act.", act)})
	}
	slices.SortFunc(all, func(a, b web.Option) int { return strings.Compare(a.Text, b.Text) })
	if chosen != "" && !slices.Contains(acts, chosen) {
		all = append(all, web.Option{Value: chosen, Text: chosen})
	}
	return all, err
}
