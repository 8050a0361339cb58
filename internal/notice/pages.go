package notice

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

const pageSize = 30

type listPage struct {
	web.Page
	Rows       []row
	Unread     int
	OnlyUnread bool
	Until      int64 // what "read all" covers: nothing that came after the page was made
	Paging     web.Paging
}

// row is a notice with its sentence in the reader's language.
type row struct {
	Item
	Text string
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	ctx := r.Context()
	p := &listPage{Page: web.Page{Area: "beranda"}, OnlyUnread: r.URL.Query().Get("keadaan") == "belum", Until: s.now(), Paging: web.PagingOf(r, pageSize)}
	items, total, err := s.List(ctx, p.OnlyUnread, pageSize, p.Paging.Offset())
	if err != nil {
		return err
	}
	p.Unread, p.Paging.Total = s.Unread(ctx), total
	for _, i := range items {
		p.Rows = append(p.Rows, row{i, s.text(tenant.From(ctx).Lang, i)})
	}
	switch {
	case p.Unread > 0:
		p.Title, p.Lead = web.Text(r, "notice.title", "N", p.Unread), web.Text(r, "notice.lead")
	case total > 0 || p.OnlyUnread:
		p.Title, p.Lead = web.Text(r, "notice.title.read"), web.Text(r, "notice.lead")
	default:
		p.Title = web.Text(r, "notice.title.none")
	}
	return web.Render(w, r, "notice/list", p)
}

// open marks a notice as read and goes where it leads. It is a POST: a link that changes something would be followed by
// programs that look ahead.
func (s *Service) open(w http.ResponseWriter, r *http.Request) error {
	i, err := s.Open(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !local(i.Path) {
		return web.Redirect(w, r, "/kabar")
	}
	return web.Redirect(w, r, i.Path)
}

func (s *Service) openAll(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	until, err := strconv.ParseInt(r.PostFormValue("until"), 10, 64)
	if err != nil {
		return errs.E(errs.Invalid, "web.error.form", err)
	}
	n, err := s.OpenAll(r.Context(), until)
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("notice.all_read", "N", n), "")
	return web.Redirect(w, r, "/kabar")
}

type settingPage struct {
	web.Page
	Mail string
}

func (s *Service) settingPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderSetting(w, r, nil)
}

func (s *Service) renderSetting(w http.ResponseWriter, r *http.Request, failure error) error {
	mail, err := s.Mailing(r.Context())
	if err != nil {
		return err
	}
	p := &settingPage{Page: web.Page{Area: "beranda", Title: web.Text(r, "notice.setting.title."+mail), Lead: web.Text(r, "notice.setting.lead"),
		Crumbs: []web.Crumb{{Text: web.Text(r, "notice.nav"), Path: "/kabar"}}}, Mail: mail}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "notice/setting", p)
}

func (s *Service) setting(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := s.SetMailing(r.Context(), r.PostFormValue("mail"))
	if web.Correctable(err) {
		return s.renderSetting(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("notice.setting.saved"), "")
	return web.Redirect(w, r, "/kabar/pengaturan")
}
