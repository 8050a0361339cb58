package score

import (
	"context"
	"encoding/json"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read   = "score.read"
	Claims = "score.claim"  // say which level an item has reached; the register decides for which innovations
	Manage = "score.manage" // instrument, options, efforts, publication
)

const (
	kindIID     = "iid"
	defaultPack = "iid-2026"
)

// Service is the door of the room.
type Service struct {
	Deps
	store store
}

// New makes the room.
func New(d Deps) *Service { return &Service{Deps: d, store: store{d.DB}} }

func (s *Service) now() int64 { return s.Now().UnixMilli() }

func allow(ctx context.Context, action string) error {
	if !tenant.From(ctx).Can(action, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action, object, id, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "score." + action, Object: "score_" + object, ObjectID: id, Why: why, Before: before, After: after})
}

// Setting is what the regency chose: the instrument while no round is open, how to read what the rule leaves open, and
// whether the public may see the simulated index.
type Setting struct {
	Pack      string
	Choices   map[string]string
	Published bool
	Rev       int64
}

// Setting gives the choices of the regency.
func (s *Service) Setting(ctx context.Context) (Setting, error) {
	return s.store.setting(ctx, s.DB, tenant.From(ctx).Regency)
}

// SaveSetting keeps the choices of the regency.
func (s *Service) SaveSetting(ctx context.Context, in Setting) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	p, err := s.Packs.Find(ctx, in.Pack)
	if err != nil || p.Rule != instrument.WeightTimes {
		return errs.InvalidFields(map[string]errs.Msg{"pack": errs.M("score.error.pack")})
	}
	for id, choice := range in.Choices {
		if p.CheckOptions(map[string]string{id: choice}) != nil {
			delete(in.Choices, id)
		}
	}
	before, err := s.Setting(ctx)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putSetting(tx, tenant.From(ctx).Regency, in, tenant.From(ctx).UserID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "setting", "setting", "", "", before, in)
	})
}

// mayClaim: who works on the innovation claims its levels.
func (s *Service) mayClaim(ctx context.Context, innovation string) error {
	if err := allow(ctx, Claims); err != nil {
		return err
	}
	may, err := s.Innovations.MayEdit(ctx, innovation)
	if err == nil && !may {
		err = errs.E(errs.Forbidden, "score.error.not_team", nil)
	}
	return err
}

// Say claims a level of an item: points 0 to 3, or with typed a raw figure that the brackets of the item (or of its basis)
// turn into points. Gives what was understood.
func (s *Service) Say(ctx context.Context, c Claim, typed string) (Claim, error) {
	if err := s.mayClaim(ctx, c.Innovation); err != nil {
		return c, err
	}
	b := &Board{}
	if err := s.head(ctx, b); err != nil {
		return c, err
	}
	q, component, ok := b.Pack.Question(c.Item)
	if !ok || !component.Entries {
		return c, errs.E(errs.NotFound, "score.error.item", nil)
	}
	if typed = strings.TrimSpace(typed); typed != "" {
		if err := readTyped(b, &c, typed); err != nil {
			return c, err
		}
	} else if most := int8(3); c.Points < 0 || c.Points > most {
		return c, errs.InvalidFields(map[string]errs.Msg{"points": errs.M("score.error.points")})
	}
	if c.Note = strings.TrimSpace(c.Note); len(c.Note) > 2000 {
		return c, errs.InvalidFields(map[string]errs.Msg{"note": errs.M("score.error.note")})
	}
	c.By, c.At = tenant.From(ctx).UserID, s.now()
	return c, s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putClaim(tx, tenant.From(ctx).Regency, c); err != nil {
			return err
		}
		return s.record(ctx, tx, "claim", "item", c.Innovation+"/"+q.Code, c.Note, nil, c)
	})
}

func readTyped(b *Board, c *Claim, typed string) error {
	brackets, ok := b.Pack.BracketsOf(c.Item, c.Basis)
	if !ok {
		return errs.InvalidFields(map[string]errs.Msg{"basis": errs.M("score.error.basis")})
	}
	v, err := instrument.Figure(typed, brackets.Decimals > 0)
	if err != nil {
		return errs.InvalidFields(map[string]errs.Msg{"raw": errs.M("score.error.raw")})
	}
	r, _ := b.Pack.ReadRaw(c.Item, c.Basis, v, b.Options)
	c.Raw, c.Points = trim(v), int8(r.Points.Num().Int64())
	return nil
}

// Unsay takes a claim back.
func (s *Service) Unsay(ctx context.Context, innovation, item string) error {
	if err := s.mayClaim(ctx, innovation); err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err := tx.Exec(`DELETE FROM score_item WHERE regency_id = $1 AND innovation_id = $2 AND item = $3`, tenant.From(ctx).Regency, innovation, item)
		if err != nil || n == 0 {
			return err
		}
		return s.record(ctx, tx, "unclaim", "item", innovation+"/"+item, "", nil, nil)
	})
}

// WrongYear tells whether a proof is of another year than the item asks for, and which years these are; zeros when it fits or
// nobody can tell.
func WrongYear(q instrument.Question, year int, p Proof, yearOf func(int64) int) (want, got int) {
	if q.Year == 0 {
		return 0, 0
	}
	want = year + q.Year
	switch {
	case p.From != 0:
		if from, to := yearOf(p.From), yearOf(max(p.To, p.From)); want < from || want > to {
			return want, from
		}
	case p.Date != 0:
		if got := yearOf(p.Date); got != want {
			return want, got
		}
	}
	return 0, 0
}

// LinkProof hangs a proof of the library on an item. A proof of another year than the item asks for needs a reason, which
// stays in the audit trail.
func (s *Service) LinkProof(ctx context.Context, innovation, item, proof, reason string) error {
	p, err := s.Evidence.Get(ctx, proof)
	if err != nil {
		return errs.InvalidFields(map[string]errs.Msg{"evidence": errs.M("score.error.evidence")})
	}
	if err := s.Linkable(ctx, innovation, item, p, reason); err != nil {
		return err
	}
	return s.Evidence.Link(ctx, proof, Holder(innovation), item)
}

// Linkable says whether the actor may hang a proof on an item of an innovation: they work on it, and the proof is of the year
// the item asks for, or a reason says why another one serves. Words such as "gate" take every proof.
func (s *Service) Linkable(ctx context.Context, innovation, item string, p Proof, reason string) error {
	if err := s.mayClaim(ctx, innovation); err != nil {
		return err
	}
	b := &Board{}
	if err := s.head(ctx, b); err != nil {
		return err
	}
	q, component, ok := b.Pack.Question(item)
	if !ok {
		return nil
	}
	if !component.Entries {
		return errs.E(errs.NotFound, "score.error.item", nil)
	}
	want, got := WrongYear(q, b.Year, p, s.yearOf)
	if want == 0 {
		return nil
	}
	if reason = strings.TrimSpace(reason); reason == "" {
		return errs.InvalidFields(map[string]errs.Msg{"year_reason": errs.M("score.error.year", "Want", want, "Got", got)})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		return s.record(ctx, tx, "year.override", "item", innovation+"/"+item, reason, want, got)
	})
}

func (s *Service) yearOf(ms int64) int { return s.at(ms).Year() }

// UnlinkProof takes a proof from an item.
func (s *Service) UnlinkProof(ctx context.Context, innovation, item, proof string) error {
	if err := s.mayClaim(ctx, innovation); err != nil {
		return err
	}
	return s.Evidence.Unlink(ctx, proof, Holder(innovation), item)
}

// SetEffort says how many working days it takes to bring an item to a number of points; 0 forgets it.
func (s *Service) SetEffort(ctx context.Context, item string, points, days int) error {
	if err := allow(ctx, Manage); err != nil {
		return err
	}
	if points < 1 || points > 3 || days < 0 || days > 2000 {
		return errs.InvalidFields(map[string]errs.Msg{"days": errs.M("score.error.days")})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putEffort(tx, tenant.From(ctx).Regency, item, points, days, tenant.From(ctx).UserID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "effort", "effort", item+"/"+strconv.Itoa(points), "", nil, days)
	})
}

// frozen is the sheet of a round as it was locked.
type frozen struct {
	Entries []instrument.Entry
	Regency []int8
	Titles  map[string]string
	Choices map[string]string
}

// Freeze keeps the sheet of a round when it is locked, so that later work does not change what was handed in.
func (s *Service) Freeze(ctx context.Context, round string) error {
	b, err := s.Board(ctx)
	if err != nil || !b.HasRound || b.Round.ID != round {
		return err
	}
	f := frozen{Entries: b.Sheet.Entries, Regency: b.Sheet.Regency, Titles: map[string]string{}, Choices: b.Setting.Choices}
	for _, r := range b.Rows {
		if r.Counts {
			f.Titles[r.Fact.ID] = r.Fact.Title
		}
	}
	body, err := json.Marshal(f)
	if err != nil {
		return err
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.putFrozen(tx, tenant.From(ctx).Regency, round, b.Pack.ID, string(body), trim(b.Result.Index), s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, "freeze", "frozen", round, "", nil, map[string]any{"index": trim(b.Result.Index), "n": len(f.Entries)})
	})
}

// Frozen gives the sheet of a round as it was locked; ok is false when it was not.
func (s *Service) Frozen(ctx context.Context, round string) (sheet instrument.Sheet, ok bool, err error) {
	body, err := s.store.frozen(ctx, tenant.From(ctx).Regency, round)
	if err != nil || body == "" {
		return sheet, false, err
	}
	var f frozen
	if err := json.Unmarshal([]byte(body), &f); err != nil {
		return sheet, false, err
	}
	return instrument.Sheet{Entries: f.Entries, Regency: f.Regency, Affairs: instrument.AffairsOfEntries}, true, nil
}

// SheetOf gives what a round computes with: as it was locked, else as it stands now.
func (s *Service) SheetOf(ctx context.Context, round string) (instrument.Sheet, error) {
	sheet, ok, err := s.Frozen(ctx, round)
	if err != nil || ok {
		return sheet, err
	}
	b, err := s.Board(ctx)
	if err != nil {
		return sheet, err
	}
	return b.Sheet, nil
}
