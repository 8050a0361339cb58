package evidence

import (
	"context"
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

type use struct {
	Title, Path string
	Round       string
	Sealed      bool
	Released    bool // to the assessors of its round
}

type itemPage struct {
	web.Page
	Item      Item
	Names     map[string]string
	Uses      []use
	FileState string // what is wrong with the file, "" nothing
	Old       *Item  // what this one supersedes
	Rows      [][]string
	Cut       bool
	Reading   Reading
	Small     bool     // a small picture of the file is there
	Unread    errs.Msg // why the file could not be read; without a key when it could
	History   []audit.Row
	MayWrite  bool
	MayDecide bool
	Proposal  *Version // a change of the accepted card that waits or was returned
	Proposer  string
	Diff      []diff
	Broken    bool // no longer what was accepted
	Reader    bool // staff, not an assessor: sees uses and history
}

func crumbs(r *http.Request) []web.Crumb {
	return []web.Crumb{{Text: web.Text(r, "evidence.nav"), Path: "/bukti"}}
}

func (s *Service) page(w http.ResponseWriter, r *http.Request) error { return s.renderItem(w, r, nil) }

func (s *Service) renderItem(w http.ResponseWriter, r *http.Request, failure error) error {
	ctx, a := r.Context(), tenant.From(r.Context())
	i, err := s.Get(ctx, r.PathValue("id"))
	if err != nil {
		return err
	}
	p := &itemPage{Page: web.Page{Area: "bukti", Title: i.Title}, Item: i, Reader: a.Can(Read, "")}
	if p.Reader {
		p.Crumbs = crumbs(r)
	}
	if failure != nil {
		p.Form, p.Status = web.FormOf(r, failure), http.StatusUnprocessableEntity
		if errs.Is(failure, errs.Conflict) {
			p.Status = http.StatusConflict
		}
	}
	p.MayWrite = mayWrite(ctx, i.Agency)
	author, err := s.store.author(ctx, s.DB, a.Regency, i)
	if err != nil {
		return err
	}
	p.MayDecide = mayDecideOn(ctx, i, author)
	if p.Names, _, err = web.Agencies(r.Context(), s.Dir); err != nil {
		return err
	}
	if err := s.fillDecision(r, p); err != nil {
		return err
	}
	if err := s.fillItem(r, p); err != nil {
		return err
	}
	return web.Render(w, r, "evidence/item", p)
}

func (s *Service) fillItem(r *http.Request, p *itemPage) error {
	ctx := r.Context()
	if p.Item.HasFile() {
		var err error
		if p.FileState, err = s.FileState(ctx, p.Item.FileHash); err != nil {
			return err
		}
	}
	if err := s.fillReading(ctx, p); err != nil {
		return err
	}
	if !p.Reader {
		return nil
	}
	places, err := s.Uses(ctx, p.Item.ID)
	if err != nil {
		return err
	}
	for _, at := range places {
		u, err := s.use(ctx, at)
		if err != nil {
			return err
		}
		p.Uses = append(p.Uses, u)
	}
	if err := s.fillReleased(r, p); err != nil {
		return err
	}
	if p.Item.Supersedes != "" {
		if old, err := s.Get(ctx, p.Item.Supersedes); err == nil {
			p.Old = &old
		}
	}
	p.History, _, err = s.Audit.List(ctx, tenant.From(ctx).Regency, audit.Filter{Object: "evidence_item", ObjectID: p.Item.ID}, 30, 0)
	return err
}

// use names a place of a proof; one whose kind no room owns any more keeps its code.
func (s *Service) use(ctx context.Context, p proof.Place) (u use, err error) {
	u.Title = p.Spot.String()
	if p.Kind == proof.Round {
		u.Round = p.ID
	}
	holder, err := s.holder(p.Thing)
	if err != nil {
		return u, nil //nolint:nilerr // it still is a use
	}
	u.Title, u.Path, err = holder.Name(ctx, p)
	return u, err
}

const previewRows, previewCells = 200, 200 * 40

// fillReading says how the file was read and shows the first rows of a table. A file that could not be read is not tried again
// by a visit; it can still be downloaded.
func (s *Service) fillReading(ctx context.Context, p *itemPage) (err error) {
	if p.Reading, err = s.store.reading(ctx, tenant.From(ctx).Regency, p.Item.ID); err != nil {
		return err
	}
	if p.Item.FileGroup == "sheet" && p.FileState == "" && p.Reading.Failure == "" {
		p.Reading.Failure = string(s.preview(p))
		if jail.Final(jail.Reason(p.Reading.Failure)) {
			if err := s.unreadable(ctx, p.Item, jail.Reason(p.Reading.Failure)); err != nil {
				return err
			}
		}
	}
	p.Small = p.FileState == "" && s.ready(p.Reading.Look)
	if jail.Final(jail.Reason(p.Reading.Failure)) {
		p.Unread = errs.M(failureText(p.Reading.Failure))
	}
	return nil
}

// preview gives the first rows of a table and why it could not be read. A table is read once: its content never changes.
func (s *Service) preview(p *itemPage) jail.Reason {
	rows, why := s.shown.rows(p.Item.FileHash, func() ([][]string, jail.Reason) { return s.readPreview(p.Item) })
	p.Rows, p.Cut = rows, len(rows) >= previewRows
	return why
}

func (s *Service) readPreview(i Item) ([][]string, jail.Reason) {
	f, err := s.Blobs.Open(i.FileHash)
	if err != nil {
		return nil, ""
	}
	defer f.Close()
	limits := sheet.Limits{Rows: previewRows, Cols: 40, Cells: previewCells, Cut: true}
	t, err := sheet.Read(f, i.FileSize, i.FileName, limits)
	return t.Rows, jail.Why(err)
}

// readAgain is pressed by a person who thinks that the file can be read after all.
func (s *Service) readAgain(w http.ResponseWriter, r *http.Request) error {
	id := r.PathValue("id")
	if err := s.ReadAgain(r.Context(), id); err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evidence.done.read_again"), "")
	return web.Redirect(w, r, "/bukti/"+id)
}

// raw gives the bytes. Only PDF and pictures may be shown inside a page; everything else is a download, and no answer of
// this address may run anything in the browser.
func (s *Service) raw(w http.ResponseWriter, r *http.Request) error {
	i, err := s.Get(r.Context(), r.PathValue("id"))
	if err != nil {
		return err
	}
	if !i.HasFile() {
		return errs.E(errs.NotFound, "evidence.error.no_file", nil)
	}
	f, err := s.Blobs.Open(i.FileHash)
	if err != nil {
		return err
	}
	defer f.Close()
	h, how, policy := w.Header(), "attachment", "default-src 'none'; sandbox; frame-ancestors 'none'"
	if r.URL.Query().Get("unduh") == "" {
		switch i.FileGroup {
		case "pdf": // a sandbox would stop the browser's own reader
			how, policy = "inline", "default-src 'none'; object-src 'self'; base-uri 'none'; frame-ancestors 'self'"
		case "image":
			how, policy = "inline", "default-src 'none'; sandbox; frame-ancestors 'self'"
		}
	}
	h.Set("Content-Type", i.FileType)
	h.Set("Content-Disposition", how+"; filename*=UTF-8''"+escapeName(i.FileName))
	h.Set("Content-Security-Policy", policy)
	h.Set("Cross-Origin-Resource-Policy", "same-origin")
	h.Set("Cache-Control", "private, max-age=300")
	h.Set("ETag", `"`+i.FileHash+`"`)
	info, err := f.Stat()
	if err != nil {
		return err
	}
	http.ServeContent(w, r, "", info.ModTime(), f)
	return nil
}

// escapeName writes a file name for Content-Disposition (RFC 8187).
func escapeName(name string) string {
	var b strings.Builder
	for _, c := range []byte(name) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 {
			b.WriteByte(c)
			continue
		}
		const hexa = "0123456789ABCDEF"
		b.WriteString("%" + string(hexa[c>>4]) + string(hexa[c&15]))
	}
	return b.String()
}

func (s *Service) decide(w http.ResponseWriter, r *http.Request) error {
	if err := web.ParseForm(w, r); err != nil {
		return err
	}
	rev, _ := strconv.ParseInt(r.PostFormValue("rev"), 10, 64)
	state := r.PostFormValue("state")
	err := s.Decide(r.Context(), r.PathValue("id"), state, r.PostFormValue("reason"), rev)
	if web.Correctable(err) {
		return s.renderItem(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evidence.done."+state), "")
	return web.Redirect(w, r, web.Back(r.PostFormValue("kembali"), "/bukti/"+r.PathValue("id")))
}

func (s *Service) remove(w http.ResponseWriter, r *http.Request) error {
	err := s.Delete(r.Context(), r.PathValue("id"))
	if web.Correctable(err) {
		return s.renderItem(w, r, err)
	}
	if err != nil {
		return err
	}
	web.SetFlash(w, "good", errs.M("evidence.done.delete"), "")
	return web.Redirect(w, r, "/bukti")
}
