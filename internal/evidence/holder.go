package evidence

import (
	"context"
	"database/sql"
	"fmt"
	"slices"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/seal"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Not only questions of a round hold proofs: an innovation does too, under a name with a prefix, "inovasi:<id>". To this room
// both are the same; the house knows what they are called and who may hang something on them (Places).

// HolderCounts counts the proofs of all holders whose name begins with a prefix: holder -> item -> count.
func (s *Service) HolderCounts(ctx context.Context, prefix string) (map[string]map[string]Count, error) {
	args := []any{tenant.From(ctx).Regency, prefix}
	where := "l.round_id >= $2"
	if end := after(prefix); end != "" {
		args, where = append(args, end), where+" AND l.round_id < $3"
	}
	rows, err := s.DB.Query(ctx, `SELECT l.round_id, l.item, CASE WHEN l.sealed <> '' THEN l.sealed ELSE e.state END AS state, count(*) FROM evidence_link l JOIN evidence_item e ON e.regency_id = l.regency_id AND e.id = l.evidence_id
		WHERE l.regency_id = $1 AND `+where+` GROUP BY 1, 2, 3`, args...)
	type one struct {
		holder, item, state string
		n                   int
	}
	all, err := db.Collect(rows, err, func(r *sql.Rows) (o one, err error) { return o, r.Scan(&o.holder, &o.item, &o.state, &o.n) })
	out := map[string]map[string]Count{}
	for _, o := range all {
		if out[o.holder] == nil {
			out[o.holder] = map[string]Count{}
		}
		c := out[o.holder][o.item]
		c.add(o.state, o.n)
		out[o.holder][o.item] = c
	}
	return out, err
}

// HeldItem is a proof with what it is linked to.
type HeldItem struct {
	Item Item
	At   string // the item of the holder
}

// Held lists all proofs of a holder that the actor may see, by item and in the order of linking.
func (s *Service) Held(ctx context.Context, holder string) ([]HeldItem, error) {
	rows, err := s.DB.Query(ctx, `SELECT l.item, `+heldColumns+` FROM evidence_link l JOIN evidence_item e ON e.regency_id = l.regency_id AND e.id = l.evidence_id
		WHERE l.regency_id = $1 AND l.round_id = $2 ORDER BY l.item, l.at, e.id`, tenant.From(ctx).Regency, holder)
	all, err := db.Collect(rows, err, func(r *sql.Rows) (h HeldItem, err error) {
		h.Item, err = scan(prefixed{r, &h.At})
		return h, err
	})
	return slices.DeleteFunc(all, func(h HeldItem) bool {
		ok, failed := s.visible(ctx, h.Item)
		if failed != nil {
			err = failed
		}
		return !ok
	}), err
}

// mostNamed is how many rounds keep in memory what paper says of their proofs. One of 2,500 proofs takes about 1 MB.
const mostNamed = 8

// Named gives what paper says of the proofs of a holder that the actor may see: id, title, number, page and state. They are read
// again when a card or a link changed.
func (s *Service) Named(ctx context.Context, holder string) ([]HeldItem, error) {
	regency := tenant.From(ctx).Regency
	kept, err := s.named.Get(ctx, regency, "", holder, func() ([]HeldItem, error) { return s.store.named(ctx, regency, holder) })
	if err != nil {
		return nil, err
	}
	out := make([]HeldItem, 0, len(kept))
	for _, h := range kept {
		ok, err := s.visible(ctx, h.Item)
		if err != nil {
			return nil, err
		}
		if ok {
			out = append(out, h)
		}
	}
	return out, nil
}

// Hung is a link: which proof serves which item of which holder, since when.
type Hung struct {
	Evidence string
	Target   Target
	At       int64
}

// Links gives every link of the regency, whoever asks and whatever the state of the proof.
func (s *Service) Links(ctx context.Context) ([]Hung, error) {
	rows, err := s.DB.Query(ctx, `SELECT evidence_id, round_id, item, at FROM evidence_link WHERE regency_id = $1`, tenant.From(ctx).Regency)
	return db.Collect(rows, err, func(r *sql.Rows) (h Hung, err error) {
		return h, r.Scan(&h.Evidence, &h.Target.Round, &h.Target.Item, &h.At)
	})
}

// Cards gives what suggestions read of the proofs in a state, newest first, whoever asks: no notes, addresses or files. Sees tells
// who may be shown which.
func (s *Service) Cards(ctx context.Context, state string) ([]Item, error) {
	rows, err := s.DB.Query(ctx, `SELECT id, title, kind, number, date, period_from, period_to, agency_id, confidentiality, valid_until, state FROM evidence_item
		WHERE regency_id = $1 AND state = $2 ORDER BY changed_at DESC, id`, tenant.From(ctx).Regency, state)
	return db.Collect(rows, err, func(r *sql.Rows) (i Item, err error) {
		return i, r.Scan(&i.ID, &i.Title, &i.Kind, &i.Number, &i.Date, &i.From, &i.To, &i.Agency, &i.Confidentiality, &i.ValidUntil, &i.State)
	})
}

// Sees tells which proofs of the library the actor may be shown: a restricted one only to its agency and to those who check.
func Sees(ctx context.Context) func(confidentiality, agency string) bool {
	a := tenant.From(ctx)
	return func(confidentiality, agency string) bool {
		return a.Can(Read, "") && (confidentiality != "restricted" || seesRestricted(a, agency))
	}
}

// LinksVersion is a text that changes whenever a link comes or goes.
func (s *Service) LinksVersion(ctx context.Context) (string, error) {
	var n, last int64
	err := s.DB.QueryRow(ctx, `SELECT count(*), coalesce(max(at), 0) FROM evidence_link WHERE regency_id = $1`, tenant.From(ctx).Regency).Scan(&n, &last)
	return fmt.Sprint(n, "/", last), err
}

// prefixed scans one column more before those of an item.
type prefixed struct {
	r     *sql.Rows
	first *string
}

func (p prefixed) Scan(to ...any) error { return p.r.Scan(append([]any{p.first}, to...)...) }

// Automatic is a proof that the house makes itself, such as a signed adoption: a card without a file that points to a page.
type Automatic struct {
	ID, Title, Kind, Number, Agency, Path, Note string
	Date                                        int64
	Target                                      Target
}

// Record keeps an automatic proof in a regency as part of the caller's transaction, accepted and linked. Doing it again
// changes nothing.
func (s *Service) Record(ctx context.Context, tx *db.Tx, regency int64, a Automatic) error {
	n, err := tx.Exec(`INSERT INTO evidence_item (regency_id, id, title, kind, number, date, period_from, period_to, agency_id, page, confidentiality, valid_until, supersedes, note,
		state, reason, url, file_name, file_type, file_group, file_hash, file_size, created_by, created_at, changed_at, rev)
		VALUES ($1, $2, $3, $4, $5, $6, 0, 0, $7, '', 'internal', 0, '', $8, 'accepted', '', $9, '', '', '', '', 0, '', $10, $10, 1) ON CONFLICT (regency_id, id) DO NOTHING`,
		regency, a.ID, a.Title, a.Kind, a.Number, a.Date, a.Agency, a.Note, a.Path, s.now())
	if err != nil || n == 0 {
		return err
	}
	i := Item{ID: a.ID, Title: a.Title, Kind: a.Kind, Number: a.Number, Agency: a.Agency, Note: a.Note}
	if err := s.store.addWords(tx, regency, i.ID, "card", i.words()); err != nil {
		return err
	}
	if _, err := tx.Exec(`INSERT INTO evidence_link (regency_id, round_id, item, evidence_id, linked_by, at) VALUES ($1, $2, $3, $4, '', $5)
		ON CONFLICT (regency_id, round_id, item, evidence_id) DO NOTHING`, regency, a.Target.Round, a.Target.Item, a.ID, s.now()); err != nil {
		return err
	}
	ctx = tenant.With(ctx, tenant.SystemOf(regency, "adoption"))
	if i, err = s.store.get(ctx, tx, regency, a.ID); err != nil {
		return err
	}
	hash, number, err := s.accept(ctx, tx, i, 0)
	if err != nil {
		return err
	}
	return s.record(ctx, tx, "automatic", i, "", nil, struct {
		seal.Decision
		Automatic
	}{seal.Decision{State: Accepted, Decided: hash, Version: number}, a})
}
