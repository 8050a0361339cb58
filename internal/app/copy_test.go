package app

import (
	"context"
	"log/slog"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/replica"
)

// TestAServingHouseIsCopied runs a house with a continuous copy, proves it, stops it and restores what was written last.
func TestAServingHouseIsCopied(t *testing.T) {
	t.Parallel()
	dir, to := filepath.Join(t.TempDir(), "data"), t.TempDir()
	config := Config{Listen: "127.0.0.1:0", DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true, Copy: replica.Address{URL: to}}
	a, err := New(context.Background(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	if err := a.LoadSample(context.Background()); err != nil {
		t.Fatal(err)
	}
	ctx, stop := context.WithCancel(context.Background())
	ended, ready := make(chan error, 1), make(chan string, 1)
	go func() { ended <- a.Run(ctx, func(addr string) { ready <- addr }) }()
	address := <-ready
	if r, err := http.Get("http://" + address + "/healthz"); err != nil || r.StatusCode != http.StatusOK {
		t.Errorf("%v %v", r, err)
	}
	if err := a.Copy.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	if x, on := a.copyStatus(); !on || x.Age(time.Now()) > 30*time.Second || !x.Rows {
		t.Errorf("status %+v", x)
	}
	if err := a.ProveCopy(ctx); err != nil || a.Copy.Status().ProvenAt == 0 {
		t.Errorf("proof: %+v %v", a.Copy.Status(), err)
	}
	err = a.DB.Tx(ctx, func(tx *db.Tx) error {
		_, err := tx.Exec(`UPDATE audit_head SET size = size WHERE regency_id = 3509`)
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	stop()
	if err := <-ended; err != nil {
		t.Fatal(err)
	}
	again := filepath.Join(t.TempDir(), "again")
	dest, err := config.Copy.Open()
	if err != nil {
		t.Fatal(err)
	}
	p, err := replica.Restore(context.Background(), dest, again, replica.Until{}, replica.Trust{Check: CheckCopySignature(a.Keys.Backup().Public)})
	if err != nil || len(p.Missing) > 0 {
		t.Fatalf("%+v %v", p, err)
	}
	config.DataDir, config.Database, config.Keys, config.Copy = again, "sqlite:"+filepath.Join(again, "app.db"), dir+"-keys", replica.Address{}
	b, err := New(context.Background(), config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer b.Close()
	if problems, err := b.proveTrail(context.Background(), b.DB); err != nil || len(problems) > 0 {
		t.Errorf("the trail of the restored house: %s %v", strings.Join(problems, "; "), err)
	}
}

// TestTheAgeOfTheCopyIsSeen looks at the pages of the one who can mend it and the one who must know.
func TestTheAgeOfTheCopyIsSeen(t *testing.T) {
	t.Parallel()
	dir, ctx := filepath.Join(t.TempDir(), "data"), context.Background()
	config := Config{DataDir: dir, Database: "sqlite:" + filepath.Join(dir, "app.db"), Sample: true, Copy: replica.Address{URL: t.TempDir()}}
	a, err := New(ctx, config, slog.New(slog.DiscardHandler))
	if err != nil {
		t.Fatal(err)
	}
	defer a.Close()
	if err := a.LoadSample(ctx); err != nil {
		t.Fatal(err)
	}
	admin, leader := signIn(t, a, "Admin Diskominfo", "id"), signIn(t, a, "Sekretaris Daerah", "id")
	_, health := admin.do("GET", "/kesehatan", nil)
	_, board := leader.do("GET", "/papan", nil)
	if !strings.Contains(health, "salinan pertama sedang dibuat") || !strings.Contains(board, "Salinan pertama belum selesai dibuat") ||
		!strings.Contains(board, "Cadangan tidak dienkripsi") || !strings.Contains(health, "Cadangan tidak dienkripsi") {
		t.Errorf("before the first copy:\n%s\n%s", health, board)
	}
	if err := a.Copy.Flush(ctx); err != nil {
		t.Fatal(err)
	}
	_, health = admin.do("GET", "/kesehatan", nil)
	_, board = leader.do("GET", "/papan", nil)
	if !strings.Contains(health, "tertinggal ") || strings.Contains(board, "Salinan pertama") || !strings.Contains(board, "salinan langsung tertinggal") {
		t.Errorf("after it:\n%s\n%s", health, board)
	}
}
