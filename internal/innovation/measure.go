package innovation

import (
	"net/http"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/platform/i18n"
)

// measureText says the one number of an idea: from what to what. "" when there is none.
func measureText(t texts, m Measure) string {
	if m.Now == "" || m.Wanted == "" {
		return ""
	}
	return strings.TrimSpace(t.T("innovation.measure", "Now", i18n.Number(t.lang, m.Now), "Wanted", i18n.Number(t.lang, m.Wanted), "Unit", m.Unit))
}

// dateText writes the day of a moment in the language of the request.
func dateText(r *http.Request, zone *time.Location, ms int64) string {
	return i18n.Day(language(r), time.UnixMilli(ms).In(zone))
}
