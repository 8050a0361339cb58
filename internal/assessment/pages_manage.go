package assessment

import (
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type letterPage struct {
	web.Page
	Round      Round
	Published  Published
	Components []instrument.Component
	CSV        string
	Letter     bool // marks from the letter are in use
	Stands     bool // a letter was entered, so that another one is proposed
	MarksStand bool // so are its marks
	Waits      bool // a proposal waits already
}

func (s *Service) letterPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderLetter(w, r, nil)
}

func (s *Service) renderLetter(w http.ResponseWriter, r *http.Request, failure error) error {
	res, err := s.Result(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &letterPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.letter.title"), Lead: web.Text(r, "assessment.letter.lead"), Crumbs: inResult(r, res.Round)},
		Round: res.Round, Published: res.Published, Components: res.Pack.Components, Letter: res.Source == FromLetter}
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
	}
	if p.Letter {
		p.CSV = csvOf(res)
	}
	now, err := s.standing(r.Context(), s.DB, res.Round)
	if err != nil {
		return err
	}
	p.Stands, p.MarksStand = now.Letter.Known(), now.published(res.Round)
	all, err := s.Versions(r.Context(), res.Round.ID)
	if err != nil {
		return err
	}
	p.Waits = len(all) > 0 && all[0].State == Waiting
	return web.Render(w, r, "assessment/letter", p)
}

// csvOf writes the marks of a letter as they can be imported again.
func csvOf(res Result) string {
	var b strings.Builder
	b.WriteString("item,entry,assessor,value\n")
	for _, item := range slices.Sorted(maps.Keys(res.Marks)) {
		for _, m := range res.Marks[item] {
			b.WriteString(item + ",," + m.Assessor + "," + m.Value + "\n")
		}
	}
	return b.String()
}

func (s *Service) saveLetter(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Published{Round: r.PathValue("round"), Letter: r.PostFormValue("letter"), Index: r.PostFormValue("index"), Note: r.PostFormValue("note"), Components: map[string]string{}}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	for name := range r.PostForm {
		if code, ok := strings.CutPrefix(name, "c_"); ok {
			in.Components[code] = r.PostFormValue(name)
		}
	}
	var err error
	done := "assessment.letter.done"
	if in.Date, err = web.ParseDay(r, r.PostFormValue("date")); err == nil && in.Rev != 0 {
		done, err = "assessment.version.proposed", s.ProposeLetter(r.Context(), in, r.PostFormValue("why"))
	} else if err == nil {
		err = s.Publish(r.Context(), in)
	}
	if web.Correctable(err) {
		return s.renderLetter(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/hasil/"+in.Round)
}

func (s *Service) importMarks(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	round, csv := r.PathValue("round"), r.PostFormValue("csv")
	done := errs.M("assessment.version.proposed")
	var err error
	if r.PostForm.Has("why") {
		err = s.ProposeMarks(r.Context(), round, csv, r.PostFormValue("why"))
	} else {
		var n int
		n, err = s.ImportMarks(r.Context(), round, csv)
		done = errs.M("assessment.letter.imported", "N", n)
	}
	if web.Correctable(err) {
		return s.renderLetter(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", done, "")
	return web.Redirect(w, r, "/hasil/"+r.PathValue("round"))
}

type publishPage struct {
	web.Page
	Round  Round
	Chosen Publication
	Done   bool
	Public bool // visitors can read the result now
}

func (s *Service) publishPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderPublish(w, r, nil)
}

func (s *Service) renderPublish(w http.ResponseWriter, r *http.Request, failure error) error {
	x, err := s.Rounds.Round(r.Context(), r.PathValue("round"))
	if err != nil {
		return err
	}
	p := &publishPage{Page: web.Page{Area: "evaluasi", Title: web.Text(r, "assessment.publish.title"), Lead: web.Text(r, "assessment.publish.lead"), Crumbs: inResult(r, x)}, Round: x, Done: x.State == roundDone}
	if p.Chosen, err = s.Publication(r.Context(), x.ID); err != nil {
		return err
	}
	p.Public = p.Chosen.Shown && p.Chosen.Result
	if failure != nil {
		p.Form, p.Status = refused(r, failure)
		typed := publicationOf(r)
		p.Chosen.Shown, p.Chosen.Result = typed.Shown, typed.Result
	}
	return web.Render(w, r, "assessment/publish", p)
}

func publicationOf(r *http.Request) Publication {
	in := Publication{Round: r.PathValue("round"), Shown: r.PostFormValue("shown") != "", Result: r.PostFormValue("result") != "", Masterplan: r.PostFormValue("masterplan"), Text: r.PostFormValue("text"), Why: r.PostFormValue("why")}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	return in
}

func (s *Service) savePublish(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := publicationOf(r)
	err := s.SetPublication(r.Context(), in)
	if web.Correctable(err) {
		return s.renderPublish(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("assessment.publish.done"), "")
	return web.Redirect(w, r, "/hasil/"+in.Round+"/terbit")
}
