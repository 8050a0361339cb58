package territory_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/jail/hostile"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestHostileBoundariesEndTheirReaderAlone: each is refused, whole or feature by feature; afterwards a sound file is read.
func TestHostileBoundariesEndTheirReaderAlone(t *testing.T) {
	t.Parallel()
	s, ctx := room(t, storetest.SQLite(t))
	if err := s.Sample(ctx); err != nil {
		t.Fatal(err)
	}
	for _, f := range append(hostile.GeoJSON(), hostile.Common()...) {
		_, report, err := s.Preview(ctx, f.Data, "uji")
		if good, repaired, _ := count(report); err == nil && good+repaired > 0 || err != nil && !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %d good, %d repaired, %v", f.Name, good, repaired, err)
		}
	}
	_, report, err := s.Preview(ctx, file(t, "jember_kec_dari_desa.geojson"), "BIG")
	if good, repaired, _ := count(report); err != nil || good+repaired != 31 {
		t.Errorf("a sound file: %d of 31, %v", good+repaired, err)
	}
}

func TestReasonsKeepTheirNumbers(t *testing.T) {
	t.Parallel()
	s, ctx := room(t, storetest.SQLite(t))
	_, _, err := s.Preview(ctx, []byte(`{"type":"FeatureCollection","features":[`+strings.Repeat("{},", 2000)+"{}]}"), "uji")
	if key, args := errs.KeyOf(err); key != "territory.error.features" || args["N"] != 2001 {
		t.Errorf("%s %v", key, args)
	}
}
