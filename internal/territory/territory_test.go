package territory_test

import (
	"compress/gzip"
	"context"
	"io"
	"os"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/id"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/territory"
	"github.com/pendapa/pendapa/internal/territory/official"
	"github.com/pendapa/pendapa/internal/testdata"
)

func registry(t testing.TB) *official.Registry {
	t.Helper()
	g, err := official.Load()
	if err != nil {
		t.Fatal(err)
	}
	return g
}

func room(t *testing.T, d *db.DB) (*territory.Service, context.Context) {
	t.Helper()
	signer, err := audit.LoadSigner(t.TempDir())
	if err != nil {
		t.Fatal(err)
	}
	s := territory.New(territory.Deps{DB: d, Audit: audit.New(d, time.Now, signer), Now: time.Now, NewID: id.New, Registry: registry(t), Code: func(context.Context) (string, error) { return "35.09", nil }})
	ctx := tenant.With(context.Background(), tenant.SystemOf(1, "test"))
	if err := d.Migrate(ctx, "audit", audit.Files); err != nil {
		t.Fatal(err)
	}
	if err := d.Migrate(ctx, "territory", s.Module().Files); err != nil {
		t.Fatal(err)
	}
	return s, ctx
}

func file(t *testing.T, name string) []byte {
	t.Helper()
	f, err := os.Open(filepath.Join(testdata.Dir(t), "2_batas", name))
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	var r io.Reader = f
	if strings.HasSuffix(name, ".gz") {
		if r, err = gzip.NewReader(f); err != nil {
			t.Fatal(err)
		}
	}
	data, err := io.ReadAll(r)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

func count(report []territory.Outcome) (good, repaired, refused int) {
	for _, o := range report {
		switch {
		case o.Refused.Key != "":
			refused++
		case len(o.Repairs) > 0:
			repaired++
		default:
			good++
		}
	}
	return good, repaired, refused
}

func TestBoundariesAreImported(t *testing.T) {
	t.Parallel()
	data := file(t, "jember_kec_dari_desa.geojson")
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, ctx := room(t, d)
		if err := s.Sample(ctx); err != nil {
			t.Fatal(err)
		}
		id, report, err := s.Preview(ctx, data, "BIG")
		if err != nil {
			t.Fatal(err)
		}
		if good, repaired, refused := count(report); good+repaired != 31 || refused != 0 {
			t.Fatalf("%d good, %d repaired, %d refused; want all 31", good, repaired, refused)
		}
		if all, _ := s.List(ctx); all[0].Shape != nil {
			t.Error("a preview changed the map")
		}
		if n, err := s.Confirm(ctx, id); err != nil || n != 31 {
			t.Fatalf("%d %v", n, err)
		}
		if _, err := s.Confirm(ctx, id); !errs.Is(err, errs.Conflict) {
			t.Errorf("a preview was used twice: %v", err)
		}
		all, err := s.List(ctx)
		people, shapes := int64(0), 0
		for _, d := range all {
			people += d.Population
			if d.Shape != nil {
				shapes++
			}
		}
		if err != nil || len(all) != 31 || shapes != 31 || people != 2_615_874 {
			t.Errorf("%d districts, %d shapes, %d people, %v", len(all), shapes, people, err)
		}
	})
}

func TestEveryFeatureOfRealFilesHasAnOutcome(t *testing.T) {
	t.Parallel()
	districts := registry(t).Districts("35.09")
	for name, want := range map[string]struct{ usable, refusedAtLeast int }{
		"jember_kec_mentah.geojson": {29, 1}, "jatim_kabkota_38.geojson": {0, 38}, "jember_desa.geojson": {0, 200},
	} {
		report, err := territory.ReadGeoJSON(file(t, name), districts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		good, repaired, refused := count(report)
		if good+repaired < want.usable || refused < want.refusedAtLeast {
			t.Errorf("%s: %d good, %d repaired, %d refused", name, good, repaired, refused)
		}
		for _, o := range report {
			if o.Refused.Key == "" && o.Code == "" {
				t.Errorf("%s %d was taken without a district", name, o.Number)
			}
		}
	}
	if _, err := territory.ReadGeoJSON(file(t, "kabkota_514.topojson"), districts); !errs.Is(err, errs.Invalid) {
		t.Errorf("TopoJSON: %v", err)
	}
}

func one(coordinates string) []byte {
	return []byte(`{"type":"Feature","properties":{"kode":"350901"},"geometry":{"type":"Polygon","coordinates":` + coordinates + `}}`)
}

func TestRepairsAndRefusals(t *testing.T) {
	t.Parallel()
	districts := registry(t).Districts("35.09")
	for name, c := range map[string]struct{ coordinates, want string }{
		"good":          {`[[[113,-8],[113.1,-8],[113.1,-7.9],[113,-7.9],[113,-8]]]`, ""},
		"open":          {`[[[113,-8],[113.1,-8],[113.1,-7.9],[113,-7.9]]]`, "closed"},
		"clockwise":     {`[[[113,-8],[113,-7.9],[113.1,-7.9],[113.1,-8],[113,-8]]]`, "turned"},
		"twice":         {`[[[113,-8],[113,-8],[113.1,-8],[113.1,-7.9],[113,-8]]]`, "duplicate"},
		"swapped":       {`[[[-8,113],[-8,113.1],[-7.9,113.1],[-8,113]]]`, "swapped"},
		"bow tie":       {`[[[113,-8],[113.1,-7.9],[113.1,-8],[113,-7.9],[113,-8]]]`, "territory.refused.crossing"},
		"metres":        {`[[[780000,9100000],[790000,9100000],[790000,9110000],[780000,9100000]]]`, "territory.refused.metres"},
		"other country": {`[[[0,0],[1,0],[1,1],[0,0]]]`, "territory.refused.outside"},
		"two points":    {`[[[113,-8],[113.1,-8]]]`, "territory.refused.short"},
		"hole outside":  {`[[[113,-8],[113.1,-8],[113.1,-7.9],[113,-7.9],[113,-8]],[[114,-8],[114.1,-8],[114.1,-7.9],[114,-8]]]`, "territory.refused.hole"},
		"texts":         {`[["a","b"]]`, "territory.refused.coordinates"},
	} {
		report, err := territory.ReadGeoJSON(one(c.coordinates), districts)
		if err != nil {
			t.Errorf("%s: %v", name, err)
			continue
		}
		got := report[0].Refused.Key + strings.Join(report[0].Repairs, ",")
		if c.want == "" && got != "" || !strings.Contains(got, c.want) {
			t.Errorf("%s: got %q, want %q", name, got, c.want)
		}
	}
	for name, data := range map[string]string{"deep": strings.Repeat("[", 100) + strings.Repeat("]", 100), "not json": "{", "empty": `{"type":"FeatureCollection","features":[]}`, "geometry": `{"type":"Point"}`} {
		if _, err := territory.ReadGeoJSON([]byte(data), districts); !errs.Is(err, errs.Invalid) {
			t.Errorf("%s: %v", name, err)
		}
	}
}

func TestVoronoiCellsShareTheBox(t *testing.T) {
	t.Parallel()
	sites := []territory.Point{{1, 1}, {3, 1}, {2, 3}, {1.2, 2.8}}
	box := []territory.Point{{0, 0}, {4, 0}, {4, 4}, {0, 4}}
	total := 0.0
	for i, ring := range territory.Voronoi(sites, box) {
		a := 0.0
		for j, p := range ring {
			q := ring[(j+1)%len(ring)]
			a += (p[0]*q[1] - q[0]*p[1]) / 2
			for k, other := range sites {
				mine := (p[0]-sites[i][0])*(p[0]-sites[i][0]) + (p[1]-sites[i][1])*(p[1]-sites[i][1])
				theirs := (p[0]-other[0])*(p[0]-other[0]) + (p[1]-other[1])*(p[1]-other[1])
				if mine > theirs+1e-9 {
					t.Errorf("a corner of cell %d lies nearer to site %d", i, k)
				}
			}
		}
		total += a
	}
	if total < 15.999 || total > 16.001 {
		t.Errorf("the cells cover %.3f of 16", total)
	}
}

func FuzzGeoJSON(f *testing.F) {
	districts := registry(f).Districts("35.09")
	f.Add(one(`[[[113,-8],[113.1,-8],[113.1,-7.9],[113,-8]]]`))
	f.Add([]byte(`{"type":"FeatureCollection","features":[{"properties":null,"geometry":{"type":"MultiPolygon","coordinates":[[[]]]}}]}`))
	f.Fuzz(func(t *testing.T, data []byte) {
		report, err := territory.ReadGeoJSON(data, districts)
		if err != nil {
			return
		}
		for _, o := range report {
			if o.Refused.Key == "" && (o.Code == "" || len(o.Shape) == 0) {
				t.Errorf("taken without district or shape: %+v", o)
			}
		}
	})
}
