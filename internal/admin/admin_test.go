package admin_test

import (
	"context"
	"io/fs"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/admin"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/backup"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/platform/jobs"
	"github.com/pendapa/pendapa/internal/storetest"
)

func TestADailyBackupIsMadeAndProven(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		ctx, dir := context.Background(), t.TempDir()
		migrate := func(ctx context.Context, d *db.DB) error {
			for name, files := range map[string]fs.FS{"jobs": jobs.Files, "audit": audit.Files, "admin": (&admin.Service{}).Module().Files} {
				if err := d.Migrate(ctx, name, files); err != nil {
					return err
				}
			}
			return nil
		}
		if err := migrate(ctx, d); err != nil {
			t.Fatal(err)
		}
		s := admin.New(admin.Deps{Check: func() backup.Check { return backup.Check{} }, DB: d, Now: time.Now, NewID: id.New, Root: filepath.Join(dir, "backups"), Keep: 2,
			Source: func() backup.Source {
				return backup.Source{DB: d, Files: filepath.Join(dir, "files"), Migrate: migrate}
			}})
		if _, ok, err := s.Proof(ctx); err != nil || ok {
			t.Fatalf("proven before there was one: %v", err)
		}
		if err := s.Module().Jobs["admin.backup"](ctx, jobs.Job{}); err != nil {
			t.Fatal(err)
		}
		runs, err := s.Runs(ctx, 5)
		if err != nil || len(runs) != 1 || runs[0].State != "proven" {
			t.Fatalf("%+v %v", runs, err)
		}
		if at, ok, err := s.Proof(ctx); err != nil || !ok || at != runs[0].At {
			t.Errorf("proof: %d %v %v", at, ok, err)
		}
		if err := os.RemoveAll(s.Root); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(s.Root, nil, 0o600); err != nil {
			t.Fatal(err)
		}
		if _, err := s.MakeAndProve(ctx); err == nil {
			t.Error("a backup that could not be written was no failure")
		}
		if runs, _ := s.Runs(ctx, 5); runs[0].State != "failed" && runs[1].State != "failed" {
			t.Errorf("the failure was not kept: %+v", runs)
		}
	})
}
