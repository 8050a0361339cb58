package innovation

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/platform/web"
)

type printPage struct {
	profilePage
	Sections []section
	Printed  int64
}

// Prints reports whether a field is printed: the day of development stands among the days, personal data are for those who
// see them.
func (p *printPage) Prints(f field) bool {
	return f.Name != "developed" && (p.May.Personal || f.Name != "person_nip" && f.Name != "person_contact")
}

// Days lists the days of the official form.
func (p *printPage) Days() []theirs {
	out := []theirs{}
	for _, one := range []struct {
		name string
		at   int64
	}{{"proposed_at", p.I.ProposedAt}, {"trial_at", p.I.TrialAt}, {"live_at", p.I.LiveAt}, {"developed", p.I.DevelopedAt}} {
		value := p.Date(one.at)
		if value == "" {
			value = "–"
		}
		out = append(out, theirs{one.name, p.T("innovation.field." + one.name), value})
	}
	return out
}

// printProfile gives the whole profile for paper: every field of the form, the numbers with their sources, the files.
func (s *Service) printProfile(w http.ResponseWriter, r *http.Request) error {
	p := &printPage{Printed: s.now()}
	if err := s.fillAbout(r, &p.about, r.PathValue("id")); err != nil {
		return err
	}
	for _, fill := range []func(*http.Request, *profilePage) error{s.fillScore, s.fillTeam, s.fillNumbers, s.fillFiles, s.fillStory} {
		if err := fill(r, &p.profilePage); err != nil {
			return err
		}
	}
	var err error
	if p.Sections, err = s.sections(r, storedChange(p.I), measureField(p.I.Measure), ""); err != nil {
		return err
	}
	p.Layout, p.Title, p.Lead = "print", p.I.Title, p.lead(r)
	p.Crumbs = p.crumbs(r)
	return web.Render(w, r, "innovation/print", p)
}
