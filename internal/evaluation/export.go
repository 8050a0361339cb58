package evaluation

import (
	"archive/zip"
	"context"
	"html/template"
	"io"
	"net/http"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/platform/web"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// slots is how many evidence columns the ministry's form is given; further files stand in the last one.
const slots = 10

// SlotName is the official place of a file in the package: question, running number, short title.
func SlotName(code string, n int) string { return code + "-" + strconv.Itoa(n) }

// hung gives the proofs of a round by the spot on which they hang, read at once.
func (s *Service) hung(ctx context.Context, round string) (map[proof.Spot][]proof.Card, error) {
	all, err := s.Evidence.Held(ctx, proof.OfRound(round))
	out := map[proof.Spot][]proof.Card{}
	for _, h := range all {
		out[h.Spot] = append(out[h.Spot], h.Card)
	}
	return out, err
}

// book writes the self-assessment as the ministry's form wants it: one row a question, one column a slot.
func (s *Service) book(ctx context.Context, x Round, p *instrument.Pack, w io.Writer) error {
	items, err := s.items(ctx, p, x.ID)
	if err != nil {
		return err
	}
	names, err := s.names(ctx)
	if err != nil {
		return err
	}
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return err
	}
	lang := tenant.From(ctx).Lang
	head := []string{s.Text(lang, "evaluation.col.code"), s.Text(lang, "evaluation.col.component"), s.Text(lang, "evaluation.col.question"), s.Text(lang, "evaluation.col.lead"),
		s.Text(lang, "evaluation.col.answer"), s.Text(lang, "evaluation.col.mark"), s.Text(lang, "evaluation.col.state")}
	for n := 1; n <= slots; n++ {
		head = append(head, s.Text(lang, "evaluation.col.slot", "N", n))
	}
	var rows [][]any
	hung, err := s.hung(ctx, x.ID)
	if err != nil {
		return err
	}
	for _, i := range items {
		proofs := hung[proof.Spot{Item: i.Code}]
		q, c, _ := p.Question(i.Code)
		row := []any{i.Code, c.Name.In(lang), q.Text.In(lang), names[i.Lead], i.Answer, markCell(ownMark(q, i, counts)), s.Text(lang, "evaluation.item."+i.State)}
		rows = append(rows, append(row, slotCells(i.Code, proofs)...))
	}
	b := sheet.NewXLSX()
	if err := b.Sheet(s.Text(lang, "evaluation.col.sheet"), head, rows); err != nil {
		return err
	}
	if err := s.slotSheet(b, p, items, names, hung, lang); err != nil {
		return err
	}
	if err := s.sealSheet(b, x, p, items, hung, lang); err != nil {
		return err
	}
	if p.Rule == instrument.WeightTimes {
		if err := s.entrySheet(ctx, b, x, p); err != nil {
			return err
		}
	}
	about, err := s.about(ctx, x, p, items)
	if err != nil {
		return err
	}
	if err := b.Sheet(s.Text(lang, "evaluation.col.about"), []string{s.Text(lang, "evaluation.col.what"), s.Text(lang, "evaluation.col.value")}, about); err != nil {
		return err
	}
	_, err = b.WriteTo(w)
	return err
}

func (s *Service) about(ctx context.Context, x Round, p *instrument.Pack, items []Item) ([][]any, error) {
	lang := tenant.From(ctx).Lang
	counts, err := s.Evidence.Counts(ctx, proof.OfRound(x.ID))
	if err != nil {
		return nil, err
	}
	st, err := s.standing(ctx, x, p, items, counts)
	if err != nil {
		return nil, err
	}
	rows := [][]any{{s.Text(lang, "evaluation.round"), x.Title}, {s.Text(lang, "evaluation.pack"), p.Name.In(lang)},
		{s.Text(lang, "evaluation.sim"), st.Index}, {s.Text(lang, "evaluation.band"), st.Band}, {s.Text(lang, "evaluation.sim.note"), ""}}
	for _, c := range st.Components {
		if c.Max != "" {
			rows = append(rows, []any{c.Name + " (" + s.Text(lang, "evaluation.of_max", "Max", c.Max) + ")", c.Value})
			continue
		}
		rows = append(rows, []any{c.Name + " (" + c.Weight + "%)", c.Value})
	}
	for _, ph := range st.Phases {
		rows = append(rows, []any{ph.Name + " (" + ph.Share + "%)", ph.Index})
	}
	if p.Rule == instrument.WeightTimes {
		rows = append(rows, []any{s.Text(lang, "evaluation.entries"), st.Entries})
	}
	for _, u := range p.Uncertain {
		rows = append(rows, []any{s.Text(lang, "evaluation.uncertain"), u.In(lang)})
	}
	return rows, nil
}

func markCell(text string) any {
	if f, err := strconv.ParseFloat(text, 64); err == nil {
		return f
	}
	return ""
}

func slotCells(code string, proofs []proof.Card) []any {
	cells := make([]any, slots)
	for i := range cells {
		cells[i] = ""
	}
	for n, p := range proofs {
		at := min(n, slots-1)
		text := SlotName(code, n+1) + " " + p.Title
		if p.Page != "" {
			text += " (" + p.Page + ")"
		}
		if p.URL != "" {
			text += " " + p.URL
		}
		if cells[at] != "" {
			text = cells[at].(string) + "; " + text
		}
		cells[at] = text
	}
	return cells
}

func (s *Service) exported(r *http.Request) (Round, *instrument.Pack, error) {
	x, err := s.Round(r.Context(), r.PathValue("round"))
	if err != nil {
		return x, nil, err
	}
	p, err := s.Packs.Find(r.Context(), x.Pack)
	return x, p, err
}

func attach(w http.ResponseWriter, mime, name string) {
	w.Header().Set("Content-Type", mime)
	w.Header().Set("Content-Disposition", `attachment; filename="`+name+`"`)
}

func fileName(x Round, ext string) string {
	clean := strings.Map(func(r rune) rune {
		if r >= 'a' && r <= 'z' || r >= '0' && r <= '9' {
			return r
		}
		return '-'
	}, strings.ToLower(x.Title))
	return strings.Trim(clean, "-") + ext
}

func (s *Service) exportXLSX(w http.ResponseWriter, r *http.Request) error {
	x, p, err := s.exported(r)
	if err != nil {
		return err
	}
	attach(w, "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet", fileName(x, ".xlsx"))
	return s.book(r.Context(), x, p, w)
}

// exportZIP streams the whole package: the form and the files named by slot.
func (s *Service) exportZIP(w http.ResponseWriter, r *http.Request) error {
	x, p, err := s.exported(r)
	if err != nil {
		return err
	}
	attach(w, "application/zip", fileName(x, ".zip"))
	z := zip.NewWriter(w)
	form, err := z.Create(fileName(x, ".xlsx"))
	if err != nil {
		return err
	}
	if err := s.book(r.Context(), x, p, form); err != nil {
		return err
	}
	if err := s.files(r.Context(), x, p, z); err != nil {
		return err
	}
	return z.Close()
}

type printPage struct {
	web.Page
	Round    Round
	Pack     *instrument.Pack
	Standing Standing
	Sections []section
	Proofs   map[string]template.HTML // by question: the lines of a list
	PrintAt  int64
}

func (s *Service) printPage(w http.ResponseWriter, r *http.Request) error {
	q, err := s.loadRound(r)
	if err != nil {
		return err
	}
	p := &printPage{Page: web.Page{Area: "evaluasi", Layout: "print", Plain: true, Title: q.Round.Title, Lead: web.Text(r, "evaluation.round.ready", "Ready", q.Standing.Ready, "Total", q.Standing.Total)},
		Round: q.Round, Pack: q.Pack, Standing: q.Standing, Sections: q.Sections, PrintAt: s.now()}
	named, err := s.Evidence.Named(r.Context(), proof.OfRound(q.Round.ID))
	if err != nil {
		return err
	}
	lines := onPaper(func(state string) string { return web.Text(r, "evaluation.proof."+state) })
	for _, one := range named {
		lines.add(one)
	}
	p.Proofs = lines.lists()
	return web.Render(w, r, "evaluation/print", p)
}
