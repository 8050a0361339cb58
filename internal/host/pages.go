package host

import (
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type listPage struct {
	web.Page
	Regencies []Regency
}

func (s *Service) listPage(w http.ResponseWriter, r *http.Request) error {
	all, err := s.List(r.Context())
	if err != nil {
		return err
	}
	p := &listPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "host.title", "N", len(all)), Lead: web.Text(r, "host.lead")}, Regencies: all}
	return web.Render(w, r, "host/list", p)
}

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "host.nav"), Path: "/induk"}}
}

type newPage struct {
	web.Page
	Query   string
	Regions []Region
	Zones   []web.Option
	Link    string // only in the answer to adding
	Name    string
}

func zoneOptions(r *http.Request) (out []web.Option) {
	for _, zone := range Zones() {
		out = append(out, web.Option{Value: zone, Text: web.Text(r, "host.zone."+strings.TrimPrefix(zone, "Asia/"))})
	}
	return out
}

func (s *Service) newPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderNew(w, r, strings.TrimSpace(r.URL.Query().Get("q")), nil)
}

func (s *Service) renderNew(w http.ResponseWriter, r *http.Request, query string, failure error) error {
	p := &newPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "host.new"), Lead: web.Text(r, "host.new.lead"), Crumbs: crumbs(r)},
		Query: query, Zones: zoneOptions(r)}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if query != "" {
		var err error
		if p.Regions, err = s.Regions(query, 12); err != nil {
			return err
		}
	}
	return web.Render(w, r, "host/new", p)
}

// add shows the link in its answer instead of leading on: it passes only once.
func (s *Service) add(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	code := r.PostFormValue("regency")
	regency, link, err := s.Add(r.Context(), code, r.PostFormValue("zone"), r.PostFormValue("name"), r.PostFormValue("email"))
	if web.Correctable(err) {
		return s.renderNew(w, r, code, err)
	}
	if err != nil {
		return err
	}
	added, err := s.Get(r.Context(), regency)
	if err != nil {
		return err
	}
	p := &newPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "host.added", "Name", added.Name), Lead: web.Text(r, "host.added.lead"),
		Crumbs: crumbs(r)}, Link: s.absolute(r, link), Name: added.Name}
	return web.Render(w, r, "host/added", p)
}

// absolute completes a link that stands without the address of the host by the one the browser used.
func (s *Service) absolute(r *http.Request, link string) string {
	if !strings.HasPrefix(link, "/") {
		return link
	}
	scheme := "http://"
	if r.TLS != nil {
		scheme = "https://"
	}
	return scheme + r.Host + link
}

type editPage struct {
	web.Page
	R            Regency
	Zones        []web.Option
	Base         string
	MailPort     string
	PasswordHint string
}

// Megabytes writes a limit for its field; one that follows the host is empty.
func (p *editPage) Megabytes(n int64) string {
	if n == 0 {
		return ""
	}
	return strconv.FormatInt(n, 10)
}

func (s *Service) editPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderEdit(w, r, nil)
}

func (s *Service) renderEdit(w http.ResponseWriter, r *http.Request, failure error) error {
	regency, err := strconv.ParseInt(r.PathValue("regency"), 10, 64)
	if err != nil {
		return errs.E(errs.NotFound, "host.error.no_regency", err)
	}
	now, err := s.Get(r.Context(), regency)
	if err != nil {
		return err
	}
	p := &editPage{Page: web.Page{Area: "kelola", Title: now.Name, Lead: web.Text(r, "host.edit.lead"), Crumbs: crumbs(r)}, R: now,
		Zones: zoneOptions(r), Base: strings.TrimSuffix(s.BaseURL, "/"), PasswordHint: web.Text(r, "host.mail_password.none")}
	if now.Mail.Port != 0 {
		p.MailPort = strconv.Itoa(now.Mail.Port)
	}
	if now.MailKept {
		p.PasswordHint = web.Text(r, "host.mail_password.kept")
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	return web.Render(w, r, "host/edit", p)
}

func (s *Service) save(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	in, err := formOf(r)
	if err == nil {
		err = s.Save(r.Context(), in)
	}
	if web.Correctable(err) {
		return s.renderEdit(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("host.saved"), "")
	return web.Redirect(w, r, "/induk")
}

func formOf(r *http.Request) (out Regency, err error) {
	wrong := map[string]errs.Msg{}
	number := func(name string) int64 {
		text := strings.TrimSpace(r.PostFormValue(name))
		if text == "" {
			return 0
		}
		n, err := strconv.ParseInt(text, 10, 64)
		if err != nil {
			wrong[name] = errs.M("host.error.size")
		}
		return n
	}
	out.Regency, _ = strconv.ParseInt(r.PathValue("regency"), 10, 64)
	out.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	out.Zone, out.HostName, out.Slug = r.PostFormValue("zone"), r.PostFormValue("host_name"), r.PostFormValue("slug")
	out.Mail = Mail{Host: r.PostFormValue("mail_host"), User: r.PostFormValue("mail_user"), Password: r.PostFormValue("mail_password"),
		From: r.PostFormValue("mail_from"), Port: int(number("mail_port"))}
	out.FileMB, out.AgencyMB, out.RegencyMB = number("file_mb"), number("agency_mb"), number("regency_mb")
	if len(wrong) > 0 {
		return out, errs.InvalidFields(wrong)
	}
	return out, nil
}
