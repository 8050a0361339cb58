package access

import (
	"net/http"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (s *Service) userRoutes(mux *web.Mux) {
	mux.Handle("GET /pengguna", Read, s.userList)
	mux.Handle("GET /pengguna/peran", Read, s.matrix)
	mux.Handle("GET /pengguna/baru", Manage, s.newUser)
	mux.Handle("POST /pengguna/baru", Manage, s.invite)
	mux.Handle("GET /pengguna/impor", Manage, s.importPage)
	mux.Handle("POST /pengguna/impor", Manage, s.readImport)
	mux.Handle("POST /pengguna/impor/simpan", Manage, s.saveImport)
	mux.Handle("GET /pengguna/{id}", Read, s.userPage)
	mux.Handle("POST /pengguna/{id}", Manage, s.editUser)
	mux.Handle("POST /pengguna/{id}/peran", Manage, s.addGrant)
	mux.Handle("POST /pengguna/{id}/peran/{grant}/cabut", Manage, s.revokeGrant)
	mux.Handle("POST /pengguna/{id}/aktif", Manage, s.setActive)
	mux.Handle("POST /pengguna/{id}/tautan", Manage, s.resetLink)
	mux.Handle("POST /pengguna/{id}/kode", Manage, s.resetTOTP)
	mux.Handle("POST /pengguna/{id}/sesi/{session}/akhiri", Manage, s.endSession)
}

type usersPage struct {
	web.Page
	Users    []User
	Agencies map[string]string
	Query    string
	Role     string
	Roles    []web.Option
	Paging   web.Paging
}

const pageSize = 50

func (s *Service) userList(w http.ResponseWriter, r *http.Request) error {
	ctx, q := r.Context(), r.URL.Query()
	all, err := s.Users(ctx, q.Get("q"), q.Get("peran"), "")
	if err != nil {
		return err
	}
	p := &usersPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "access.users.title", "N", len(all)), Lead: web.Text(r, "access.users.lead")},
		Query: q.Get("q"), Role: q.Get("peran"), Roles: roleOptions(r), Paging: web.PagingOf(r, pageSize)}
	p.Paging.Total = len(all)
	from := min(p.Paging.Offset(), len(all))
	p.Users = all[from:min(from+pageSize, len(all))]
	if p.Agencies, err = s.agencyNames(r); err != nil {
		return err
	}
	return web.Render(w, r, "access/users", p)
}

func (s *Service) agencyNames(r *http.Request) (map[string]string, error) {
	out, _, err := web.Agencies(r.Context(), s.Dir)
	return out, err
}

func (s *Service) agencyOptions(r *http.Request) ([]web.Option, error) {
	_, out, err := web.Agencies(r.Context(), s.Dir)
	return out, err
}

func roleOptions(r *http.Request) []web.Option {
	var out []web.Option
	for _, role := range tenant.Roles() {
		out = append(out, web.Option{Value: role, Text: web.Text(r, "access.role."+role)})
	}
	return out
}

type matrixPage struct {
	web.Page
	Roles   []string
	Actions []string
	Holds   map[string]map[string]bool // action -> role -> held
}

func (s *Service) matrix(w http.ResponseWriter, r *http.Request) error {
	p := &matrixPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "access.matrix.title"), Lead: web.Text(r, "access.matrix.lead"),
		Crumbs: []web.Crumb{{Text: web.Text(r, "access.nav.users"), Path: "/pengguna"}}}, Roles: tenant.Roles()}
	p.Actions, p.Holds = s.Matrix()
	return web.Render(w, r, "access/matrix", p)
}

type userPage struct {
	web.Page
	User     User
	Grants   []Grant
	Sessions []Session
	Agencies []web.Option
	Names    map[string]string
	Roles    []web.Option
	Link     string
}

func (s *Service) newUser(w http.ResponseWriter, r *http.Request) error {
	return s.renderNew(w, r, nil)
}

func (s *Service) renderNew(w http.ResponseWriter, r *http.Request, failure error) error {
	p := &userPage{Page: web.Page{Area: "kelola", Title: web.Text(r, "access.new.title"), Lead: web.Text(r, "access.new.lead"),
		Crumbs: []web.Crumb{{Text: web.Text(r, "access.nav.users"), Path: "/pengguna"}}}, Roles: roleOptions(r)}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	var err error
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	return web.Render(w, r, "access/new", p)
}

func (s *Service) invite(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	u, err := userOf(r)
	if err != nil {
		return err
	}
	id, link, err := s.Invite(r.Context(), u, r.PostFormValue("role"), r.PostFormValue("scope"))
	if web.Correctable(err) {
		return s.renderNew(w, r, err)
	}
	if err != nil {
		return err
	}
	return s.renderUser(w, r, id, link, nil)
}

func userOf(r *http.Request) (u User, err error) {
	u = User{ID: r.PathValue("id"), Name: r.PostFormValue("name"), Email: r.PostFormValue("email"), Agency: r.PostFormValue("agency")}
	u.Rev, _ = strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	u.Until, err = web.ParseDay(r, r.PostFormValue("until"))
	return u, err
}

func (s *Service) userPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderUser(w, r, r.PathValue("id"), "", nil)
}

func (s *Service) renderUser(w http.ResponseWriter, r *http.Request, id, link string, failure error) error {
	ctx := r.Context()
	u, err := s.User(ctx, id)
	if err != nil {
		return err
	}
	p := &userPage{Page: web.Page{Area: "kelola", Title: u.Name, Lead: u.Email, Crumbs: []web.Crumb{{Text: web.Text(r, "access.nav.users"), Path: "/pengguna"}}},
		User: u, Link: link, Roles: roleOptions(r)}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
	}
	if p.Grants, err = s.Grants(ctx, id); err != nil {
		return err
	}
	if p.Sessions, err = s.Sessions(ctx, id); err != nil {
		return err
	}
	if p.Agencies, err = s.agencyOptions(r); err != nil {
		return err
	}
	if p.Names, err = s.agencyNames(r); err != nil {
		return err
	}
	return web.Render(w, r, "access/user", p)
}

// act runs a change on a user's page and comes back to it with a sentence, or with the form to correct.
func (s *Service) act(w http.ResponseWriter, r *http.Request, done string, change func() error) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	err := change()
	if web.Correctable(err) {
		return s.renderUser(w, r, r.PathValue("id"), "", err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M(done), "")
	return web.Redirect(w, r, "/pengguna/"+r.PathValue("id"))
}

func (s *Service) editUser(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.user.saved", func() error {
		u, err := userOf(r)
		if err != nil {
			return err
		}
		return s.Edit(r.Context(), u)
	})
}

func (s *Service) addGrant(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.user.granted", func() error {
		until, err := web.ParseDay(r, r.PostFormValue("grant_until"))
		if err != nil {
			return err
		}
		return s.Grant(r.Context(), Grant{UserID: r.PathValue("id"), Role: r.PostFormValue("role"), Agency: r.PostFormValue("scope"), Until: until})
	})
}

func (s *Service) revokeGrant(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.user.revoked", func() error {
		return s.Revoke(r.Context(), r.PathValue("id"), r.PathValue("grant"))
	})
}

func (s *Service) setActive(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.user.saved", func() error {
		u, err := userOf(r)
		if err != nil {
			return err
		}
		return s.SetActive(r.Context(), u.ID, u.Rev, r.PostFormValue("active") == "ya")
	})
}

func (s *Service) resetLink(w http.ResponseWriter, r *http.Request) error {
	link, err := s.ResetLink(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	return s.renderUser(w, r, r.PathValue("id"), link, nil)
}

func (s *Service) resetTOTP(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.user.totp_reset", func() error { return s.ResetTOTP(r.Context(), r.PathValue("id")) })
}

func (s *Service) endSession(w http.ResponseWriter, r *http.Request) error {
	return s.act(w, r, "access.account.session_done", func() error {
		return s.EndSession(r.Context(), r.PathValue("id"), r.PathValue("session"))
	})
}
