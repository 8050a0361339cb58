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
	Refused string // "ITEM/POINTS" of the effort that was refused
}

type effortRow struct {
	Code, Short string
	Days        []effortCell
}

// effortCell is what a level costs: the pack's estimate, or the regency's own.
type effortCell struct {
	Points int
	Days   string
	Own    bool
	Wrong  bool
}

func (s *Service) settingPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderSetting(w, r, "", nil)
}

// renderSetting shows the choices; effort names the effort that was refused, "" when it was something else.
func (s *Service) renderSetting(w http.ResponseWriter, r *http.Request, effort string, failure error) error {
	b, err := s.head(r.Context(), "")
	if err != nil {
		return err
	}
	lang := tenant.From(r.Context()).Lang
	p := &settingPage{Page: web.Page{Area: "inovasi", Title: web.Text(r, "score.setting.title"), Lead: web.Text(r, "score.setting.lead"), Crumbs: crumbs(r)}, B: b, Setting: b.Setting, Refused: effort}
	failed(r, &p.Page, failure)
	if failure != nil && effort == "" {
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
			cell := effortCell{Points: n, Days: strconv.Itoa(p.B.days[q.Code][n]), Own: p.B.own[effortKey(q.Code, n)] > 0, Wrong: p.Refused == effortKey(q.Code, n)}
			if cell.Wrong {
				cell.Days = p.Form.Val("days", cell.Days)
			}
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
	return s.afterSetting(w, r, "", s.SaveSetting(r.Context(), in))
}

func (s *Service) saveEffort(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	item, typed := r.PostFormValue("item"), strings.TrimSpace(r.PostFormValue("days"))
	points, _ := strconv.Atoi(r.PostFormValue("points"))
	days := 0
	if typed != "" {
		var err error
		if days, err = strconv.Atoi(typed); err != nil || days == 0 {
			days = -1
		}
	}
	return s.afterSetting(w, r, effortKey(item, points), s.SetEffort(r.Context(), item, points, days))
}

func (s *Service) afterSetting(w http.ResponseWriter, r *http.Request, effort string, err error) error {
	if web.Correctable(err) {
		return s.renderSetting(w, r, effort, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("score.setting.saved"), "")
	to := "/iid/atur"
	if effort != "" {
		to += "#usaha"
	}
	return web.Redirect(w, r, to)
}
