package score

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type settingPage struct {
	web.Page
	B       *Board  // of the round, for efforts
	Setting Setting // as saved, or as it was typed and refused
	Pack    string  // that the regency chose, or the shipped one
	Packs   []web.Option
	Options []optionRow // of that instrument
	Efforts []effortRow
}

type effortRow struct {
	Code, Short string
	Days        []effortCell
}

// effortCell is what a level costs: the regency's own days, empty while the pack's estimate holds.
type effortCell struct {
	Effort
	Name, Own string
	Estimate  int
}

func (s *Service) settingPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderSetting(w, r, nil)
}

func (s *Service) renderSetting(w http.ResponseWriter, r *http.Request, failure error) error {
	b, err := s.head(r.Context(), "")
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	p := &settingPage{Page: web.Page{Area: "inovasi", Title: web.Text(r, "score.setting.title"), Lead: web.Text(r, "score.setting.lead"), Crumbs: crumbs(r)}, B: b, Setting: b.Setting}
	failed(r, &p.Page, failure)
	if p.Form.Val("pack", "") != "" {
		p.Setting.Published = p.Form.Val("published", "") != ""
	}
	own, err := s.packOf(r.Context(), &Board{Setting: b.Setting})
	if err != nil {
		return err
	}
	p.Pack, p.Options = own.ID, optionRows(own, instrument.Options{Chosen: b.Setting.Choices}, lang)
	packs, err := s.Packs.List(r.Context())
	if err != nil {
		return err
	}
	for _, one := range packs {
		if one.Rule == instrument.WeightTimes {
			p.Packs = append(p.Packs, web.Option{Value: one.ID, Text: one.Name.In(lang)})
		}
	}
	p.efforts(lang)
	return web.Render(w, r, "score/setting", p)
}

func (p *settingPage) efforts(lang string) {
	for _, q := range allItems(p.B.Pack) {
		row := effortRow{Code: q.Code, Short: q.Short.In(lang)}
		for n := 1; n <= levels; n++ {
			e := Effort{Item: q.Code, Points: n, Days: p.B.own[effortKey(q.Code, n)]}
			cell := effortCell{Effort: e, Name: e.Field(), Estimate: p.B.Pack.PackEffort("", q.Code, 0, n)}
			if e.Days > 0 {
				cell.Own = strconv.Itoa(e.Days)
			}
			cell.Own = p.Form.Val(cell.Name, cell.Own)
			row.Days = append(row.Days, cell)
		}
		p.Efforts = append(p.Efforts, row)
	}
}

func (s *Service) saveSettingForm(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in := Setting{Pack: r.PostFormValue("pack"), Published: r.PostFormValue("published") != "", Choices: map[string]string{}}
	in.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	for name := range r.PostForm {
		if id, ok := strings.CutPrefix(name, "opt_"); ok {
			in.Choices[id] = r.PostFormValue(name)
		}
	}
	return s.afterSetting(w, r, s.SaveSetting(r.Context(), in), "/iid/atur")
}

// saveEffort reads the efforts that the form names; an empty field forgets the own days.
func (s *Service) saveEffort(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	b, err := s.head(r.Context(), "")
	if err != nil {
		return err
	}
	var all []Effort
	for _, q := range allItems(b.Pack) {
		for n := 1; n <= levels; n++ {
			e := Effort{Item: q.Code, Points: n}
			if r.PostForm.Has(e.Field()) {
				e.Days = typedDays(r.PostFormValue(e.Field()))
				all = append(all, e)
			}
		}
	}
	return s.afterSetting(w, r, s.SetEfforts(r.Context(), all...), "/iid/atur#usaha")
}

// typedDays reads days; nothing is 0, which forgets, and what is no number of days is refused as -1.
func typedDays(text string) int {
	text = strings.TrimSpace(text)
	if text == "" {
		return 0
	}
	days, err := strconv.Atoi(text)
	if err != nil || days == 0 {
		return -1
	}
	return days
}

func (s *Service) afterSetting(w http.ResponseWriter, r *http.Request, err error, to string) error {
	if web.Correctable(err) {
		return s.renderSetting(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("score.setting.saved"), "")
	return web.Redirect(w, r, to)
}
