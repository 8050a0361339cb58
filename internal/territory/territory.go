// Package territory is the regency on the map: its districts (kecamatan) and villages with both official codes, their centre,
// area and population with source and date, and boundaries that the administrator imports. Without boundaries a schematic map
// is drawn from the centres and says so.
//
// Words: District (kecamatan), Village (desa/kelurahan), Boundary (batas), Kemendagri code and BPS code: two systems, never
// derived from each other.
// Tables: territory_area, territory_boundary, territory_import (what was read but not yet confirmed).
package territory

import (
	"bytes"
	"context"
	"database/sql"
	_ "embed" // the sample list
	"encoding/csv"
	"encoding/json"
	"math"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
	"github.com/pendapa/pendapa/internal/territory/official"
)

// Actions of this room.
const (
	Read   = "territory.read"
	Manage = "territory.manage"
)

// District is a kecamatan as pages show it. Lat and Lon are degrees, AreaKM2 a decimal text; empty or 0 is not known.
type District struct {
	Code, BPS, Name string
	Lat, Lon        float64
	AreaKM2         string
	Population      int64
	Source          string
	AsOf            int64
	Villages        int
	Shape           Shape // nil without an imported boundary
	Note, From      string
}

// Known reports whether the centre is known.
func (d District) Known() bool { return d.Lat != 0 || d.Lon != 0 }

// Density gives people per square kilometre, 0 when one of the two is not known.
func (d District) Density() float64 {
	area, err := strconv.ParseFloat(d.AreaKM2, 64)
	if err != nil || area == 0 {
		return 0
	}
	return float64(d.Population) / area
}

// Deps is what the room is given. Code gives the official code of the actor's regency.
type Deps struct {
	DB       *db.DB
	Audit    *audit.Log
	Now      func() time.Time
	NewID    func() string
	Registry *official.Registry
	Code     func(ctx context.Context) (string, error)
}

// Service is the door of the room.
type Service struct{ Deps }

// New makes the room.
func New(d Deps) *Service { return &Service{d} }

// List gives the districts of the actor's regency by code.
func (s *Service) List(ctx context.Context) ([]District, error) {
	code, err := s.Code(ctx)
	if err != nil {
		return nil, err
	}
	facts, err := s.facts(ctx)
	if err != nil {
		return nil, err
	}
	shapes, err := s.boundaries(ctx)
	if err != nil {
		return nil, err
	}
	var out []District
	for _, a := range s.Registry.Districts(code) {
		d := facts[a.Code]
		d.Code, d.Name, d.Villages = a.Code, a.Name, len(s.Registry.Villages(a.Code))
		if b, ok := shapes[a.Code]; ok {
			d.Shape, d.Note, d.From = b.Shape, b.Note, b.From
		}
		out = append(out, d)
	}
	return out, nil
}

// Get gives one district and its villages.
func (s *Service) Get(ctx context.Context, code string) (District, []official.Area, error) {
	all, err := s.List(ctx)
	if err != nil {
		return District{}, nil, err
	}
	for _, d := range all {
		if d.Code == code {
			return d, s.Registry.Villages(code), nil
		}
	}
	return District{}, nil, errs.E(errs.NotFound, "territory.error.not_found", nil)
}

func (s *Service) facts(ctx context.Context) (map[string]District, error) {
	rows, err := s.DB.Query(ctx, `SELECT code, bps, lat, lon, area_km2, population, source, as_of FROM territory_area WHERE regency_id = $1`, tenant.From(ctx).Regency)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (d District, err error) {
		var lat, lon string
		err = r.Scan(&d.Code, &d.BPS, &lat, &lon, &d.AreaKM2, &d.Population, &d.Source, &d.AsOf)
		d.Lat, _ = strconv.ParseFloat(lat, 64)
		d.Lon, _ = strconv.ParseFloat(lon, 64)
		return d, err
	})
	out := map[string]District{}
	for _, d := range all {
		out[d.Code] = d
	}
	return out, err
}

func (s *Service) boundaries(ctx context.Context) (map[string]District, error) {
	rows, err := s.DB.Query(ctx, `SELECT code, body, note, source FROM territory_boundary WHERE regency_id = $1`, tenant.From(ctx).Regency)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (d District, err error) {
		var body string
		if err := r.Scan(&d.Code, &body, &d.Note, &d.From); err != nil {
			return d, err
		}
		return d, json.Unmarshal([]byte(body), &d.Shape)
	})
	out := map[string]District{}
	for _, d := range all {
		out[d.Code] = d
	}
	return out, err
}

// Preview reads a GeoJSON file and keeps the usable boundaries aside until they are confirmed. Nothing else changes.
func (s *Service) Preview(ctx context.Context, data []byte, source string) (id string, report []Outcome, err error) {
	if !tenant.From(ctx).Can(Manage, "") {
		return "", nil, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	code, err := s.Code(ctx)
	if err != nil {
		return "", nil, err
	}
	report, err = readForeign(ctx, data, s.Registry.Districts(code))
	if err != nil {
		return "", nil, err
	}
	body, err := json.Marshal(accepted(report))
	if err != nil {
		return "", nil, err
	}
	id = s.NewID()
	return id, report, s.DB.Tx(ctx, func(tx *db.Tx) error {
		regency := tenant.From(ctx).Regency
		if _, err := tx.Exec(`DELETE FROM territory_import WHERE regency_id = $1`, regency); err != nil {
			return err
		}
		_, err := tx.Exec(`INSERT INTO territory_import (regency_id, id, body, source, at) VALUES ($1, $2, $3, $4, $5)`, regency, id, string(body), source, s.Now().UnixMilli())
		return err
	})
}

// kept is a boundary between preview and confirmation.
type kept struct {
	Code, Note string
	Shape      Shape
}

func accepted(report []Outcome) []kept {
	var out []kept
	for _, o := range report {
		if o.Refused.Key == "" {
			note := ""
			for i, r := range o.Repairs {
				if i > 0 {
					note += ", "
				}
				note += r
			}
			out = append(out, kept{o.Code, note, o.Shape})
		}
	}
	return out
}

// Confirm takes over the boundaries of a preview and gives how many.
func (s *Service) Confirm(ctx context.Context, id string) (int, error) {
	if !tenant.From(ctx).Can(Manage, "") {
		return 0, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	regency, n := tenant.From(ctx).Regency, 0
	err := s.DB.Tx(ctx, func(tx *db.Tx) error {
		var body, source string
		err := tx.QueryRow(ctx, `DELETE FROM territory_import WHERE regency_id = $1 AND id = $2 RETURNING body, source`, regency, id).Scan(&body, &source)
		if db.NotFound(err) {
			return errs.E(errs.Conflict, "territory.error.preview", err)
		}
		if err != nil {
			return err
		}
		var all []kept
		if err := json.Unmarshal([]byte(body), &all); err != nil {
			return err
		}
		n = len(all)
		for _, k := range all {
			shape, err := json.Marshal(k.Shape)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO territory_boundary (regency_id, code, body, note, source, at) VALUES ($1, $2, $3, $4, $5, $6)
				ON CONFLICT (regency_id, code) DO UPDATE SET body = excluded.body, note = excluded.note, source = excluded.source, at = excluded.at`,
				regency, k.Code, string(shape), k.Note, source, s.Now().UnixMilli()); err != nil {
				return err
			}
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "territory.import", Object: "territory_boundary", ObjectID: id, After: map[string]any{"areas": n, "source": source}})
	})
	return n, err
}

// jemberCSV holds the 31 districts of Kabupaten Jember. Kemendagri codes and centres: boundaries of BIG as published by
// github.com/cahyadsn/wilayah_boundaries, for Puger the inhabited part by BPS; area: BPS by way of planning reports, sum
// 3,293.34 km2; population 2024: BPS Kabupaten Jember, sum 2,615,874.
//
//go:embed sample/jember.csv
var jemberCSV []byte

// Sample fills the facts of Kabupaten Jember.
func (s *Service) Sample(ctx context.Context) error {
	records, err := csv.NewReader(bytes.NewReader(jemberCSV)).ReadAll()
	if err != nil {
		return err
	}
	asOf := time.Date(2024, 12, 31, 0, 0, 0, 0, time.UTC).UnixMilli()
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, r := range records[1:] {
			population, err := strconv.ParseInt(r[5], 10, 64)
			if err != nil {
				return err
			}
			if _, err := tx.Exec(`INSERT INTO territory_area (regency_id, code, bps, lat, lon, area_km2, population, source, as_of) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)`,
				tenant.From(ctx).Regency, r[0], r[1], r[2], r[3], r[4], population, "BPS Kabupaten Jember, penduduk 2024; luas menurut BPS", asOf); err != nil {
				return err
			}
		}
		return nil
	})
}

// round5 keeps five decimals of a degree, about a metre.
func round5(x float64) float64 { return math.Round(x*1e5) / 1e5 }
