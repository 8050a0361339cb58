package innovation

import (
	"context"
	"net/http"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// How a field of the form is typed.
const (
	fieldLine   = "line"   // one line
	fieldText   = "text"   // several lines
	fieldChoice = "choice" // one of a list
	fieldChecks = "checks" // any of a list
	fieldDesign = "design" // several lines whose words are counted
)

// field is one field of the form. The text behind innovation.field.<Name> is its label; innovation.hint.<Name> may explain it.
type field struct {
	Name, As string
	Value    string
	Type     string // of a line: text, date, url
	Mode     string // which keys a phone shows
	Rows     int
	Options  []web.Option
	Chosen   []string
	Needed   bool // the national form needs it before it is handed in
}

// Texts gives what is filled in, in the words of the page.
func (f field) Texts() []string {
	if f.As == fieldLine || f.As == fieldText || f.As == fieldDesign {
		return addOnce(nil, f.Value)
	}
	var out []string
	for _, o := range f.Options {
		if o.Value == f.Value || slices.Contains(f.Chosen, o.Value) {
			out = append(out, o.Text)
		}
	}
	return out
}

// section is a part of the form; its title is innovation.section.<ID>.
type section struct {
	ID     string
	Fields []field
}

// Filled counts the fields that hold something.
func (s section) Filled() int {
	n := 0
	for _, f := range s.Fields {
		if f.Value != "" || len(f.Chosen) > 0 {
			n++
		}
	}
	return n
}

// Of counts the fields.
func (s section) Of() int { return len(s.Fields) }

// sections lays the form out: the official fields and those of the smart-city form, in the order they are asked for.
func (s *Service) sections(r *http.Request, c Change, number, developed string) ([]section, error) {
	districts, err := s.districtOptions(r.Context())
	if err != nil {
		return nil, err
	}
	f := c.Profile
	all := []section{
		{"pokok", []field{lineField("title", c.Title, true), textField("problem", c.Problem, 3), textField("sufferer", c.Sufferer, 2), textField("idea", c.Idea, 4), lineField("number", number, false)}},
		{"jenis", s.kindFields(r, c)},
		{"rancang", designFields(f)},
		{"hasil", []field{neededField(textField("aims", f.Aims, 4)), textField("benefit_agency", f.BenefitAgency, 3), textField("benefit_partners", f.BenefitPartners, 3), neededField(textField("benefit_public", f.BenefitPublic, 3)),
			neededField(textField("results", f.Results, 4)), textField("business", f.Business, 3), textField("award", f.Award, 2)}},
		{"cerita", []field{textField("uniqueness", f.Uniqueness, 3), textField("potential", f.Potential, 3), textField("sustainability", f.Sustainability, 3), textField("risks", f.Risks, 3)}},
		{"tempat", placeFields(f, districts)},
		{"orang", []field{lineField("person_name", f.PersonName, true), {Name: "person_nip", As: fieldLine, Value: f.PersonNIP, Mode: "numeric"}, lineField("person_position", f.PersonPosition, false),
			lineField("person_contact", f.PersonContact, true)}},
		{"video", []field{{Name: "video", As: fieldLine, Value: f.Video, Type: "url", Mode: "url"}, checksField(r, "video_elements", "innovation.video.", VideoElements(), f.VideoElements)}},
		{"peniru", []field{textField("needs", f.Needs, 3), textField("cost", f.Cost, 2), lineField("contact", f.Contact, false)}},
		{"tanggal", []field{{Name: "developed", As: fieldLine, Value: developed, Type: "date"}}},
	}
	return all, nil
}

func lineField(name, value string, need bool) field {
	return field{Name: name, As: fieldLine, Value: value, Needed: need}
}

func textField(name, value string, rows int) field {
	return field{Name: name, As: fieldText, Value: value, Rows: rows}
}

func neededField(f field) field { f.Needed = true; return f }

func choiceField(r *http.Request, name, value, prefix string, values []string, need bool) field {
	return field{Name: name, As: fieldChoice, Value: value, Options: choices(r, prefix, values), Needed: need}
}

func checksField(r *http.Request, name, prefix string, values, chosen []string) field {
	return field{Name: name, As: fieldChecks, Options: choices(r, prefix, values), Chosen: chosen}
}

// kindFields asks what kind of innovation it is.
func (s *Service) kindFields(r *http.Request, c Change) []field {
	f := c.Profile
	var affairs, others []web.Option
	for _, a := range s.Affairs(language(r)) {
		o := web.Option{Value: a.Code, Text: a.Code + " " + a.Name}
		affairs = append(affairs, o)
		if a.Code != c.Affair {
			others = append(others, o)
		}
	}
	return []field{
		choiceField(r, "category", f.Category, "innovation.category.", Categories(), false), choiceField(r, "kind", f.Kind, "innovation.kind.", Kinds(), true),
		choiceField(r, "form", f.Form, "innovation.form.", Forms(), true), choiceField(r, "initiator", f.Initiator, "innovation.initiator.", Initiators(), true),
		lineField("initiator_name", f.InitiatorName, false), choiceField(r, "type", f.Type, "innovation.type.", Types(), false), choiceField(r, "pillar", f.Pillar, "innovation.pillar.", Pillars(), false),
		lineField("theme", f.Theme, false), {Name: "affair", As: fieldChoice, Value: c.Affair, Options: affairs, Needed: true},
		{Name: "touching", As: fieldChecks, Options: others, Chosen: f.Touching},
		neededField(checksField(r, "criteria", "innovation.criteria.", Criteria(), f.Criteria)), checksField(r, "sdgs", "innovation.sdg.", SDGs(), f.SDGs),
	}
}

// designFields asks for the design text heading by heading.
func designFields(f Profile) []field {
	var out []field
	for _, h := range Headings() {
		out = append(out, field{Name: "design_" + h, As: fieldDesign, Value: f.Design[h], Rows: 5, Needed: true})
	}
	return out
}

func placeFields(f Profile, districts []web.Option) []field {
	out := []field{lineField("place", f.Place, false)}
	if len(districts) > 0 {
		out = append(out, field{Name: "district", As: fieldChoice, Value: f.District, Options: districts})
	}
	return append(out, field{Name: "latitude", As: fieldLine, Value: f.Latitude, Mode: "text"}, field{Name: "longitude", As: fieldLine, Value: f.Longitude, Mode: "text"})
}

func (s *Service) districtOptions(ctx context.Context) ([]web.Option, error) {
	if s.Districts == nil {
		return nil, nil
	}
	all, err := s.Districts(ctx)
	var out []web.Option
	for _, d := range all {
		out = append(out, web.Option{Value: d.Code, Text: d.Name})
	}
	return out, err
}

// measureField writes the one number so that reading it again gives the same: no groups, a comma before the fraction.
func measureField(m Measure) string {
	if m == (Measure{}) {
		return ""
	}
	now, wanted := unitsOf(m)
	return joined(comma(m.Now), now) + " -> " + joined(comma(m.Wanted), wanted)
}
