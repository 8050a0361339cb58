package innovation

import (
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
)

// Profile holds the fields of the national form and of the smart-city form that nothing is counted by. It is kept as one
// text. Contact data of the person in charge stays inside.
type Profile struct {
	Category      string            `json:"category,omitempty"`  // opd, village, community
	Kind          string            `json:"kind,omitempty"`      // digital, other
	Form          string            `json:"form,omitempty"`      // governance, service, other
	Initiator     string            `json:"initiator,omitempty"` // head, council, opd, servant, community
	InitiatorName string            `json:"initiator_name,omitempty"`
	Theme         string            `json:"theme,omitempty"`
	Type          string            `json:"type,omitempty"`   // programme, product, method, concept, technology
	Pillar        string            `json:"pillar,omitempty"` // dimension of smart city
	Touching      []string          `json:"touching,omitempty"`
	Criteria      []string          `json:"criteria,omitempty"` // PP 38/2017 article 6
	SDGs          []string          `json:"sdgs,omitempty"`
	Design        map[string]string `json:"design,omitempty"` // heading -> text

	Aims            string `json:"aims,omitempty"`
	BenefitAgency   string `json:"benefit_agency,omitempty"`
	BenefitPartners string `json:"benefit_partners,omitempty"`
	BenefitPublic   string `json:"benefit_public,omitempty"`
	Results         string `json:"results,omitempty"`
	Business        string `json:"business,omitempty"`
	Uniqueness      string `json:"uniqueness,omitempty"`
	Potential       string `json:"potential,omitempty"`
	Sustainability  string `json:"sustainability,omitempty"`
	Risks           string `json:"risks,omitempty"`
	Award           string `json:"award,omitempty"`

	Place     string `json:"place,omitempty"`
	District  string `json:"district,omitempty"` // kecamatan code
	Latitude  string `json:"latitude,omitempty"`
	Longitude string `json:"longitude,omitempty"`

	PersonName     string `json:"person_name,omitempty"`
	PersonNIP      string `json:"person_nip,omitempty"`
	PersonPosition string `json:"person_position,omitempty"`
	PersonContact  string `json:"person_contact,omitempty"`

	Video         string   `json:"video,omitempty"`
	VideoElements []string `json:"video_elements,omitempty"`

	Needs   string `json:"needs,omitempty"` // what an adopter needs
	Cost    string `json:"cost,omitempty"`
	Contact string `json:"contact,omitempty"` // office that answers adopters, public

	Trial     TrialPlan `json:"trial,omitzero"`
	Rollout   Rollout   `json:"rollout,omitzero"`
	Developed string    `json:"developed,omitempty"`
	PactAt    int64     `json:"pact_at,omitempty"`
	PactBy    string    `json:"pact_by,omitempty"`
}

// TrialPlan is what the gate to trial asks: hypothesis, place, last day, and the rule by which it stops.
type TrialPlan struct {
	Hypothesis string `json:"hypothesis,omitempty"`
	Place      string `json:"place,omitempty"`
	End        int64  `json:"end,omitempty"`
	StopRule   string `json:"stop_rule,omitempty"`
}

func (t *TrialPlan) check(from int64, wrong map[string]errs.Msg) {
	for name, field := range map[string]*string{"hypothesis": &t.Hypothesis, "place": &t.Place, "stop_rule": &t.StopRule} {
		if *field = strings.TrimSpace(*field); utf8.RuneCountInString(*field) < 3 || len(*field) > 4000 {
			wrong[name] = errs.M("innovation.error." + name)
		}
	}
	if t.End == 0 || from != 0 && t.End < from {
		wrong["end"] = errs.M("innovation.error.trial_end")
	}
}

// Rollout is what the gate to live asks: the decree, the procedure, who owns it, and the indicator that shows it works.
type Rollout struct {
	Decree    string `json:"decree,omitempty"`
	SOP       string `json:"sop,omitempty"`
	Owner     string `json:"owner,omitempty"`
	Indicator string `json:"indicator,omitempty"`
}

func (r *Rollout) check(wrong map[string]errs.Msg) {
	for name, field := range map[string]*string{"decree": &r.Decree, "sop": &r.SOP, "owner": &r.Owner, "indicator": &r.Indicator} {
		if *field = strings.TrimSpace(*field); utf8.RuneCountInString(*field) < 3 || len(*field) > 1000 {
			wrong[name] = errs.M("innovation.error." + name)
		}
	}
}

// The choices of the form, in the order shown.
func Categories() []string { return []string{"opd", "village", "community"} }
func Kinds() []string      { return []string{"digital", "other"} }
func Forms() []string      { return []string{"governance", "service", "other"} }
func Initiators() []string { return []string{"head", "council", "opd", "servant", "community"} }
func Types() []string      { return []string{"programme", "product", "method", "concept", "technology"} }
func Pillars() []string    { return []string{"gov", "brand", "econ", "live", "soc", "env"} }
func Criteria() []string {
	return []string{"renewal", "benefit", "no_burden", "authority", "replicable"}
}
func Headings() []string { return []string{"law", "problem", "issue", "method", "novelty"} }
func VideoElements() []string {
	return []string{"background", "gathering", "choosing", "benefit", "impact"}
}

// SDGs lists the seventeen goals of sustainable development by number (Perpres 111/2022).
func SDGs() []string {
	return []string{"1", "2", "3", "4", "5", "6", "7", "8", "9", "10", "11", "12", "13", "14", "15", "16", "17"}
}

// DesignWords is how many words the design text needs at least.
const DesignWords = 300

// Words counts the words of the design text.
func (p Profile) Words() int {
	n := 0
	for _, text := range p.Design {
		n += wordsIn(text)
	}
	return n
}

// DesignDone counts the headings that are filled.
func (p Profile) DesignDone() int {
	n := 0
	for _, h := range Headings() {
		if strings.TrimSpace(p.Design[h]) != "" {
			n++
		}
	}
	return n
}

// missing adds what the national form needs and this one lacks.
func (p Profile) missing(out map[string]errs.Msg) {
	for name, text := range map[string]string{"kind": p.Kind, "form": p.Form, "initiator": p.Initiator, "aims": p.Aims, "benefit_public": p.BenefitPublic, "results": p.Results,
		"person_name": p.PersonName, "person_contact": p.PersonContact} {
		if strings.TrimSpace(text) == "" {
			out[name] = errs.M("innovation.missing." + name)
		}
	}
	if p.DesignDone() < len(Headings()) || p.Words() < DesignWords {
		out["design"] = errs.M("innovation.missing.design", "Words", p.Words(), "Done", p.DesignDone())
	}
	if len(p.Criteria) < len(Criteria()) {
		out["criteria"] = errs.M("innovation.missing.criteria")
	}
	if p.PactAt == 0 {
		out["pact"] = errs.M("innovation.missing.pact")
	}
}
