package evidence

import (
	"context"
	"database/sql"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/proof"
)

// onPlace is one place in a statement whose first argument is the regency.
const onPlace = `l.regency_id = $1 AND l.holder_kind = $2 AND l.holder_id = $3 AND l.item = $4 AND l.slot = $5`

// ofThing is all places of a thing.
const ofThing = `l.regency_id = $1 AND l.holder_kind = $2 AND l.holder_id = $3`

// linked joins links with the proofs they are of.
const linked = ` FROM evidence_link l JOIN evidence_item e ON e.regency_id = l.regency_id AND e.id = l.evidence_id `

// stateThen is the state of a proof: in a round that has ended, the one it had at the end.
const stateThen = `CASE WHEN l.sealed <> '' THEN l.sealed ELSE e.state END`

// insertLink hangs a proof on a place; fresh is false when it hung there already.
func (s store) insertLink(tx *db.Tx, regency int64, p proof.Place, id, by string, at int64) (fresh bool, err error) {
	n, err := tx.Exec(`INSERT INTO evidence_link (regency_id, holder_kind, holder_id, item, slot, evidence_id, linked_by, at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8) ON CONFLICT (regency_id, holder_kind, holder_id, item, slot, evidence_id) DO NOTHING`,
		regency, p.Kind, p.ID, p.Item, p.Slot, id, by, at)
	return n > 0, err
}

func (s store) deleteLink(tx *db.Tx, regency int64, p proof.Place, id string) error {
	_, err := tx.Exec(`DELETE FROM evidence_link WHERE regency_id = $1 AND holder_kind = $2 AND holder_id = $3 AND item = $4 AND slot = $5
		AND evidence_id = $6`, regency, p.Kind, p.ID, p.Item, p.Slot, id)
	return err
}

// linkOf says whether an acceptance is bound to a link and whether its round has ended; db.NotFound when there is none.
func (s store) linkOf(ctx context.Context, q db.Queryer, regency int64, p proof.Place, id string) (bound, sealed bool, err error) {
	var n int64
	var state string
	err = q.QueryRow(ctx, `SELECT bound, sealed FROM evidence_link l WHERE `+onPlace+` AND evidence_id = $6`,
		regency, p.Kind, p.ID, p.Item, p.Slot, id).Scan(&n, &state)
	return n != 0, state != "", err
}

// handIn makes a draft one that waits for the evaluation team.
func (s store) handIn(tx *db.Tx, regency int64, id string) error {
	_, err := tx.Exec(`UPDATE evidence_item SET state = 'submitted', rev = rev + 1 WHERE regency_id = $1 AND id = $2 AND state = 'draft'`, regency, id)
	return err
}

const placeColumns = `holder_kind, holder_id, item, slot`

func scanPlace(r *sql.Rows) (p proof.Place, err error) {
	return p, r.Scan(&p.Kind, &p.ID, &p.Item, &p.Slot)
}

// links lists the places of a proof, the newest first.
func (s store) links(ctx context.Context, regency int64, id string) ([]proof.Place, error) {
	rows, err := s.d.Query(ctx, `SELECT `+placeColumns+` FROM evidence_link WHERE regency_id = $1 AND evidence_id = $2
		ORDER BY at DESC, `+placeColumns, regency, id)
	return db.Collect(rows, err, scanPlace)
}

// places lists where a proof hangs, or only the places that were part of the decision. The order is one that no index has:
// SQLite would read the links of the whole regency in it.
func (s store) places(ctx context.Context, q db.Queryer, regency int64, id string, bound bool) ([]proof.Place, error) {
	least := 0
	if bound {
		least = 1
	}
	rows, err := q.Query(ctx, `SELECT `+placeColumns+` FROM evidence_link WHERE regency_id = $1 AND evidence_id = $2 AND bound >= $3
		ORDER BY holder_kind || '', holder_id, item, slot`, regency, id, least)
	return db.Collect(rows, err, scanPlace)
}

// bindLinks makes every link of a proof part of the decision on it, or none.
func (s store) bindLinks(tx *db.Tx, regency int64, id string, bound int) error {
	_, err := tx.Exec(`UPDATE evidence_link SET bound = $3 WHERE regency_id = $1 AND evidence_id = $2`, regency, id, bound)
	return err
}

// boundPlaces gives the places of every decision of the regency, by proof.
func (s store) boundPlaces(ctx context.Context, regency int64) (map[string][]proof.Place, error) {
	rows, err := s.d.Query(ctx, `SELECT evidence_id, `+placeColumns+` FROM evidence_link WHERE regency_id = $1 AND bound = 1`, regency)
	out := map[string][]proof.Place{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (id string, err error) {
		var p proof.Place
		err = r.Scan(&id, &p.Kind, &p.ID, &p.Item, &p.Slot)
		out[id] = append(out[id], p)
		return id, err
	})
	return out, err
}

// sealedPlace gives a place of a proof in a round that has ended; db.NotFound when there is none.
func (s store) sealedPlace(ctx context.Context, q db.Queryer, regency int64, id string) (p proof.Place, err error) {
	err = q.QueryRow(ctx, `SELECT `+placeColumns+` FROM evidence_link WHERE regency_id = $1 AND evidence_id = $2 AND sealed <> ''
		ORDER BY at DESC LIMIT 1`, regency, id).Scan(&p.Kind, &p.ID, &p.Item, &p.Slot)
	return p, err
}

func (s store) hung(ctx context.Context, regency int64, p proof.Place) ([]Item, error) {
	rows, err := s.d.Query(ctx, `SELECT `+heldColumns+linked+`WHERE `+onPlace+` ORDER BY l.at, e.id`, regency, p.Kind, p.ID, p.Item, p.Slot)
	return db.Collect(rows, err, scanRows)
}

type heldItem struct {
	at   proof.Spot
	item Item
}

func (s store) held(ctx context.Context, regency int64, t proof.Thing) ([]heldItem, error) {
	return s.heldIn(ctx, s.d, regency, t)
}

// heldIn is held within a transaction.
func (s store) heldIn(ctx context.Context, q db.Queryer, regency int64, t proof.Thing) ([]heldItem, error) {
	rows, err := q.Query(ctx, `SELECT l.item, l.slot, `+heldColumns+linked+`WHERE `+ofThing+` ORDER BY l.item, l.slot, l.at, e.id`, regency, t.Kind, t.ID)
	return db.Collect(rows, err, func(r *sql.Rows) (h heldItem, err error) {
		h.item, err = scan(prefixed{r, []any{&h.at.Item, &h.at.Slot}})
		return h, err
	})
}

// named reads of the proofs of a thing only what paper says of them.
func (s store) named(ctx context.Context, regency int64, t proof.Thing) ([]heldItem, error) {
	rows, err := s.d.Query(ctx, `SELECT l.item, l.slot, e.id, e.title, e.number, e.page, e.agency_id, e.confidentiality, `+stateThen+linked+`
		WHERE `+ofThing+` ORDER BY l.item, l.slot, l.at, e.id`, regency, t.Kind, t.ID)
	return db.Collect(rows, err, func(r *sql.Rows) (h heldItem, err error) {
		i := &h.item
		return h, r.Scan(&h.at.Item, &h.at.Slot, &i.ID, &i.Title, &i.Number, &i.Page, &i.Agency, &i.Confidentiality, &i.State)
	})
}

// prefixed scans some columns before those of an item.
type prefixed struct {
	r     *sql.Rows
	first []any
}

func (p prefixed) Scan(to ...any) error { return p.r.Scan(append(p.first, to...)...) }

func (s store) count(ctx context.Context, regency int64, t proof.Thing) (proof.Counts, error) {
	rows, err := s.d.Query(ctx, `SELECT l.item, l.slot, `+stateThen+` AS state, count(*)`+linked+`WHERE `+ofThing+` GROUP BY 1, 2, 3`, regency, t.Kind, t.ID)
	out := proof.Counts{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (at proof.Spot, err error) {
		var state string
		var n int
		err = r.Scan(&at.Item, &at.Slot, &state, &n)
		c := out[at]
		c.Add(state, n)
		out[at] = c
		return at, err
	})
	return out, err
}

func (s store) countKind(ctx context.Context, regency int64, kind string) (map[string]proof.Counts, error) {
	rows, err := s.d.Query(ctx, `SELECT l.holder_id, l.item, l.slot, `+stateThen+` AS state, count(*)`+linked+`
		WHERE l.regency_id = $1 AND l.holder_kind = $2 GROUP BY 1, 2, 3, 4`, regency, kind)
	out := map[string]proof.Counts{}
	_, err = db.Collect(rows, err, func(r *sql.Rows) (of string, err error) {
		var at proof.Spot
		var state string
		var n int
		err = r.Scan(&of, &at.Item, &at.Slot, &state, &n)
		if out[of] == nil {
			out[of] = proof.Counts{}
		}
		c := out[of][at]
		c.Add(state, n)
		out[of][at] = c
		return of, err
	})
	return out, err
}

func (s store) allLinks(ctx context.Context, regency int64) ([]proof.Link, error) {
	rows, err := s.d.Query(ctx, `SELECT evidence_id, `+placeColumns+`, at FROM evidence_link WHERE regency_id = $1`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (l proof.Link, err error) {
		return l, r.Scan(&l.ID, &l.Place.Kind, &l.Place.Thing.ID, &l.Item, &l.Slot, &l.At)
	})
}

func (s store) accepted(ctx context.Context, regency int64) ([]proof.Card, error) {
	rows, err := s.d.Query(ctx, `SELECT id, title, kind, number, date, period_from, period_to, agency_id, confidentiality, valid_until, state
		FROM evidence_item WHERE regency_id = $1 AND state = 'accepted' ORDER BY changed_at DESC, id`, regency)
	return db.Collect(rows, err, func(r *sql.Rows) (c proof.Card, err error) {
		return c, r.Scan(&c.ID, &c.Title, &c.Kind, &c.Number, &c.Date, &c.From, &c.To, &c.Agency, &c.Confidentiality, &c.ValidUntil, &c.State)
	})
}

// sealLinks keeps the state that each proof of a thing has now.
func (s store) sealLinks(tx *db.Tx, regency int64, t proof.Thing) error {
	_, err := tx.Exec(`UPDATE evidence_link SET sealed = (SELECT e.state FROM evidence_item e WHERE e.regency_id = evidence_link.regency_id AND e.id = evidence_link.evidence_id)
		WHERE regency_id = $1 AND holder_kind = $2 AND holder_id = $3 AND sealed = ''`, regency, t.Kind, t.ID)
	return err
}

func (s store) unsealLinks(tx *db.Tx, regency int64, t proof.Thing) error {
	_, err := tx.Exec(`UPDATE evidence_link SET sealed = '' WHERE regency_id = $1 AND holder_kind = $2 AND holder_id = $3`, regency, t.Kind, t.ID)
	return err
}

func (s store) itemLines(ctx context.Context, q db.Queryer, regency int64, t proof.Thing, item string) ([]string, error) {
	rows, err := q.Query(ctx, `SELECT l.item, l.slot, e.id, e.file_hash, e.url`+linked+`WHERE `+ofThing+` AND l.item = $4`, regency, t.Kind, t.ID, item)
	return db.Collect(rows, err, func(r *sql.Rows) (line string, err error) {
		var at proof.Spot
		var id, file, url string
		err = r.Scan(&at.Item, &at.Slot, &id, &file, &url)
		return at.String() + " " + id + " " + file + " " + url, err
	})
}
