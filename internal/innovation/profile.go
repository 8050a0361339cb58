package innovation

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
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

// DesignWords is how many words the design text needs at least.
const DesignWords = 300

// Words counts the words of the design text.
func (p Profile) Words() int {
	n := 0
	for _, text := range p.Design {
		n += len(strings.Fields(text))
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

// tidy cleans the fields and says what cannot stand.
func (p *Profile) tidy(wrong map[string]errs.Msg) {
	choice := func(name string, field *string, all []string) {
		if *field != "" && !slices.Contains(all, *field) {
			wrong[name] = errs.M("innovation.error.choice")
		}
	}
	choice("category", &p.Category, Categories())
	choice("kind", &p.Kind, Kinds())
	choice("form", &p.Form, Forms())
	choice("initiator", &p.Initiator, Initiators())
	choice("type", &p.Type, Types())
	choice("pillar", &p.Pillar, Pillars())
	p.Criteria = known(p.Criteria, Criteria())
	p.VideoElements = known(p.VideoElements, VideoElements())
	for h := range p.Design {
		if !slices.Contains(Headings(), h) {
			delete(p.Design, h)
		}
	}
	for name, text := range map[string]*string{"aims": &p.Aims, "benefit_agency": &p.BenefitAgency, "benefit_partners": &p.BenefitPartners, "benefit_public": &p.BenefitPublic, "results": &p.Results,
		"business": &p.Business, "uniqueness": &p.Uniqueness, "potential": &p.Potential, "sustainability": &p.Sustainability, "risks": &p.Risks, "award": &p.Award, "needs": &p.Needs, "cost": &p.Cost} {
		if *text = strings.TrimSpace(*text); len(*text) > 8000 {
			wrong[name] = errs.M("innovation.error.long")
		}
	}
	for name, text := range map[string]*string{"initiator_name": &p.InitiatorName, "theme": &p.Theme, "place": &p.Place, "contact": &p.Contact, "person_name": &p.PersonName,
		"person_position": &p.PersonPosition, "person_contact": &p.PersonContact} {
		if *text = strings.Join(strings.Fields(*text), " "); len(*text) > 300 {
			wrong[name] = errs.M("innovation.error.long")
		}
	}
	p.checkForms(wrong)
}

func known(chosen, all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return !slices.Contains(chosen, one) })
}

func (p *Profile) checkForms(wrong map[string]errs.Msg) {
	p.PersonNIP = strings.Map(func(r rune) rune {
		if r >= '0' && r <= '9' {
			return r
		}
		return -1
	}, p.PersonNIP)
	if p.PersonNIP != "" && len(p.PersonNIP) != 18 {
		wrong["person_nip"] = errs.M("innovation.error.nip")
	}
	p.Video = strings.TrimSpace(p.Video)
	if u, err := url.Parse(p.Video); p.Video != "" && (err != nil || u.Scheme != "https" || u.Host == "" || len(p.Video) > 2000) {
		wrong["video"] = errs.M("innovation.error.video")
	}
	for name, c := range map[string]struct {
		text *string
		most float64
	}{"latitude": {&p.Latitude, 90}, "longitude": {&p.Longitude, 180}} {
		if *c.text = strings.Replace(strings.TrimSpace(*c.text), ",", ".", 1); *c.text != "" && !within(*c.text, c.most) {
			wrong[name] = errs.M("innovation.error.coordinate")
		}
	}
}

// Change is what the team edits: the head of the record and the form.
type Change struct {
	Title, Problem, Sufferer, Idea string
	Measure                        Measure
	Affair                         string
	Profile                        Profile
	Rev                            int64
}

// Save keeps the form. Stage dates, trial plan and rollout belong to the gates and stay as they are.
func (s *Service) Save(ctx context.Context, id string, c Change) (int64, error) {
	before, err := s.editable(ctx, id)
	if err != nil {
		return 0, err
	}
	wrong := map[string]errs.Msg{}
	c.Title = strings.Join(strings.Fields(c.Title), " ")
	if n := utf8.RuneCountInString(c.Title); n < 3 || n > 200 {
		wrong["title"] = errs.M("innovation.error.title")
	}
	if c.Affair != "" && !slices.ContainsFunc(s.Affairs("id"), func(a Affair) bool { return a.Code == c.Affair }) {
		wrong["affair"] = errs.M("innovation.error.affair")
	}
	c.Profile.tidy(wrong)
	if len(wrong) > 0 {
		return 0, errs.InvalidFields(wrong)
	}
	after := before
	after.Title, after.Problem, after.Sufferer, after.Idea, after.Measure, after.Affair, after.Rev = c.Title, c.Problem, c.Sufferer, c.Idea, c.Measure, c.Affair, c.Rev
	c.Profile.Trial, c.Profile.Rollout, c.Profile.Developed = before.Profile.Trial, before.Profile.Rollout, before.Profile.Developed
	c.Profile.PactAt, c.Profile.PactBy = before.Profile.PactAt, before.Profile.PactBy
	after.Profile, after.ChangedAt = c.Profile, s.now()
	return c.Rev + 1, s.put(ctx, "save", before, after)
}

// put writes a record that took no step.
func (s *Service) put(ctx context.Context, action string, before, after Innovation) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.update(tx, tenant.From(ctx).Regency, after); err != nil {
			return err
		}
		return s.record(ctx, tx, action, after, "", before, after)
	})
}

// Pact signs or withdraws the integrity pact: the form tells the truth.
func (s *Service) Pact(ctx context.Context, id string, rev int64, signed bool) error {
	before, err := s.editable(ctx, id)
	if err != nil {
		return err
	}
	after := before
	after.Rev, after.Profile.PactAt, after.Profile.PactBy = rev, 0, ""
	if signed {
		after.Profile.PactAt, after.Profile.PactBy = s.now(), tenant.From(ctx).UserID
	}
	return s.put(ctx, "pact", before, after)
}

// Publish shows an innovation to the public, or hides it again. Only what runs or stopped with a lesson may be shown.
func (s *Service) Publish(ctx context.Context, id string, rev int64, shown bool) error {
	if err := allow(ctx, Desk); err != nil {
		return err
	}
	before, err := s.Get(ctx, id)
	if err != nil {
		return err
	}
	if shown && before.National() == NationalInitiative {
		return errs.E(errs.Conflict, "innovation.error.publish", nil)
	}
	after := before
	after.Rev, after.Published, after.ChangedAt = rev, shown, s.now()
	return s.put(ctx, "publish", before, after)
}
