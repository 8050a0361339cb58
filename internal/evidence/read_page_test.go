package evidence_test

import (
	"context"
	"io/fs"
	"log/slog"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/filetype"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/platform/jail"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// offices is a directory of two agencies.
type offices struct{ tenant.Directory }

// Agencies gives both.
func (offices) Agencies(context.Context) ([]tenant.Agency, error) {
	return []tenant.Agency{{ID: "hub", Code: "1", Name: "Dinas Perhubungan"}, {ID: "kes", Code: "2", Name: "Dinas Kesehatan"}}, nil
}

// look gives what a person sees at a path of the room.
func look(t *testing.T, s *evidence.Service, ctx context.Context, path string) (status int, body string) {
	t.Helper()
	views, err := web.NewViews()
	if err != nil {
		t.Fatal(err)
	}
	texts, m := i18n.New(), s.Module()
	for _, add := range []func() error{func() error { return texts.Add(web.Files) }, func() error { return texts.Add(m.Files) },
		func() error { return views.Add(m.Name, fs.FS(m.Files)) }} {
		if err := add(); err != nil {
			t.Fatal(err)
		}
	}
	server := &web.Server{Log: slog.New(slog.DiscardHandler), Texts: texts, Views: views, Now: noon, Zone: tenant.OneZone(time.UTC), Version: "uji",
		NavItems: m.Nav, Asset: func(name string) string { return "/aset/" + name },
		Who: func(*http.Request) (tenant.Actor, error) { return tenant.From(ctx), nil }}
	m.Routes(server.NewMux().For(m.Name))
	handler, err := server.Handler()
	if err != nil {
		t.Fatal(err)
	}
	w := httptest.NewRecorder()
	handler.ServeHTTP(w, httptest.NewRequest(http.MethodGet, path, nil))
	return w.Code, w.Body.String()
}

// TestATableThatExhaustsIsTriedOnce: a table made to take gigabytes is looked at by the first visit, marked, and by no other.
func TestATableThatExhaustsIsTriedOnce(t *testing.T) {
	t.Parallel()
	d := storetest.SQLite(t)
	s := library(t, d)
	s.Quota, s.MaxFile, s.Dir = 0, 64<<20, offices{}
	s.FileState = func(context.Context, string) (string, error) { return "", nil }
	i := add(t, s, operator(), "banyak.csv", strings.Repeat(";", 30<<20), nil)
	for visit := range 2 {
		status, body := look(t, s, operator(), "/bukti/"+i.ID)
		if status != http.StatusOK || !strings.Contains(body, "baca-lagi") || !strings.Contains(body, "Isi berkas tidak bisa dibaca") {
			t.Errorf("visit %d: %d, the page does not say that the file cannot be read", visit+1, status)
		}
	}
	if why, rows := failure(t, d, i.ID); why != string(jail.TooMuchMemory) || rows != 1 {
		t.Errorf("marked %q in %d rows", why, rows)
	}
	var marks int
	if err := d.QueryRow(t.Context(), `SELECT count(*) FROM audit_entry WHERE regency_id = 1 AND action = 'evidence.unreadable'`).Scan(&marks); err != nil || marks != 1 {
		t.Errorf("tried %d times, %v", marks, err)
	}
	sound := add(t, s, operator(), "baik.xlsx", string(hostile.XLSX(`<row r="1"><c r="A1" t="inlineStr"><is><t>Renstra Dishub</t></is></c></row>`, "")), nil)
	if status, body := look(t, s, operator(), "/bukti/"+sound.ID); status != http.StatusOK || !strings.Contains(body, "Renstra Dishub") {
		t.Errorf("a sound table is not shown: %d", status)
	}
}

// TestOldBooksAreShownAsTables: an Excel book of 1997 to 2003, also one that was kept before it could be read.
func TestOldBooksAreShownAsTables(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota, s.Dir = 0, offices{}
		s.FileState = func(context.Context, string) (string, error) { return "", nil }
		i := add(t, s, operator(), "aset.xls", string(hostile.OldTable("Gedung pendopo")), nil)
		if status, body := look(t, s, operator(), "/bukti/"+i.ID); status != http.StatusOK || !strings.Contains(body, "<td>Gedung pendopo</td>") {
			t.Errorf("not shown: %d", status)
		}
		brought, err := fs.ReadFile(s.Module().Files, "migrations/0005_old_books.sql")
		if err != nil {
			t.Fatal(err)
		}
		if err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if _, err := tx.Exec(`UPDATE evidence_item SET file_group = 'document' WHERE regency_id = 1 AND id = $1`, i.ID); err != nil {
				return err
			}
			_, err := tx.Exec(string(brought))
			return err
		}); err != nil {
			t.Fatal(err)
		}
		if now, err := s.Get(operator(), i.ID); err != nil || now.FileGroup != filetype.Sheet {
			t.Errorf("an older card stays %q %v", now.FileGroup, err)
		}
		locked := add(t, s, operator(), "kunci.xls", string(hostile.OldBook(hostile.Record(0x002F, make([]byte, 54)))), nil)
		if _, body := look(t, s, operator(), "/bukti/"+locked.ID); !strings.Contains(body, "terkunci kata sandi") {
			t.Error("a book behind a password is not named as one")
		}
	})
}
