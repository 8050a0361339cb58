package reuse

import (
	"bytes"
	"net/http"
	"net/url"
	"slices"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type linePage struct {
	web.Page
	ID        string // "" for a new line
	Line      Line
	Shown     shownLine
	Of        []web.Option
	Kinds     []string
	Strengths []web.Option
}

// Ticked reports whether a kind is chosen: as typed, else as it stands.
func (p *linePage) Ticked(kind string) bool {
	if p.Form.Values != nil {
		return slices.Contains(p.Form.Values["kinds"], kind)
	}
	return slices.Contains(p.Line.Kinds, kind)
}

// linePage shows the form of a new line, or of a known one (?id=).
func (s *Service) linePage(w http.ResponseWriter, r *http.Request) error {
	return s.renderLine(w, r, r.URL.Query().Get("id"), nil)
}

func (s *Service) renderLine(w http.ResponseWriter, r *http.Request, id string, failure error) error {
	p := &linePage{Page: web.Page{Area: area, Title: web.Text(r, "reuse.line.new"), Lead: web.Text(r, "reuse.line.lead"), Crumbs: append(crumbs(r), web.Crumb{Text: web.Text(r, "reuse.map.nav"), Path: mapHome})},
		ID: id, Kinds: Kinds(), Strengths: strengthOptions(r)}
	packs, err := s.Packs.List(r.Context())
	if err != nil {
		return err
	}
	if id != "" {
		if p.Line, err = s.Line(r.Context(), id); err != nil {
			return err
		}
		p.Shown = s.shown(r, packs, p.Line)
		p.Title = web.Text(r, "reuse.line.edit", "From", s.nameOf(r, packs, p.Line.From.Of)+" "+p.Line.From.Item, "To", s.nameOf(r, packs, p.Line.To.Of)+" "+p.Line.To.Item)
	}
	p.Of = s.instruments(r, packs)
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	return web.Render(w, r, "reuse/line", p)
}

// instruments lists what a line may speak of: the families first, then single instruments.
func (s *Service) instruments(r *http.Request, packs []*instrument.Pack) []web.Option {
	var out []web.Option
	for _, f := range s.shipped.Families {
		out = append(out, web.Option{Value: f.Of, Text: web.Text(r, "reuse.line.all_of", "Name", s.nameOf(r, packs, f.Of))})
	}
	for _, p := range packs {
		out = append(out, web.Option{Value: p.ID, Text: s.nameOf(r, packs, p.ID)})
	}
	return out
}

// saveLine adds a line or changes one.
func (s *Service) saveLine(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	id := r.PostFormValue("id")
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	l := Line{From: Ref{r.PostFormValue("from_of"), r.PostFormValue("from_item")}, To: Ref{r.PostFormValue("to_of"), r.PostFormValue("to_item")}, Kinds: r.PostForm["kinds"],
		Strength: r.PostFormValue("strength"), Why: instrument.Text{ID: r.PostFormValue("why_id"), EN: r.PostFormValue("why_en")}, Rev: rev}
	saved, err := s.Save(r.Context(), id, l)
	if web.Correctable(err) {
		return s.renderLine(w, r, id, err)
	}
	if err != nil {
		return err
	}
	key := "reuse.line.added"
	if id != "" {
		key = "reuse.line.saved"
	}
	web.SetFlash(w, "good", errs.M(key), "")
	return web.Redirect(w, r, mapHome+"?"+url.Values{"q": {lineQuery(saved)}}.Encode())
}

// lineQuery finds a line again on the page of the mapping.
func lineQuery(id string) string {
	for i, c := range id {
		if c == '~' {
			return id[:i] + " " + id[i+1:]
		}
	}
	return id
}

const mostUpload = 2 << 20

// importMap reads a table and writes it whole, or shows what is wrong line by line.
func (s *Service) importMap(w http.ResponseWriter, r *http.Request) error {
	data, name, err := web.Upload(w, r, mostUpload, "reuse.error.table_file")
	var rows []Row
	if err == nil {
		rows, err = rowsOf(data, name)
	}
	if web.Correctable(err) {
		return s.renderMap(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	added, changed, checked, err := s.Import(r.Context(), rows)
	if web.Correctable(err) {
		return s.renderMap(w, r, slices.DeleteFunc(checked, func(x Row) bool { return len(x.Wrong) == 0 }), err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("reuse.map.imported", "Added", added, "Changed", changed), "")
	return web.Redirect(w, r, mapHome)
}

func rowsOf(data []byte, name string) ([]Row, error) {
	t, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{Rows: 2000, Cols: 40})
	if err != nil {
		return nil, err
	}
	return ReadTable(t)
}
