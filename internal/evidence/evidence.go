package evidence

import (
	"context"
	"net/url"
	"slices"
	"strings"
	"time"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/blob"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/events"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Actions of this room.
const (
	Read  = "evidence.read"  // the library
	Write = "evidence.write" // add and change for an agency
	Check = "evidence.check" // accept, return, reject
	View  = "evidence.view"  // open one proof: readers, and assessors of a round it is linked to
	Audit = "evidence.audit" // see restricted proofs of all agencies
)

// States of a proof.
const (
	Draft     = proof.Draft
	Submitted = proof.Submitted
	Accepted  = proof.Accepted
	Revise    = proof.Revise
	Rejected  = proof.Rejected
	Expired   = proof.Expired
)

// States lists the states in the order of the way.
func States() []string { return []string{Draft, Submitted, Accepted, Revise, Rejected, Expired} }

// Kinds lists what a proof can be.
func Kinds() []string {
	return []string{"regulation", "decree", "minutes", "budget", "plan", "report", "screenshot", "photo", "survey", "agreement", "link", "other"}
}

// Confidentialities lists who may see a proof, from most to least.
func Confidentialities() []string { return []string{"public", "internal", "restricted"} }

// Item is one proof with its card. Times are milliseconds, 0 is not set; FileSize is in bytes.
type Item struct {
	ID, Title, Kind, Number   string
	Date, From, To            int64
	Agency, Page              string
	Confidentiality           string
	ValidUntil                int64
	Supersedes, Note          string
	State, Reason             string
	URL                       string
	FileName, FileType        string
	FileGroup, FileHash       string
	FileSize                  int64
	CreatedBy                 string
	CreatedAt, ChangedAt, Rev int64
	DecidedHash, DecidedBy    string  // the fingerprint of what was accepted, and who accepted it
	DecidedAt, Pending        int64   // Pending is the number of the version that waits, 0 none
	claim                     claimed // of a file that has no card yet
}

// HasFile reports whether there are bytes behind the card.
func (i Item) HasFile() bool { return i.FileHash != "" }

// Deps is what the room is given. MaxFile and Quota are bytes.
type Deps struct {
	DB    *db.DB
	Audit *audit.Log
	Now   func() time.Time
	NewID func() string
	Dir   tenant.Directory
	Bus   *events.Bus
	Blobs *blob.Store
	Looks *blob.Store // small pictures of files, made again when they are lost
	// Holders are the rooms on whose things proofs hang, by kind.
	Holders map[string]proof.Holder
	// FileState tells what is wrong with a kept file, blob.Damaged or blob.Missing; "" when nothing is known to be.
	FileState func(ctx context.Context, hash string) (string, error)
	Invited   func(ctx context.Context, round string) (bool, error)
	MaxFile   int64 // of one file
	Quota     int64 // of one agency
	// LimitsOf gives what a regency has of its own; nil when all follow MaxFile and Quota.
	LimitsOf func(ctx context.Context, regency int64) (Limits, error)
}

// Service is the door of the room.
type Service struct {
	Deps
	store store
	lists *db.Memo[string, listed]

	counts *db.Memo[proof.Thing, proof.Counts]
	links  *db.Memo[string, []proof.Link]
	named  *db.Memo[proof.Thing, []heldItem]
	shown  previews
}

// New makes the room.
func New(d Deps) *Service {
	return &Service{Deps: d, store: store{d.DB}, lists: db.NewMemo[string, listed](d.DB, mostLists, "evidence_item", "evidence_version", "evidence_link", "evidence_word"),
		counts: db.NewMemo[proof.Thing, proof.Counts](d.DB, mostCounts, "evidence_item", "evidence_link"),
		links:  db.NewMemo[string, []proof.Link](d.DB, mostCounts, "evidence_link"),
		named:  db.NewMemo[proof.Thing, []heldItem](d.DB, mostNamed, "evidence_item", "evidence_link")}
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }

// Get gives one proof if the actor may see it.
func (s *Service) Get(ctx context.Context, id string) (Item, error) { return s.get(ctx, s.DB, id) }

func (s *Service) get(ctx context.Context, q db.Queryer, id string) (Item, error) {
	i, err := s.store.get(ctx, q, tenant.From(ctx).Regency, id)
	if err != nil {
		return i, err
	}
	ok, err := s.visible(ctx, i)
	if err == nil && !ok {
		err = errs.E(errs.NotFound, "evidence.error.not_found", nil)
	}
	return i, err
}

// visible is the one place that decides who sees a proof. An assessor from outside sees those of the rounds they were invited
// to, a restricted one only where it was released to that round.
func (s *Service) visible(ctx context.Context, i Item) (bool, error) {
	a := tenant.From(ctx)
	if a.Can(Read, "") {
		return i.Confidentiality != "restricted" || seesRestricted(a, i.Agency), nil
	}
	if !a.Can(View, "") {
		return false, nil
	}
	used, err := s.store.links(ctx, a.Regency, i.ID)
	if err != nil {
		return false, err
	}
	var released map[string]bool
	if i.Confidentiality == "restricted" {
		if released, err = s.store.released(ctx, a.Regency, i.ID); err != nil {
			return false, err
		}
	}
	for _, t := range used {
		if t.Kind != proof.Round || i.Confidentiality == "restricted" && !released[t.ID] {
			continue
		}
		if ok, err := s.Invited(ctx, t.ID); err != nil || ok {
			return ok, err
		}
	}
	return false, nil
}

func seesRestricted(a tenant.Actor, agency string) bool {
	return a.Can(Audit, "") || a.Can(Check, "") || agency != "" && (a.Agency == agency || a.Can(Write, agency))
}

// mayWrite reports whether the actor may change a proof of an agency; the evaluation team may for all.
func mayWrite(ctx context.Context, agency string) bool {
	a := tenant.From(ctx)
	return agency != "" && a.Can(Write, agency) || a.Can(Check, "")
}

// tidy cleans a card and says what is wrong with it.
func (i *Item) tidy() error {
	wrong := map[string]errs.Msg{}
	i.Title, i.Number, i.Page = strings.Join(strings.Fields(i.Title), " "), strings.TrimSpace(i.Number), strings.TrimSpace(i.Page)
	i.Note, i.URL = strings.TrimSpace(i.Note), strings.TrimSpace(i.URL)
	if i.Title == "" || utf8.RuneCountInString(i.Title) > 300 {
		wrong["title"] = errs.M("evidence.error.title")
	}
	if !slices.Contains(Kinds(), i.Kind) {
		wrong["kind"] = errs.M("evidence.error.kind")
	}
	if !slices.Contains(Confidentialities(), i.Confidentiality) {
		wrong["confidentiality"] = errs.M("evidence.error.confidentiality")
	}
	if i.To != 0 && i.To < i.From {
		wrong["to"] = errs.M("evidence.error.period")
	}
	if utf8.RuneCountInString(i.Number) > 200 || utf8.RuneCountInString(i.Page) > 200 || utf8.RuneCountInString(i.Note) > 4000 {
		wrong["note"] = errs.M("evidence.error.long")
	}
	if i.URL != "" && !webAddress(i.URL) {
		wrong["url"] = errs.M("evidence.error.url")
	}
	if !i.HasFile() && i.URL == "" {
		wrong["url"] = errs.M("evidence.error.empty")
	}
	if i.Agency == "" {
		wrong["agency"] = errs.M("evidence.error.agency")
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

// webAddress takes http and https only: a link must never run anything.
func webAddress(text string) bool {
	u, err := url.Parse(text)
	return err == nil && (u.Scheme == "https" || u.Scheme == "http") && u.Host != "" && u.User == nil && len(text) < 2000
}

func (s *Service) record(ctx context.Context, tx *db.Tx, action string, i Item, why string, before, after any) error {
	return s.Audit.Record(ctx, tx, audit.Entry{Action: "evidence." + action, Object: "evidence_item", ObjectID: i.ID, Agency: i.Agency, Why: why, Before: before, After: after})
}
