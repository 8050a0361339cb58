package score

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// stepsCSV writes all ranked steps for a spreadsheet.
func (s *Service) stepsCSV(w http.ResponseWriter, r *http.Request) error {
	b, err := s.Board(r.Context())
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	var head []string
	for _, key := range []string{"rank", "innovation", "item", "from", "to", "gain", "own", "days", "per_day", "what"} {
		head = append(head, web.Text(r, "score.col."+key))
	}
	rows := [][]string{head}
	for n, st := range b.Steps("", 0) {
		where := st.Title
		if st.Entry == "" {
			where = web.Text(r, "score.regency")
		}
		rows = append(rows, []string{strconv.Itoa(n + 1), where, st.Item + " " + st.Question.Short.In(lang), strconv.Itoa(st.From), strconv.Itoa(st.To),
			shownNumber(lang, st.Gain, 4), shownNumber(lang, st.OwnGain, 2), strconv.Itoa(st.Effort), shownNumber(lang, st.PerDay(), 6), s.stepText(lang, st)})
	}
	w.Header().Set("Content-Type", "text/csv; charset=utf-8")
	w.Header().Set("Content-Disposition", `attachment; filename="langkah-iid.csv"`)
	return sheet.WriteCSV(w, rows)
}
