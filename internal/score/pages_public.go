package score

import (
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/tenant"
)

type publicPage struct {
	web.Page
	Index, Band, Instrument, Official string
	N, Affairs, Required              int
	At                                int64
}

// publicPage shows the simulated index to everybody when the regency chose so. Nothing but the index, the number of
// innovations and the affairs leaves the house.
func (s *Service) publicPage(w http.ResponseWriter, r *http.Request) error {
	regency, err := s.Host(r.Context())
	if err != nil {
		return err
	}
	ctx := tenant.With(r.Context(), tenant.SystemOf(regency, "public"))
	set := Setting{}
	if regency != 0 {
		if set, err = s.Setting(ctx); err != nil {
			return err
		}
	}
	if !set.Published {
		return errs.E(errs.NotFound, "score.error.private", nil)
	}
	b, err := s.Board(ctx)
	if err != nil {
		return err
	}
	lang := web.Text(r, "score.language") // a visitor has none in the context; the texts know theirs
	d := b.Result.Divided
	p := &publicPage{Page: web.Page{Layout: "public"}, Index: shownNumber(lang, b.Result.Index, 2), Band: bandName(b.Result, lang), Instrument: b.Pack.Name.In(lang), N: d.N, Affairs: d.Affairs,
		Required: b.Pack.Divisor.Affairs, At: s.now()}
	if published := instrument.Rat(b.Round.Published); published != nil {
		p.Official = shownNumber(lang, published, 2)
	}
	p.Title = web.Text(r, "score.public.title", "Index", p.Index)
	return web.Render(w, r, "score/public", p)
}
