package agency

import (
	"bytes"
	"context"
	_ "embed" // the sample list
	"encoding/csv"

	"github.com/pendapa/pendapa/internal/platform/db"
)

// jemberCSV holds code and name of the agencies of Kabupaten Jember in 2021, from its published plan (LKPJ application,
// github.com/sfynsss/lkpj-jemberkab-new); spelling by us.
//
//go:embed sample/jember.csv
var jemberCSV []byte

// Sample fills an empty regency with the agencies of Kabupaten Jember and gives code -> id.
func (s *Service) Sample(ctx context.Context) (map[string]string, error) {
	records, err := csv.NewReader(bytes.NewReader(jemberCSV)).ReadAll()
	if err != nil {
		return nil, err
	}
	ids := map[string]string{}
	return ids, s.DB.Tx(ctx, func(tx *db.Tx) error {
		for _, r := range records[1:] {
			a := Agency{ID: s.NewID(), Code: r[0], Name: r[1], Kind: KindOf(r[1]), Active: true}
			ids[a.Code] = a.ID
			if err := s.insert(ctx, tx, a); err != nil {
				return err
			}
		}
		return nil
	})
}
