package innovation

import (
	"html/template"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) profileRoutes(mux *web.Mux) {
	mux.Handle("GET /inovasi/{id}", Read, s.profile)
	mux.Handle("GET /inovasi/{id}/cetak", Read, s.printProfile)
	mux.Handle("GET /inovasi/{id}/ubah", Propose, s.editForm)
	mux.Handle("POST /inovasi/{id}/ubah", Propose, s.saveForm)
	mux.Handle("POST /inovasi/{id}/pakta", Propose, s.pact)
	mux.Handle("POST /inovasi/{id}/status", Propose, s.move)
	mux.Handle("POST /inovasi/{id}/kembalikan", Propose, s.giveBack)
	mux.Handle("POST /inovasi/{id}/terbit", Desk, s.show)
	mux.Handle("POST /inovasi/{id}/lagi", Propose, s.again)
	mux.Handle("POST /inovasi/{id}/berhenti", Propose, s.end)
	mux.Handle("POST /inovasi/{id}/lanjutkan", Propose, s.goOn)
	mux.Handle("GET /inovasi/{id}/gerbang", Propose, s.gateForm)
	mux.Handle("POST /inovasi/{id}/gerbang", Propose, s.askGate)
	mux.Handle("POST /gerbang/{gate}/putuskan", Decide, s.decideGate)
	mux.Handle("POST /gerbang/{gate}/tarik", Propose, s.withdrawGate)
	mux.Handle("GET /inovasi/{id}/tim", Propose, s.teamForm)
	mux.Handle("POST /inovasi/{id}/tim", Propose, s.addMembers)
	mux.Handle("POST /inovasi/{id}/tim/{part}/hapus", Propose, s.removeMember)
	mux.Handle("POST /inovasi/{id}/mitra", Propose, s.addPartner)
	mux.Handle("POST /inovasi/{id}/mitra/{part}/hapus", Propose, s.removePartner)
	mux.Handle("GET /inovasi/{id}/angka", Propose, s.numbersForm)
	mux.Handle("POST /inovasi/{id}/angka/{kind}", Propose, s.addNumber)
	mux.Handle("POST /inovasi/{id}/angka/{kind}/{part}/hapus", Propose, s.removeNumber)
}

// about is what every page of one innovation shows: the record, the names in it and what the actor may do.
type about struct {
	web.Page
	I      Innovation
	Office tenant.Agency
	May    may
	Gate   *Gate             // the request that waits
	Names  map[string]string // agencies
	People map[string]string // people with an account
	zone   *time.Location
}

// Own is the address of the innovation.
func (p *about) Own() string { return "/inovasi/" + p.I.ID }

// Brief is the short name of its agency.
func (p *about) Brief() string { return short(p.Office) }

// Holder is the name under which its files hang in the library.
func (p *about) Holder() string { return proof.OfInnovation(p.I.ID).String() }

// MeasureText writes the one number for people.
func (p *about) MeasureText() string {
	now, wanted := unitsOf(p.I.Measure)
	return strings.TrimSpace(p.Dec(p.I.Measure.Now)+" "+now) + " → " + strings.TrimSpace(p.Dec(p.I.Measure.Wanted)+" "+wanted)
}

// unitsOf gives what is counted now and what is wanted, which may differ ("jam → menit"); the first is empty when both are
// the same.
func unitsOf(m Measure) (now, wanted string) {
	if now, wanted, differ := strings.Cut(m.Unit, " → "); differ {
		return now, wanted
	}
	return "", m.Unit
}

type profilePage struct {
	about
	Clock     Clock
	Panel     ScorePanel
	Chart     template.HTML
	Next      nextStep
	Missing   []lack
	Deciders  int
	Journey   []moment
	Team      []Member
	Agencies  int // in the team
	Partners  []partnerGroup
	Numbers   numbersView
	Files     []file
	Adopters  []Adopter
	SameTitle []Claim
	Carried   string // the record this one was carried over into
	Words     int
	Design    []designPart
	Affair    string // code and name of the main affair
}

// Long lists the long texts that are filled, each under its label.
func (p *profilePage) Long() []theirs {
	f, out := p.I.Profile, []theirs{}
	for _, one := range []struct{ name, text string }{{"aims", f.Aims}, {"benefit_agency", f.BenefitAgency}, {"benefit_partners", f.BenefitPartners}, {"benefit_public", f.BenefitPublic},
		{"results", f.Results}, {"business", f.Business}, {"award", f.Award}, {"uniqueness", f.Uniqueness}, {"potential", f.Potential}, {"sustainability", f.Sustainability}, {"risks", f.Risks},
		{"needs", f.Needs}, {"cost", f.Cost}, {"contact", f.Contact}} {
		if one.text != "" {
			out = append(out, theirs{one.name, p.T("innovation.field." + one.name), one.text})
		}
	}
	return out
}

func (s *Service) profile(w http.ResponseWriter, r *http.Request) error {
	return s.renderProfile(w, r, r.PathValue("id"), nil)
}

// renderProfile shows an innovation; failure is what a form on it met.
func (s *Service) renderProfile(w http.ResponseWriter, r *http.Request, id string, failure error) error {
	p := &profilePage{}
	if err := s.fillAbout(r, &p.about, id); err != nil {
		return err
	}
	p.fail(r, failure)
	for _, fill := range []func(*http.Request, *profilePage) error{s.fillScore, s.fillTeam, s.fillNumbers, s.fillFiles, s.fillStory, s.fillNext} {
		if err := fill(r, p); err != nil {
			return err
		}
	}
	p.Title, p.Lead, p.Affair = p.I.Title, p.lead(r), s.affairText(r, p.I.Affair)
	p.Crumbs = []web.Crumb{{Text: web.Text(r, "innovation.nav"), Path: "/inovasi"}, {Text: web.Text(r, "innovation.stage."+p.I.Stage), Path: "/inovasi?tahap=" + p.I.Stage}, {Text: p.Brief()}}
	return web.Render(w, r, "innovation/profile", p)
}

// fail keeps what was typed beside what is wrong with it.
func (p *about) fail(r *http.Request, failure error) {
	if failure == nil {
		return
	}
	p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	if errs.Is(failure, errs.Conflict) {
		p.Status = http.StatusConflict
	}
}

// fillAbout reads the record, the names it needs and the rights of the actor.
func (s *Service) fillAbout(r *http.Request, p *about, id string) (err error) {
	ctx := r.Context()
	if p.I, err = s.Get(ctx, id); err != nil {
		return err
	}
	p.Area, p.zone = "inovasi", s.Zone(ctx)
	if p.Office, err = s.agencyNamed(ctx, p.I.Agency); err != nil {
		return err
	}
	p.Names, p.People = map[string]string{p.I.Agency: p.Office.Name}, map[string]string{}
	gates, err := s.Gates(ctx, id)
	if err != nil {
		return err
	}
	if at := slices.IndexFunc(gates, func(g Gate) bool { return g.State == GateWaiting }); at >= 0 {
		p.Gate = &gates[at]
		if err := s.namePeople(r, p, p.Gate.Decider, p.Gate.AskedBy); err != nil {
			return err
		}
	}
	p.May, err = s.mayOf(r, p.I, p.Gate)
	return err
}

// namePeople adds the names of people with an account; who is gone stays without one.
func (s *Service) namePeople(r *http.Request, p *about, ids ...string) error {
	for _, id := range ids {
		if _, known := p.People[id]; known || id == "" {
			continue
		}
		person, err := s.Dir.Person(r.Context(), id)
		if err != nil && !errs.Is(err, errs.NotFound) {
			return err
		}
		p.People[id] = person.Name
	}
	return nil
}

// nameAgencies adds the names of agencies, also of those that are no longer active.
func (s *Service) nameAgencies(r *http.Request, p *about, ids ...string) error {
	for _, id := range ids {
		if _, known := p.Names[id]; known || id == "" {
			continue
		}
		a, err := s.agencyNamed(r.Context(), id)
		if err != nil {
			return err
		}
		p.Names[id] = a.Name
	}
	return nil
}

// affairText gives an affair as people know it.
func (s *Service) affairText(r *http.Request, code string) string {
	for _, a := range s.Affairs(language(r)) {
		if a.Code == code {
			return a.Name
		}
	}
	return code
}

// lead says in a sentence what the innovation does and how many it serves.
func (p *profilePage) lead(r *http.Request) string {
	text := firstSentence(p.I.Idea)
	if len(p.Numbers.Users) == 0 {
		return text
	}
	u := p.Numbers.Users[0]
	return strings.TrimSpace(text + " " + web.Text(r, "innovation.profile.users", "N", i18n.Int(language(r), u.Value), "From", p.day(r, u.From), "To", p.day(r, u.To)))
}

// day writes a day while a page is still being put together.
func (p *about) day(r *http.Request, ms int64) string {
	return i18n.Date(language(r), time.UnixMilli(ms).In(p.zone))
}

const mostSentence = 240

// firstSentence gives the first sentence of a text with its full stop, cut at a word when it is very long.
func firstSentence(text string) string {
	text = strings.Join(strings.Fields(text), " ")
	for at, c := range text {
		if (c == '.' || c == '!' || c == '?') && at > 10 && (at+1 == len(text) || text[at+1] == ' ') {
			text = text[:at+1]
			break
		}
	}
	if text == "" || strings.ContainsAny(text[len(text)-1:], ".!?") && utf8.RuneCountInString(text) <= mostSentence {
		return text
	}
	if utf8.RuneCountInString(text) <= mostSentence {
		return text + "."
	}
	cut := string([]rune(text)[:mostSentence])
	if at := strings.LastIndexByte(cut, ' '); at > 0 {
		cut = cut[:at]
	}
	return cut + "…"
}

func revOf(r *http.Request) int64 {
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return rev
}
