package evidence_test

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime/multipart"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"testing/iotest"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
)

func sweep(t *testing.T, s *evidence.Service) {
	t.Helper()
	if err := s.Module().Jobs["evidence.sweep"](context.Background(), jobs.Job{}); err != nil {
		t.Error(err)
	}
}

func age(t *testing.T, s *evidence.Service, hash string, days int) {
	t.Helper()
	at := noon().AddDate(0, 0, -days)
	if err := os.Chtimes(filepath.Join(s.Blobs.Dir(), hash[:2], hash[2:]), at, at); err != nil {
		t.Fatal(err)
	}
}

// atEnd calls f once when the last byte has been read.
type atEnd struct {
	io.Reader
	f func()
}

func (a *atEnd) Read(p []byte) (int, error) {
	n, err := a.Reader.Read(p)
	if err == io.EOF && a.f != nil {
		a.f()
		a.f = nil
	}
	return n, err
}

// TestASweepNeverTakesAClaimedFile is the race in which an answered upload lost its file: the card was removed, the file is
// old enough to be swept, and the same file comes again while the sweep runs.
func TestASweepNeverTakesAClaimedFile(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		for name, sweepWhileReading := range map[string]bool{"while it comes in": true, "before its card": false} {
			s := library(t, d)
			body := "isi yang sama, " + name
			first := add(t, s, operator(), "Laporan.txt", body, nil)
			if err := s.Delete(operator(), first.ID); err != nil {
				t.Fatal(err)
			}
			age(t, s, first.FileHash, 2)
			in := &atEnd{Reader: strings.NewReader(body)}
			if sweepWhileReading {
				in.f = func() { sweep(t, s) }
			}
			i, err := s.Keep(operator(), "Laporan.txt", in)
			if err != nil {
				t.Fatal(err)
			}
			age(t, s, i.FileHash, 2)
			sweep(t, s)
			i.Title, i.Kind, i.Confidentiality, i.Agency = "Laporan", "report", "internal", "hub"
			if i, _, err = s.Add(operator(), i, ""); err != nil {
				t.Fatalf("%s: %v", name, err)
			}
			age(t, s, i.FileHash, 2)
			if sweep(t, s); !s.Blobs.Has(i.FileHash) {
				t.Errorf("%s: the file of an answered upload is gone", name)
			}
			if err := s.Delete(operator(), i.ID); err != nil {
				t.Fatal(err)
			}
			if sweep(t, s); s.Blobs.Has(i.FileHash) {
				t.Errorf("%s: a file that nothing names was kept for ever", name)
			}
		}
	})
}

func TestAClaimThatNobodyUsesEnds(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		i, err := s.Keep(operator(), "Batal.txt", strings.NewReader("dibatalkan"))
		if err != nil {
			t.Fatal(err)
		}
		age(t, s, i.FileHash, 2)
		if sweep(t, s); !s.Blobs.Has(i.FileHash) {
			t.Error("swept although claimed")
		}
		s.Now = func() time.Time { return noon().Add(25 * time.Hour) }
		if sweep(t, s); s.Blobs.Has(i.FileHash) {
			t.Error("kept although the claim ended")
		}
		if rows := entries(t, s, "evidence_claim", "evidence.claim.end"); len(rows) != 1 || !strings.Contains(rows[0].Before, i.FileHash) {
			t.Errorf("the trail does not say that the claim ended: %+v", rows)
		}
		i.Title, i.Kind, i.Confidentiality, i.Agency = "Batal", "report", "internal", "hub"
		if _, _, err := s.Add(operator(), i, ""); !errs.Is(err, errs.Conflict) {
			t.Errorf("a card without its file: %v", err)
		}
	})
}

func TestTheSameFileAtTheSameMomentIsOneCard(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 0
		ids := make([]string, 8)
		var all sync.WaitGroup
		for n := range ids {
			all.Go(func() {
				i, err := s.Keep(operator(), "Sama.txt", strings.NewReader("berkas yang sama"))
				if err != nil {
					t.Error(err)
					return
				}
				i.Title, i.Kind, i.Confidentiality, i.Agency = "Sama", "report", "internal", "hub"
				if i, _, err = s.Add(operator(), i, ""); err != nil {
					t.Error(err)
				}
				ids[n] = i.ID
			})
		}
		all.Wait()
		for _, one := range ids {
			if one != ids[0] {
				t.Errorf("several cards: %v", ids)
				break
			}
		}
		if _, n, err := s.List(operator(), evidence.Filter{}, 10, 0); err != nil || n != 1 {
			t.Errorf("%d cards %v, want one", n, err)
		}
	})
}

// upload sends files as a form does; announced says whether its size is known before.
func upload(s *evidence.Service, ctx context.Context, announced, settled bool, files map[string]string) error {
	var b bytes.Buffer
	m := multipart.NewWriter(&b)
	for name, body := range files {
		if w, err := m.CreateFormFile("files", name); err == nil {
			_, _ = io.WriteString(w, body)
		}
	}
	_ = m.Close()
	r := httptest.NewRequestWithContext(ctx, "POST", "/bukti", &b)
	if !announced {
		r.ContentLength = -1
	}
	r.Header.Set("Content-Type", m.FormDataContentType())
	return s.Receive(httptest.NewRecorder(), r, settled)
}

// TestAnUploadThatIsCutOffIsNoFaultOfTheHouse: wherever the body ends, the sender is told in words and nothing stays.
func TestAnUploadThatIsCutOffIsNoFaultOfTheHouse(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		const whole = "--x\r\nContent-Disposition: form-data; name=\"title\"\r\n\r\nJudul\r\n" +
			"--x\r\nContent-Disposition: form-data; name=\"files\"; filename=\"a.txt\"\r\n\r\nisi berkas"
		for _, at := range []int{60, 120, len(whole)} {
			body := io.MultiReader(strings.NewReader(whole[:at]), iotest.ErrReader(io.ErrUnexpectedEOF))
			r := httptest.NewRequestWithContext(operator(), "POST", "/bukti", body)
			r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
			err := s.Receive(httptest.NewRecorder(), r, true)
			if key, _ := errs.KeyOf(err); key != "web.error.cut" || errs.KindOf(err) != errs.Invalid {
				t.Errorf("cut off at %d: %v", at, err)
			}
		}
		if err := s.Blobs.Each(func(string, int64) error { return errors.New("a file stayed") }); err != nil {
			t.Error(err)
		}
	})
}

func TestRefusedUploadsLeaveNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.Quota = 4 << 20
		kept := add(t, s, operator(), "Lama.txt", "sudah ada", nil)
		gone, cancel := context.WithCancel(operator())
		cancel()
		for name, c := range map[string]struct {
			ctx   context.Context
			files map[string]string
		}{
			"no archive":         {operator(), map[string]string{"a.zip": "PK\x03\x04bukan arsip"}},
			"one bad of three":   {operator(), map[string]string{"a.txt": "satu", "b.txt": "dua", "c.exe": "MZ"}},
			"too big":            {operator(), map[string]string{"a.txt": strings.Repeat("x", 1<<20+1)}},
			"only then refused":  {operator(), map[string]string{"a.txt": "tanpa kartu"}},
			"a file it has":      {operator(), map[string]string{"a.txt": "sudah ada"}},
			"the sender is gone": {gone, map[string]string{"a.txt": "terputus"}},
		} {
			_ = upload(s, c.ctx, true, true, c.files)
			left := 0
			if err := s.Blobs.Each(func(string, int64) error { left++; return nil }); err != nil {
				t.Fatal(err)
			}
			if left != 1 || !s.Blobs.Has(kept.FileHash) {
				t.Errorf("%s: %d files on the disk, want only that of the card", name, left)
			}
		}
		if used, _, err := s.Usage(operator(), "hub"); err != nil || used != kept.FileSize {
			t.Errorf("refused uploads took %d bytes of the quota, want %d: %v", used, kept.FileSize, err)
		}
	})
}

func TestUploadsThatComeInShareTheQuota(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		s.MaxFile, s.Quota = 8<<20, 4<<20
		body := strings.Repeat("x", 3<<20)
		if err := upload(s, operator(), true, false, map[string]string{"a.txt": body}); err != nil {
			t.Fatal(err)
		}
		for _, announced := range []bool{true, false} {
			if err := upload(s, operator(), announced, true, map[string]string{"b.txt": body + "y"}); err == nil {
				t.Errorf("announced %v: a second upload took room that the first one holds", announced)
			}
		}
		if err := upload(s, other(), true, true, map[string]string{"c.txt": body + "z"}); err != nil {
			t.Errorf("another agency: %v", err)
		}
		s.Now = func() time.Time { return noon().Add(25 * time.Hour) }
		if err := upload(s, operator(), true, true, map[string]string{"d.txt": body + "w"}); err != nil {
			t.Errorf("after the first claim ended: %v", err)
		}
	})
}

// TestAnUploadOfSeveralFilesIsOneChange: all proofs are there or none, or a server that ends in between leaves some of them
// and the upload counts as done.
func TestAnUploadOfSeveralFilesIsOneChange(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s := library(t, d)
		var cards []evidence.Item
		for _, name := range []string{"Satu", "Dua", "Tiga"} {
			i, err := s.Keep(operator(), name+".txt", strings.NewReader("isi "+name))
			if err != nil {
				t.Fatal(err)
			}
			i.Title, i.Kind, i.Confidentiality, i.Agency = name, "report", "internal", "hub"
			cards = append(cards, i)
		}
		wrong := slices.Clone(cards)
		wrong[2].Kind = "unknown"
		_, _, err := s.AddAll(operator(), wrong, "")
		if _, total, _ := s.List(operator(), evidence.Filter{}, 10, 0); !errs.Is(err, errs.Invalid) || total != 0 {
			t.Errorf("one of three is wrong: %v, and %d proofs are there", err, total)
		}
		changes := 0
		ctx := db.WithRider(operator(), func(*db.Tx) error { changes++; return nil })
		added, known, err := s.AddAll(ctx, cards, "")
		if err != nil || len(added) != 3 || known != 0 || changes != 1 {
			t.Errorf("%v: %d added, %d known, %d changes", err, len(added), known, changes)
		}
	})
}
