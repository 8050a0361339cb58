package access

import (
	"bytes"
	"context"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Line is one person of an import with what is wrong per field.
type Line struct {
	Row                       int // in the file, counted from 1
	Name, Email, Agency, Role string
	AgencyID                  string
	Known, Skip               bool
	Wrong                     map[string]errs.Msg
}

const mostPeople = 1000

// ReadPeople turns a table into lines: columns nama, surel, opd, peran, under the headings offices use.
func ReadPeople(t sheet.Table) ([]Line, error) {
	if len(t.Rows) < 2 || len(t.Rows) > mostPeople {
		return nil, errs.E(errs.Invalid, "access.error.import_rows", nil, "Most", mostPeople)
	}
	at := map[string]int{}
	for field, names := range map[string][]string{"name": {"nama", "name", "nama pegawai"}, "email": {"surel", "email", "e-mail"}, "agency": {"opd", "agency", "perangkat daerah", "kode opd"}, "role": {"peran", "role"}} {
		for i, h := range t.Rows[0] {
			if slices.Contains(names, strings.ToLower(h)) {
				at[field] = i
			}
		}
	}
	for _, field := range []string{"name", "email", "role"} {
		if _, ok := at[field]; !ok {
			return nil, errs.E(errs.Invalid, "access.error.import_column", nil, "Found", strings.Join(t.Rows[0], ", "))
		}
	}
	var out []Line
	for i, row := range t.Rows[1:] {
		cell := func(field string) string {
			if n, ok := at[field]; ok && n < len(row) {
				return row[n]
			}
			return ""
		}
		out = append(out, Line{Row: i + 2, Name: cell("name"), Email: cell("email"), Agency: cell("agency"), Role: cell("role")})
	}
	return out, nil
}

// roleOf reads a role as people write it in either language.
func roleOf(text string) string {
	text = strings.ToLower(strings.TrimSpace(text))
	for role, names := range map[string][]string{tenant.RoleAdmin: {"admin", "administrator"}, tenant.RoleCoordinator: {"koordinator", "coordinator", "tim evaluasi"}, tenant.RoleOperator: {"operator"},
		tenant.RoleHead: {"kepala", "kepala opd", "head"}, tenant.RoleAssessor: {"penilai", "assessor"}, tenant.RoleLeader: {"pimpinan", "leader"}, tenant.RoleInspector: {"inspektur", "inspektorat", "inspector"},
		tenant.RoleDesk: {"meja inovasi", "inovasi", "brida", "innovation desk"}, tenant.RoleStaff: {"pegawai", "pegawai opd", "asn", "staff"}} {
		if slices.Contains(names, text) {
			return role
		}
	}
	return text
}

// CheckPeople compares lines with the house and suggests the nearest agency for a name that is not quite right.
func (s *Service) CheckPeople(ctx context.Context, lines []Line) ([]Line, error) {
	agencies, err := s.Dir.Agencies(ctx)
	if err != nil {
		return nil, err
	}
	people, err := s.Users(ctx, "", "", "")
	if err != nil {
		return nil, err
	}
	seen := map[string]int{}
	for i := range lines {
		l := &lines[i]
		l.Wrong, l.Known, l.AgencyID = map[string]errs.Msg{}, false, ""
		if l.Skip {
			continue
		}
		l.Role = roleOf(l.Role)
		u := User{Name: l.Name, Email: l.Email}
		if err := checkUser(&u); err != nil {
			_, l.Wrong = errs.MsgOf(err)
		}
		l.Name, l.Email = u.Name, u.Email
		if first := seen[l.Email]; first > 0 {
			l.Wrong["email"] = errs.M("access.import.twice", "Row", first)
		}
		seen[l.Email] = l.Row
		l.Known = slices.ContainsFunc(people, func(u User) bool { return u.Email == l.Email })
		if !slices.Contains(tenant.Roles(), l.Role) {
			l.Wrong["role"] = errs.M("access.import.role", "Roles", "operator, kepala, koordinator, admin, penilai, pimpinan, inspektur")
		}
		l.place(agencies)
	}
	return lines, nil
}

func (l *Line) place(agencies []tenant.Agency) {
	want, near := strings.ToLower(l.Agency), ""
	for _, a := range agencies {
		if want != "" && (want == strings.ToLower(a.Name) || want == strings.ToLower(a.Short) || want == strings.ToLower(a.Code)) {
			l.AgencyID, l.Agency = a.ID, a.Name
			return
		}
		if want != "" && near == "" && strings.Contains(strings.ToLower(a.Name), want) {
			near = a.Name
		}
	}
	switch {
	case near != "":
		l.Wrong["agency"] = errs.M("access.import.near", "Name", near)
	case want != "":
		l.Wrong["agency"] = errs.M("access.import.agency")
	case tenant.OfAgency(l.Role):
		l.Wrong["agency"] = errs.M("access.error.scope")
	}
}

// ImportPeople invites everybody on the list, all or none; people who are here already are left as they are.
func (s *Service) ImportPeople(ctx context.Context, lines []Line) (int, error) {
	if err := allow(ctx); err != nil {
		return 0, err
	}
	lines, err := s.CheckPeople(ctx, lines)
	if err != nil {
		return 0, err
	}
	wrong := 0
	for _, l := range lines {
		if len(l.Wrong) > 0 {
			wrong++
		}
	}
	if wrong > 0 {
		return 0, errs.E(errs.Invalid, "access.error.import_wrong", nil, "N", wrong)
	}
	n := 0
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		n = 0
		for _, l := range lines {
			if l.Skip || l.Known {
				continue
			}
			n++
			if err := s.importPerson(ctx, tx, l); err != nil {
				return err
			}
		}
		return nil
	})
	return n, err
}

func (s *Service) importPerson(ctx context.Context, tx *db.Tx, l Line) error {
	u := User{ID: s.NewID(), Name: l.Name, Email: l.Email, Agency: l.AgencyID, Active: true, CreatedAt: s.Now().UnixMilli()}
	if err := s.insertUser(ctx, tx, u, ""); err != nil {
		return err
	}
	scope := ""
	if tenant.OfAgency(l.Role) {
		scope = l.AgencyID
	}
	if err := s.grant(ctx, tx, Grant{UserID: u.ID, Role: l.Role, Agency: scope}); err != nil {
		return err
	}
	_, err := s.newLink(ctx, tx, "invite", u, 7*24*time.Hour)
	return err
}

type peoplePage struct {
	web.Page
	Lines []Line
}

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderPeople(w, r, nil, nil)
}

func (s *Service) renderPeople(w http.ResponseWriter, r *http.Request, lines []Line, failure error) error {
	p := &peoplePage{Page: web.Page{Area: "kelola", Title: web.Text(r, "access.import"), Lead: web.Text(r, "access.import.lead"), Crumbs: []web.Crumb{{Text: web.Text(r, "access.nav.users"), Path: "/pengguna"}}}, Lines: lines}
	if lines != nil {
		p.Title = web.Text(r, "access.import.found", "N", len(lines))
	}
	if failure != nil {
		p.Form, p.Status = web.Form{Err: failure}, http.StatusUnprocessableEntity
	}
	return web.Render(w, r, "access/import", p)
}

func (s *Service) readImport(w http.ResponseWriter, r *http.Request) error {
	data, name, err := web.Upload(w, r, 4<<20, "access.error.import_file")
	var table sheet.Table
	if err == nil {
		table, err = sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{Rows: mostPeople + 1, Cols: 40})
	}
	var lines []Line
	if err == nil {
		lines, err = ReadPeople(table)
	}
	if err == nil {
		lines, err = s.CheckPeople(r.Context(), lines)
	}
	if web.Correctable(err) {
		return s.renderPeople(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return s.renderPeople(w, r, lines, nil)
}

func (s *Service) saveImport(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	f, lines := r.PostForm, []Line(nil)
	at := func(name string, i int) string {
		if i < len(f[name]) {
			return f[name][i]
		}
		return ""
	}
	for i, row := range f["row"][:min(len(f["row"]), mostPeople)] {
		n, _ := strconv.Atoi(row)
		lines = append(lines, Line{Row: n, Name: at("name", i), Email: at("email", i), Agency: at("agency", i), Role: at("role", i), Skip: slices.Contains(f["skip"], row)})
	}
	lines, err := s.CheckPeople(r.Context(), lines)
	if err != nil {
		return err
	}
	n, err := s.ImportPeople(r.Context(), lines)
	if web.Correctable(err) {
		return s.renderPeople(w, r, lines, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("access.import.done", "N", n), "")
	return web.Redirect(w, r, "/pengguna")
}
