package evidence_test

import (
	"bytes"
	"context"
	"fmt"
	"image/jpeg"
	"net/http"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// waiting gives the cards whose small picture is asked for, and forgets the jobs.
func waiting(t *testing.T, d *db.DB) (ids []string) {
	t.Helper()
	rows, err := d.Query(t.Context(), `SELECT args FROM jobs_job WHERE regency_id = 1 AND kind = 'evidence.look'`)
	if err != nil {
		t.Fatal(err)
	}
	defer rows.Close()
	for rows.Next() {
		var args string
		if err := rows.Scan(&args); err != nil {
			t.Fatal(err)
		}
		ids = append(ids, strings.TrimSuffix(strings.TrimPrefix(args, `{"id":"`), `"}`))
	}
	if err := rows.Err(); err != nil {
		t.Fatal(err)
	}
	if err := d.Tx(t.Context(), func(tx *db.Tx) error {
		_, err := tx.Exec(`DELETE FROM jobs_job WHERE regency_id = 1 AND kind = 'evidence.look'`)
		return err
	}); err != nil {
		t.Fatal(err)
	}
	return ids
}

func work(t *testing.T, s *evidence.Service, kind, id string) {
	t.Helper()
	ctx := tenant.With(context.Background(), tenant.SystemOf(1, "job"))
	if err := s.Module().Jobs[kind](ctx, jobs.Job{Regency: 1, Args: fmt.Appendf(nil, `{"id":%q}`, id)}); err != nil {
		t.Fatalf("%s: %v", kind, err)
	}
}

func shelf(t *testing.T, d *db.DB) *evidence.Service {
	s := library(t, d)
	s.Quota, s.Dir = 0, offices{}
	s.FileState = func(context.Context, string) (string, error) { return "", nil }
	return s
}

// TestSmallPictures: made once after the reading, shown with its size to whoever sees the file and to nobody else.
func TestSmallPictures(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := shelf(t, d)
		all := map[string][]byte{"rapat.pdf": hostile.ManyPages(3, "Rapat"), "foto.jpg": hostile.Picture("jpeg", 400, 300)}
		for name, data := range all {
			i := add(t, s, operator(), name, string(data), func(i *evidence.Item) { i.Confidentiality = "restricted" })
			path := "/bukti/" + i.ID
			if _, body := look(t, s, operator(), path); strings.Contains(body, "/kecil") {
				t.Errorf("%s: shown before it is made", name)
			}
			if status, _ := look(t, s, operator(), path+"/kecil"); status != http.StatusNotFound {
				t.Errorf("%s: %d before it is made", name, status)
			}
			if err := readNow(s, i.ID); err != nil {
				t.Fatal(err)
			}
			if ids := waiting(t, d); len(ids) != 1 || ids[0] != i.ID {
				t.Fatalf("%s: asked for %v", name, ids)
			}
			work(t, s, "evidence.look", i.ID)
			status, body := look(t, s, operator(), path+"/kecil")
			seen, err := jpeg.DecodeConfig(strings.NewReader(body))
			if status != http.StatusOK || err != nil || max(seen.Width, seen.Height) > 240 || len(body) > 100<<10 {
				t.Fatalf("%s: %d, %+v, %d bytes, %v", name, status, seen, len(body), err)
			}
			_, body = look(t, s, operator(), path)
			want := fmt.Sprintf(`src="%s/kecil" width="%d" height="%d" alt="`, path, seen.Width, seen.Height)
			if !strings.Contains(strings.Join(strings.Fields(body), " "), want) {
				t.Errorf("%s: the card does not show %s", name, want)
			}
			if name == "rapat.pdf" && !strings.Contains(body, "<dd>3</dd>") {
				t.Error("the card does not count the pages")
			}
			if status, _ := look(t, s, other(), path+"/kecil"); status != http.StatusNotFound {
				t.Errorf("%s: another agency got %d", name, status)
			}
		}
		if n := stored(t, s); n != 2 {
			t.Errorf("%d files lie where the backups look", n)
		}
	})
}

// TestSmallPicturesComeBack: what was lost or rotted is asked for again, what shows nothing is not, what no card
// names goes.
func TestSmallPicturesComeBack(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := shelf(t, d)
		made := func() (paths []string) {
			if err := s.Looks.Each(func(hash string, _ int64) error {
				paths = append(paths, filepath.Join(s.Looks.Dir(), hash[:2], hash[2:]))
				return nil
			}); err != nil {
				t.Fatal(err)
			}
			return paths
		}
		i := add(t, s, operator(), "foto.png", string(hostile.Picture("png", 40, 30)), nil)
		if err := readNow(s, i.ID); err != nil {
			t.Fatal(err)
		}
		for name, harm := range map[string]func(path string) error{"lost": os.Remove,
			"rotten": func(path string) error { return os.WriteFile(path, []byte("x"), 0o600) }} {
			waiting(t, d)
			work(t, s, "evidence.look", i.ID)
			work(t, s, "evidence.looks", "")
			if ids := waiting(t, d); len(ids) != 0 || len(made()) != 1 {
				t.Fatalf("%s: asked for %v although it is there", name, ids)
			}
			if err := harm(made()[0]); err != nil {
				t.Fatal(err)
			}
			work(t, s, "evidence.looks", "")
			if ids := waiting(t, d); len(ids) != 1 {
				t.Errorf("%s: asked for %v", name, ids)
			}
		}
		work(t, s, "evidence.look", i.ID)
		path := made()[0]
		if err := s.Delete(operator(), i.ID); err != nil {
			t.Fatal(err)
		}
		work(t, s, "evidence.looks", "")
		if len(made()) != 1 {
			t.Error("removed while an upload of the same picture might name it")
		}
		then := noon().Add(-25 * time.Hour)
		if err := os.Chtimes(path, then, then); err != nil {
			t.Fatal(err)
		}
		work(t, s, "evidence.looks", "")
		if len(made()) != 0 {
			t.Error("the picture of a deleted file stays")
		}
	})
}

// TestAFileThatShowsNothingIsNotTriedAgain: its head is sound, its picture is not.
func TestAFileThatShowsNothingIsNotTriedAgain(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := shelf(t, d)
		whole := hostile.Picture("png", 400, 300)
		i := add(t, s, operator(), "potong.png", string(bytes.Clone(whole[:60])), nil)
		if err := readNow(s, i.ID); err != nil {
			t.Fatal(err)
		}
		if ids := waiting(t, d); len(ids) != 1 {
			t.Fatalf("asked for %v", ids)
		}
		work(t, s, "evidence.look", i.ID)
		work(t, s, "evidence.looks", "")
		if ids := waiting(t, d); len(ids) != 0 {
			t.Errorf("asked again for %v", ids)
		}
		if status, _ := look(t, s, operator(), "/bukti/"+i.ID+"/kecil"); status != http.StatusNotFound {
			t.Errorf("%d", status)
		}
		if _, err := s.Get(operator(), i.ID); errs.Is(err, errs.NotFound) {
			t.Error("the file went")
		}
	})
}
