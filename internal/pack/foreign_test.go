package pack_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestHostileInstrumentFilesAreRefused: each with a text for people; afterwards a sound file is taken.
func TestHostileInstrumentFilesAreRefused(t *testing.T) {
	t.Parallel()
	used := false
	s, ctx := room(t, storetest.SQLite(t), &used)
	for _, f := range append(hostile.YAML(), hostile.Common()...) {
		if _, err := s.Import(ctx, f.Data); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", f.Name, err)
		}
	}
	p, err := instrument.Find("iid-2026")
	if err != nil {
		t.Fatal(err)
	}
	body, err := p.Marshal()
	if err != nil {
		t.Fatal(err)
	}
	own := strings.Replace(string(body), "id: iid-2026", "id: iid-sendiri", 1)
	if id, err := s.Import(ctx, []byte(own)); err != nil || id != "iid-sendiri" {
		t.Errorf("a sound file: %q %v", id, err)
	}
}
