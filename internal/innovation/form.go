package innovation

import (
	"net/url"
	"regexp"
	"slices"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

// Bounds of the texts of the form, in bytes.
const (
	mostLine    = 300
	mostText    = 8_000
	mostHeading = 20_000
)

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
	p.Criteria, p.VideoElements, p.SDGs = known(p.Criteria, Criteria()), known(p.VideoElements, VideoElements()), known(p.SDGs, SDGs())
	p.tidyTexts(wrong)
	p.tidyDesign(wrong)
	p.checkForms(wrong)
}

func (p *Profile) tidyTexts(wrong map[string]errs.Msg) {
	for name, text := range map[string]*string{"aims": &p.Aims, "benefit_agency": &p.BenefitAgency, "benefit_partners": &p.BenefitPartners, "benefit_public": &p.BenefitPublic, "results": &p.Results,
		"business": &p.Business, "uniqueness": &p.Uniqueness, "potential": &p.Potential, "sustainability": &p.Sustainability, "risks": &p.Risks, "award": &p.Award, "needs": &p.Needs, "cost": &p.Cost} {
		if *text = strings.TrimSpace(*text); len(*text) > mostText {
			wrong[name] = errs.M("innovation.error.long", "Most", mostText)
		}
	}
	for name, text := range map[string]*string{"initiator_name": &p.InitiatorName, "theme": &p.Theme, "place": &p.Place, "contact": &p.Contact, "person_name": &p.PersonName,
		"person_position": &p.PersonPosition, "person_contact": &p.PersonContact} {
		if *text = strings.Join(strings.Fields(*text), " "); len(*text) > mostLine {
			wrong[name] = errs.M("innovation.error.long", "Most", mostLine)
		}
	}
}

// tidyDesign keeps the headings of the design text that exist.
func (p *Profile) tidyDesign(wrong map[string]errs.Msg) {
	kept := map[string]string{}
	for _, h := range Headings() {
		text := strings.TrimSpace(p.Design[h])
		if len(text) > mostHeading {
			wrong["design_"+h] = errs.M("innovation.error.long", "Most", mostHeading)
		}
		if text != "" {
			kept[h] = text
		}
	}
	p.Design = kept
}

func known(chosen, all []string) []string {
	return slices.DeleteFunc(slices.Clone(all), func(one string) bool { return !slices.Contains(chosen, one) })
}

func (p *Profile) checkForms(wrong map[string]errs.Msg) {
	p.PersonNIP = strings.NewReplacer(" ", "", ".", "", "-", "", "\u00a0", "").Replace(p.PersonNIP)
	if p.PersonNIP != "" && !isNIP(p.PersonNIP) {
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
		typed := strings.NewReplacer("−", "-", " ", "").Replace(*c.text)
		if *c.text = strings.Replace(typed, ",", ".", 1); *c.text != "" && !isCoordinate(*c.text, c.most) {
			wrong[name] = errs.M("innovation.error.coordinate")
		}
	}
	if (p.Latitude == "") != (p.Longitude == "") {
		name := map[bool]string{true: "latitude", false: "longitude"}[p.Latitude == ""]
		wrong[name] = errs.M("innovation.error.coordinate_pair")
	}
}

var (
	nipForm        = regexp.MustCompile(`^[0-9]{18}$`)
	coordinateForm = regexp.MustCompile(`^-?[0-9]{1,3}(\.[0-9]{1,15})?$`)
)

// isNIP reports whether a text is the number of a civil servant: eighteen digits that begin with a day of birth and carry 1
// or 2 for the sex in the fifteenth place (Perka BKN 22/2007).
func isNIP(text string) bool {
	if !nipForm.MatchString(text) {
		return false
	}
	_, err := time.Parse("20060102", text[:8])
	return err == nil && (text[14] == '1' || text[14] == '2')
}

func isCoordinate(text string, most float64) bool {
	return coordinateForm.MatchString(text) && within(text, most)
}
