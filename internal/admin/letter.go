package admin

import (
	"context"
	"encoding/base64"
	"errors"
	"fmt"
	"net/http"
	"strconv"
	"strings"

	"rsc.io/qr"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/keys"
	"github.com/pendapa/pendapa/internal/platform/trail"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

// dots is how many points of the picture one square of the code is wide, so that paper keeps it sharp.
const dots = 8

func (s *Service) letterRoutes(mux *web.Mux) {
	mux.Handle("POST /audit/surat", Trail, s.askLetter)
	mux.Handle("GET /audit/surat/{size}", Trail, s.letter)
}

// Letter signs the trail as it stands and notes in the trail that somebody carries this away. It gives how many entries
// the letter speaks of.
func (s *Service) Letter(ctx context.Context) (size int64, err error) {
	a := tenant.From(ctx)
	if !a.Can(Trail, "") {
		return 0, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	if err := s.Audit.Checkpoint(ctx, a.Regency); err != nil {
		return 0, err
	}
	c, _, ok, err := s.Audit.Newest(ctx, a.Regency)
	if err != nil {
		return 0, err
	}
	if !ok {
		return 0, noLetter(0)
	}
	return c.Size, s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "admin.audit.letter", Object: "audit_checkpoint",
			ObjectID: strconv.FormatInt(c.Size, 10), After: map[string]any{"size": c.Size, "root": c.Root.String()}})
	})
}

func noLetter(size int64) error {
	return errs.E(errs.NotFound, "admin.error.letter", errors.New("no checkpoint of "+strconv.FormatInt(size, 10)+" entries"))
}

func (s *Service) askLetter(w http.ResponseWriter, r *http.Request) error {
	size, err := s.Letter(r.Context())
	if err != nil {
		return err
	}
	return web.Redirect(w, r, "/audit/surat/"+strconv.FormatInt(size, 10))
}

type letterPage struct {
	web.Page
	C           trail.Checkpoint
	At          int64
	Fingerprint string
	Lines       string // the three lines that suffice when they are typed
	Signature   string // the lines below them
	Code        string // the whole note as a QR code, a data: address
}

// letter is the sheet of one checkpoint that was signed before, to print, date and sign by hand.
func (s *Service) letter(w http.ResponseWriter, r *http.Request) error {
	size, err := strconv.ParseInt(r.PathValue("size"), 10, 64)
	if err != nil {
		return noLetter(0)
	}
	c, at, ok, err := s.Audit.CheckpointOf(r.Context(), tenant.From(r.Context()).Regency, size)
	if err != nil {
		return err
	}
	if !ok {
		return noLetter(size)
	}
	p := &letterPage{Page: web.Page{Area: "kelola", Layout: "print"}, C: c, At: at.UnixMilli(),
		Fingerprint: keys.Fingerprint(s.Audit.Public())}
	p.Lines, p.Signature, _ = strings.Cut(c.Text, "\n\n")
	if p.Code, err = drawn(c.Text); err != nil {
		return err
	}
	p.Title = p.title(r)
	p.Lead = web.Text(r, "admin.letter.lead")
	return web.Render(w, r, "admin/letter", p)
}

func (p *letterPage) title(r *http.Request) string {
	return web.Text(r, "admin.letter.title", "N", p.C.Size)
}

// drawn makes the picture of a text; what a phone reads is the text, byte for byte.
func drawn(text string) (string, error) {
	code, err := qr.Encode(text, qr.M)
	if err != nil {
		return "", fmt.Errorf("the code of the letter: %w", err)
	}
	code.Scale = dots
	return "data:image/png;base64," + base64.StdEncoding.EncodeToString(code.PNG()), nil
}
