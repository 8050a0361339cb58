package innovation

import (
	"context"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type editPage struct {
	about
	Sections []section
	Words    int
	Done     int // headings of the design text
	Least    int // words it needs
	Missing  int
	Theirs   []theirs // what somebody else saved meanwhile
	By       string   // who that was
}

// theirs is a field in which the saved form differs from what was typed.
type theirs struct{ Name, Label, Value string }

func (s *Service) editForm(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

// renderEdit shows the form as it is saved, or as it was typed when saving failed.
func (s *Service) renderEdit(w http.ResponseWriter, r *http.Request, failure error) error {
	i, err := s.editable(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &editPage{Least: DesignWords}
	if err := s.fillAbout(r, &p.about, i.ID); err != nil {
		return err
	}
	p.fail(r, failure)
	shown, number, developed := storedChange(i), measureField(i.Measure), s.isoDay(r.Context(), i.DevelopedAt)
	if failure != nil && r.PostForm.Has("title") {
		shown, number, developed = typedChange(r, i), r.PostFormValue("number"), r.PostFormValue("developed")
	}
	if p.Sections, err = s.sections(r, shown, number, developed); err != nil {
		return err
	}
	p.Words, p.Done = shown.Profile.Words(), shown.Profile.DesignDone()
	missing, err := s.Missing(r.Context(), i)
	if err != nil {
		return err
	}
	p.Missing = len(missing)
	if errs.Is(failure, errs.Conflict) {
		if err := s.fillTheirs(r, p, i, shown); err != nil {
			return err
		}
	}
	p.Title, p.Lead, p.Crumbs = web.Text(r, "innovation.edit.title"), web.Text(r, "innovation.edit.lead"), p.crumbs(r)
	return web.Render(w, r, "innovation/edit", p)
}

// StageDays lists the dates of the official form that only the gates set.
func (p *editPage) StageDays() []theirs {
	var out []theirs
	for _, one := range []struct {
		name string
		at   int64
	}{{"trial_at", p.I.TrialAt}, {"live_at", p.I.LiveAt}} {
		value := p.Date(one.at)
		if value == "" {
			value = p.T("innovation.not_yet")
		}
		out = append(out, theirs{one.name, p.T("innovation.field." + one.name), value})
	}
	return out
}

// isoDay writes a day for a date input.
func (s *Service) isoDay(ctx context.Context, ms int64) string {
	if ms == 0 {
		return ""
	}
	return time.UnixMilli(ms).In(s.Zone(ctx)).Format(time.DateOnly)
}

// storedChange gives the form of a record.
func storedChange(i Innovation) Change {
	return Change{Title: i.Title, Problem: i.Problem, Sufferer: i.Sufferer, Idea: i.Idea, Measure: i.Measure, Affair: i.Affair, Profile: i.Profile, Rev: i.Rev}
}

// typedChange reads the form. A field that the page did not show keeps what is stored, and so does the number when nobody
// touched it.
func typedChange(r *http.Request, i Innovation) Change {
	c := storedChange(i)
	c.Rev = revOf(r)
	for name, to := range c.texts() {
		if r.PostForm.Has(name) {
			*to = r.PostFormValue(name)
		}
	}
	f := &c.Profile
	f.Touching, f.Criteria, f.SDGs, f.VideoElements = r.PostForm["touching"], r.PostForm["criteria"], r.PostForm["sdgs"], r.PostForm["video_elements"]
	f.Design = map[string]string{}
	for _, h := range Headings() {
		f.Design[h] = r.PostFormValue("design_" + h)
	}
	if number := strings.TrimSpace(r.PostFormValue("number")); r.PostForm.Has("number") && number != measureField(i.Measure) {
		c.Number, c.Measure = number, Measure{}
	}
	return c
}

// texts gives every field that holds one text, by its name in the form.
func (c *Change) texts() map[string]*string {
	f := &c.Profile
	return map[string]*string{"title": &c.Title, "problem": &c.Problem, "sufferer": &c.Sufferer, "idea": &c.Idea, "affair": &c.Affair,
		"category": &f.Category, "kind": &f.Kind, "form": &f.Form, "initiator": &f.Initiator, "initiator_name": &f.InitiatorName, "theme": &f.Theme, "type": &f.Type, "pillar": &f.Pillar,
		"aims": &f.Aims, "benefit_agency": &f.BenefitAgency, "benefit_partners": &f.BenefitPartners, "benefit_public": &f.BenefitPublic, "results": &f.Results, "business": &f.Business,
		"award": &f.Award, "uniqueness": &f.Uniqueness, "potential": &f.Potential, "sustainability": &f.Sustainability, "risks": &f.Risks,
		"place": &f.Place, "district": &f.District, "latitude": &f.Latitude, "longitude": &f.Longitude,
		"person_name": &f.PersonName, "person_nip": &f.PersonNIP, "person_position": &f.PersonPosition, "person_contact": &f.PersonContact,
		"video": &f.Video, "needs": &f.Needs, "cost": &f.Cost, "contact": &f.Contact}
}

// saveForm keeps the form: while people type, or when they press the button.
func (s *Service) saveForm(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, err := s.saveTyped(r)
	if r.Header.Get("X-Pendapa-Autosave") != "" {
		if err != nil {
			return err
		}
		return web.JSON(w, http.StatusOK, map[string]any{"rev": rev, "saved_at": s.Now().UTC().Format(time.RFC3339)})
	}
	if web.Correctable(err) {
		return s.renderEdit(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.edit.saved"), "")
	return web.Redirect(w, r, "/inovasi/"+r.PathValue("id"))
}

func (s *Service) saveTyped(r *http.Request) (int64, error) {
	i, err := s.editable(r.Context(), r.PathValue("id"))
	if err != nil {
		return 0, err
	}
	c := typedChange(r, i)
	if r.PostForm.Has("developed") {
		day, err := dayField(r, "developed")
		if err != nil {
			return 0, err
		}
		if r.PostFormValue("developed") == s.isoDay(r.Context(), i.DevelopedAt) {
			day = i.DevelopedAt
		}
		c.Developed = &day
	}
	return s.Save(r.Context(), i.ID, c)
}

// fillTheirs lists the fields in which the saved form differs from what was typed, and who saved last.
func (s *Service) fillTheirs(r *http.Request, p *editPage, i Innovation, typed Change) error {
	stored := storedChange(i)
	saved, mine := stored.texts(), typed.texts()
	for _, part := range p.Sections {
		for _, f := range part.Fields {
			value, differs := difference(f.Name, saved, mine, stored, typed)
			if differs {
				p.Theirs = append(p.Theirs, theirs{f.Name, web.Text(r, "innovation.field."+f.Name), value})
			}
		}
	}
	rows, _, err := s.Audit.List(r.Context(), tenant.From(r.Context()).Regency, audit.Filter{Object: "innovation_innovation", ObjectID: i.ID}, 1, 0)
	if len(rows) > 0 {
		p.By = rows[0].ActorName
	}
	return err
}

// difference gives what is saved in a field when it differs from what was typed. Lists are compared by their values.
func difference(name string, saved, mine map[string]*string, stored, typed Change) (string, bool) {
	if theirs, is := saved[name]; is {
		return *theirs, strings.TrimSpace(*theirs) != strings.TrimSpace(*mine[name])
	}
	if h, is := strings.CutPrefix(name, "design_"); is {
		return stored.Profile.Design[h], strings.TrimSpace(stored.Profile.Design[h]) != strings.TrimSpace(typed.Profile.Design[h])
	}
	lists := func(f Profile) map[string][]string {
		return map[string][]string{"touching": f.Touching, "criteria": f.Criteria, "sdgs": f.SDGs, "video_elements": f.VideoElements}
	}
	if theirs, is := lists(stored.Profile)[name]; is {
		return strings.Join(theirs, ", "), !slices.Equal(theirs, lists(typed.Profile)[name])
	}
	if name == "number" {
		return measureField(stored.Measure), typed.Number != "" && typed.Number != measureField(stored.Measure)
	}
	return "", false
}
