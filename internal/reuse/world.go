package reuse

import (
	"context"
	"strings"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// place is a holder: a round, or an innovation with its rows of the innovation index.
type place struct {
	ID, Title  string
	Year       int
	Pack       *instrument.Pack
	Open       bool // something can be linked
	Innovation bool
	Agency     string // of an innovation
}

// source is a question that holds proofs.
type source struct{ pack, item string }

// held is a link with what is looked up often: which proof, which holder, which question without its slot.
type held struct {
	proof      int
	holder     string
	item       string
	innovation bool
}

// world is everything that suggestions are made of, read once: a handful of questions to the house, the rest happens in memory.
// It holds the proofs of the whole regency and is shared; a finder shows those that its actor may see.
type world struct {
	places  map[string]*place
	order   []string // ids of places, rounds first
	packs   map[string]*instrument.Pack
	lines   []Line
	proofs  []proof.Card
	held    []held
	sources map[source][]int // -> held
	holds   map[string][]int // holder -> held
	picks   []pick           // innovations by number
	mapping *Mapping
	zone    *time.Location
	now     int64

	mu    sync.Mutex
	told  map[string]*told // by the id of an instrument
	ranks map[rankKey][]candidate
}

// mostWorlds is how many regencies keep their world in memory. One of 20,000 proofs takes about 12 MB.
const mostWorlds = 4

// worldKey is what a world depends on besides tables. Proofs end with a day, which begins with an hour in every zone of the country.
type worldKey struct {
	zone string
	hour int64
}

// world gives what suggestions are made of, from memory while nothing changed.
func (s *Service) world(ctx context.Context) (*world, error) {
	if s.worlds == nil {
		return s.readWorld(ctx)
	}
	key := worldKey{s.Zone(ctx).String(), s.now() / time.Hour.Milliseconds()}
	return s.worlds.Get(ctx, tenant.From(ctx).Regency, "", key, func() (*world, error) { return s.readWorld(ctx) })
}

func (s *Service) readWorld(ctx context.Context) (*world, error) {
	w := &world{mapping: s.shipped, zone: s.Zone(ctx), now: s.now(), told: map[string]*told{}, ranks: map[rankKey][]candidate{}}
	if err := s.readPlaces(ctx, w); err != nil {
		return nil, err
	}
	all, err := s.lines(ctx)
	if err != nil {
		return nil, err
	}
	for _, l := range all {
		if !l.Off {
			w.lines = append(w.lines, l)
		}
	}
	links, err := s.Evidence.Links(ctx)
	if err != nil {
		return nil, err
	}
	if w.proofs, err = s.Evidence.Accepted(ctx); err != nil {
		return nil, err
	}
	w.hold(links)
	return w, nil
}

// readPlaces reads rounds, innovations and instruments.
func (s *Service) readPlaces(ctx context.Context, w *world) error {
	packs, err := s.Packs.List(ctx)
	if err != nil {
		return err
	}
	w.packs, w.places = map[string]*instrument.Pack{}, map[string]*place{}
	for _, p := range packs {
		w.packs[p.ID] = p
	}
	rounds, err := s.Rounds.Rounds(ctx)
	if err != nil {
		return err
	}
	for _, r := range rounds {
		w.add(place{ID: r.ID, Title: r.Title, Year: r.Year, Pack: w.packs[r.Pack], Open: r.State == openState})
	}
	if s.Innovations == nil {
		return nil
	}
	all, err := s.Innovations.Innovations(ctx)
	for _, i := range all {
		w.picks = append(w.picks, pick{i, strings.ToLower(i.Title)})
		w.add(place{ID: proof.OfInnovation(i.ID).String(), Title: i.Title, Year: i.Year, Pack: w.packs[i.Pack], Open: true, Innovation: true, Agency: i.Agency})
	}
	return err
}

func (w *world) add(p place) {
	if p.Pack == nil { // its instrument is gone: nothing can be said about its questions
		return
	}
	w.places[p.ID] = &p
	w.order = append(w.order, p.ID)
}

func (w *world) place(id string) (place, error) {
	p, ok := w.places[id]
	if !ok {
		return place{}, errs.E(errs.NotFound, "reuse.error.place", nil)
	}
	return *p, nil
}

// hold sorts the links by the question they serve. Links to places or proofs that are not there are left out, and
// proofs whose validity ended today.
func (w *world) hold(links []proof.Link) {
	at := make(map[string]int, len(w.proofs))
	for n, p := range w.proofs {
		if p.ValidUntil == 0 || p.ValidUntil >= w.now {
			at[p.ID] = n
		}
	}
	w.held, w.sources, w.holds = make([]held, 0, len(links)), map[source][]int{}, map[string][]int{}
	for _, l := range links {
		n, seen := at[l.ID]
		holder := l.Thing.String()
		p, known := w.places[holder]
		if !seen || !known {
			continue
		}
		key := source{p.Pack.ID, l.Item}
		w.sources[key] = append(w.sources[key], len(w.held))
		w.holds[holder] = append(w.holds[holder], len(w.held))
		w.held = append(w.held, held{proof: n, holder: holder, item: l.Item, innovation: p.Innovation})
	}
}

// relation says why proofs of another question may serve one.
type relation struct {
	from source
	how  string
	line *Line
}

// How a proof was found.
const (
	ByQuestion = "question" // the same question in another round
	ByLine     = "line"     // the mapping
	ByFigure   = "figure"   // the same external figure
	ByWords    = "words"    // words in common
)

// relations gives for every question of an instrument the questions whose proofs may serve it, of all instruments in use.
func (w *world) relations(to *instrument.Pack) map[string][]relation {
	out := map[string][]relation{}
	used := map[string]bool{}
	for key := range w.sources {
		used[key.pack] = true
	}
	for id := range used {
		from := w.packs[id]
		w.byLines(out, from, to)
		bySameness(out, from, to)
	}
	return out
}

func (w *world) byLines(out map[string][]relation, from, to *instrument.Pack) {
	for n := range w.lines {
		l := &w.lines[n]
		if Belongs(from, l.From.Of) && Belongs(to, l.To.Of) {
			out[l.To.Item] = append(out[l.To.Item], relation{source{from.ID, l.From.Item}, ByLine, l})
		}
		if l.From != l.To && Belongs(from, l.To.Of) && Belongs(to, l.From.Of) {
			out[l.From.Item] = append(out[l.From.Item], relation{source{from.ID, l.To.Item}, ByLine, l})
		}
	}
}

// sameness is what makes two questions one: their words within one kind of instrument, or the figure they ask for. Rows that
// are asked of every innovation are never the same question.
type sameness struct{ text, dimension, component string }

func bySameness(out map[string][]relation, from, to *instrument.Pack) {
	questions, figures := map[sameness]string{}, map[string][]string{}
	for _, c := range from.Components {
		for _, q := range c.Questions {
			if from.Kind == to.Kind && !c.Entries {
				questions[sameness{q.Text.ID, q.Dimension, c.Code}] = q.Code
			}
			if q.Figure != "" {
				figures[q.Figure] = append(figures[q.Figure], q.Code)
			}
		}
	}
	for _, c := range to.Components {
		for _, q := range c.Questions {
			same, ok := questions[sameness{q.Text.ID, q.Dimension, c.Code}]
			if ok && !c.Entries {
				out[q.Code] = append(out[q.Code], relation{source{from.ID, same}, ByQuestion, nil})
			}
			for _, code := range figures[q.Figure] {
				if q.Figure != "" && (!ok || code != same) {
					out[q.Code] = append(out[q.Code], relation{source{from.ID, code}, ByFigure, nil})
				}
			}
		}
	}
}
