package innovation

import (
	"bytes"
	"errors"
	"net/http"
	"path"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
)

// Bounds of what people send: a file, and the form that carries it on.
const (
	mostUpload = 16 << 20
	mostForm   = 40 << 20
)

func (s *Service) importPage(w http.ResponseWriter, r *http.Request) error {
	return s.renderImport(w, r, nil, nil)
}

// readImport reads an uploaded list and shows what was understood; nothing is written.
func (s *Service) readImport(w http.ResponseWriter, r *http.Request) error {
	data, name, err := web.Upload(w, r, mostUpload, "innovation.import.error.file")
	var plan Plan
	if err == nil {
		plan, err = s.planOf(r, data, name)
	}
	if web.Correctable(err) {
		return s.renderImport(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return s.renderImport(w, r, &plan, nil)
}

func (s *Service) planOf(r *http.Request, data []byte, name string) (Plan, error) {
	name = path.Base(strings.ReplaceAll(name, `\`, "/"))
	if runes := []rune(name); len(runes) > 100 {
		name = string(runes[:100])
	}
	table, err := sheet.Read(bytes.NewReader(data), int64(len(data)), name, sheet.Limits{Rows: mostImport + headingIn, Cols: mostColumns, Cells: (mostImport + headingIn) * mostColumns})
	if err != nil {
		return Plan{}, err
	}
	return s.ReadImport(r.Context(), table, name)
}

// corrected reads the plan that a form carries with what was corrected in it.
func (s *Service) corrected(w http.ResponseWriter, r *http.Request) (Plan, error) {
	r.Body = http.MaxBytesReader(w, r.Body, mostForm)
	if err := r.ParseForm(); err != nil {
		if tooLarge := (*http.MaxBytesError)(nil); errors.As(err, &tooLarge) {
			return Plan{}, err
		}
		return Plan{}, errs.E(errs.Invalid, "web.error.form", err)
	}
	p, err := unpackPlan(r.PostForm.Get("plan"))
	if err != nil {
		return p, err
	}
	p.correct(r.PostForm)
	if p, err = s.CheckImport(r.Context(), p); err != nil || r.PostForm.Get("fix") != "all" {
		return p, err
	}
	p.fixAll()
	return s.CheckImport(r.Context(), p)
}

// checkImport shows the plan again with what was corrected.
func (s *Service) checkImport(w http.ResponseWriter, r *http.Request) error {
	p, err := s.corrected(w, r)
	if web.Correctable(err) {
		return s.renderImport(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	return s.renderImport(w, r, &p, nil)
}

// saveImport writes all lines, or none and shows what is wrong.
func (s *Service) saveImport(w http.ResponseWriter, r *http.Request) error {
	p, err := s.corrected(w, r)
	if web.Correctable(err) {
		return s.renderImport(w, r, nil, err)
	}
	if err != nil {
		return err
	}
	n, err := s.Import(r.Context(), p, web.Text(r, "innovation.import.note", "File", p.Name))
	if web.Correctable(err) {
		return s.renderImport(w, r, &p, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("innovation.import.done", "N", n), "")
	return web.Redirect(w, r, "/inovasi?tampil=daftar")
}

// importForm is an empty file with the headings that are recognised, and what each of them wants.
func (s *Service) importForm(w http.ResponseWriter, r *http.Request) error {
	if err := mayImport(r.Context()); err != nil {
		return err
	}
	words := exportWords{r: r, s: s}
	var head []string
	var about [][]any
	for _, f := range Fields() {
		if f.As == asShown {
			continue
		}
		head = append(head, f.Heading(words.lang()))
		about = append(about, []any{f.Heading(words.lang()), web.Text(r, "innovation.import.wants."+f.As), strings.Join(words.choices(f), "; ")})
	}
	b := sheet.NewXLSX()
	if err := b.Sheet(web.Text(r, "innovation.export.sheet"), head, nil); err != nil {
		return err
	}
	if err := b.Sheet(web.Text(r, "innovation.export.about"), []string{web.Text(r, "innovation.import.column"), web.Text(r, "innovation.import.wanted"), web.Text(r, "innovation.import.choices")}, about); err != nil {
		return err
	}
	attach(w, xlsx, "contoh-impor-inovasi.xlsx")
	_, err := b.WriteTo(w)
	return err
}

func itoa2(a, b int) string { return strconv.Itoa(a) + "." + strconv.Itoa(b) }
