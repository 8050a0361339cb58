package notice

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

// How a person wants letters.
const (
	Daily = "daily" // one letter a day with what is new
	None  = "none"
)

// Notice is something to tell people. Once names the happening: the same person never gets the same Once again, so it holds
// whatever makes the happening one, for example "idea.answered:" and the idea's id. Path is where it leads, "" when nowhere.
// By is who acted when the context does not say, as in the work of a job.
type Notice struct {
	To   []string // ids of people
	By   string
	Key  string         // text key of the room that tells
	Args map[string]any // values of the text: strings and numbers
	Path string
	Once string
}

// Item is a notice as its person has it. ReadAt and MailedAt are 0 until it happened.
type Item struct {
	ID, Key, Path        string
	Args                 map[string]any
	At, ReadAt, MailedAt int64
}

// Unread reports whether the person has not opened it yet.
func (i Item) Unread() bool { return i.ReadAt == 0 }

// Service is the door of the room.
type Service struct {
	Deps
	store store
}

// New makes the room.
func New(d Deps) *Service { return &Service{Deps: d, store: store{d.DB}} }

// Notify tells people within the caller's transaction: they hear of it when and only when the change is kept. Who acted is
// left out.
func (s *Service) Notify(ctx context.Context, tx *db.Tx, n Notice) error {
	args, err := n.check()
	if err != nil {
		return err
	}
	a := tenant.From(ctx)
	for _, person := range n.To {
		if person == "" || person == a.UserID || person == n.By {
			continue
		}
		if err := s.store.insert(tx, a.Regency, s.NewID(), person, n, args, s.now()); err != nil {
			return err
		}
	}
	return nil
}

// check refuses what a programmer got wrong and gives the values as they are kept.
func (n Notice) check() (string, error) {
	if n.Key == "" || n.Once == "" {
		return "", errors.New("notice: a notice needs Key and Once")
	}
	if n.Path != "" && !local(n.Path) {
		return "", fmt.Errorf("notice %s: path %q does not stay in this house", n.Key, n.Path)
	}
	for name, v := range n.Args {
		switch v.(type) {
		case string, int, int8, int16, int32, int64, uint, uint8, uint16, uint32, uint64, float32, float64, json.Number:
		default:
			return "", fmt.Errorf("notice %s: %s is a %T, want a text or a number", n.Key, name, v)
		}
	}
	if len(n.Args) == 0 {
		return "{}", nil
	}
	data, err := json.Marshal(n.Args)
	if err != nil {
		return "", fmt.Errorf("notice %s: %w", n.Key, err)
	}
	return string(data), nil
}

// local reports a path that no browser takes for another site.
func local(path string) bool {
	return strings.HasPrefix(path, "/") && !strings.HasPrefix(path, "//") && !strings.ContainsAny(path, "\\\r\n\t")
}

// values reads kept arguments: whole numbers as they are, others with the decimal mark of the language.
func values(lang string, args map[string]any) []any {
	var pairs []any
	for name, v := range args {
		if n, ok := v.(json.Number); ok {
			v = number(lang, n)
		}
		pairs = append(pairs, name, v)
	}
	return pairs
}

func number(lang string, n json.Number) any {
	if whole, err := n.Int64(); err == nil {
		return whole
	}
	if strings.ContainsAny(n.String(), "eE") {
		return n.String()
	}
	return i18n.Number(lang, n.String())
}

// text gives the sentence of a notice on one line. A text that a later version no longer has is replaced by one that says so.
func (s *Service) text(lang string, i Item) string {
	text := s.Text(lang, i.Key, values(lang, i.Args)...)
	if strings.HasPrefix(text, "⟦") {
		text = s.Text(lang, "notice.text.gone")
	}
	return strings.Join(strings.Fields(text), " ")
}

// List gives the actor's notices, unread ones first, newest first, and how many there are.
func (s *Service) List(ctx context.Context, unread bool, limit, offset int) ([]Item, int, error) {
	a, err := person(ctx)
	if err != nil {
		return nil, 0, err
	}
	return s.store.list(ctx, a.Regency, a.UserID, unread, limit, offset)
}

// Unread counts what the actor has not read, for the bell; 0 for strangers and when the store does not answer.
func (s *Service) Unread(ctx context.Context) int {
	a, err := person(ctx)
	if err != nil {
		return 0
	}
	n, err := s.store.unread(ctx, a.Regency, a.UserID)
	if err != nil {
		return 0
	}
	return n
}

// Open marks one of the actor's notices as read and gives it.
func (s *Service) Open(ctx context.Context, id string) (Item, error) {
	a, err := person(ctx)
	if err != nil {
		return Item{}, err
	}
	i, err := s.store.get(ctx, a.Regency, a.UserID, id)
	if err != nil || !i.Unread() {
		return i, err
	}
	i.ReadAt = s.now()
	return i, s.DB.Tx(ctx, func(tx *db.Tx) error { return s.store.read(tx, a.Regency, a.UserID, id, i.ReadAt) })
}

// OpenAll marks the actor's notices up to a moment as read; what came later was not seen.
func (s *Service) OpenAll(ctx context.Context, until int64) (n int, err error) {
	a, err := person(ctx)
	if err != nil {
		return 0, err
	}
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		n, err = s.store.readAll(tx, a.Regency, a.UserID, until, s.now())
		return err
	})
	return n, err
}

// Mailing gives how the actor wants letters.
func (s *Service) Mailing(ctx context.Context) (string, error) {
	a, err := person(ctx)
	if err != nil {
		return "", err
	}
	return s.store.mailing(ctx, s.DB, a.Regency, a.UserID)
}

// SetMailing changes how the actor wants letters.
func (s *Service) SetMailing(ctx context.Context, mail string) error {
	a, err := person(ctx)
	if err != nil {
		return err
	}
	if mail != Daily && mail != None {
		return errs.InvalidFields(map[string]errs.Msg{"mail": errs.M("notice.error.mail")})
	}
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		before, err := s.store.mailing(ctx, tx, a.Regency, a.UserID)
		if err != nil || before == mail {
			return err
		}
		if err := s.store.setMailing(tx, a.Regency, a.UserID, mail); err != nil {
			return err
		}
		return s.Audit.Record(ctx, tx, audit.Entry{Action: "notice.setting", Object: "notice_setting", ObjectID: a.UserID, Before: before, After: mail})
	})
}

// person gives the actor when it is somebody with an account.
func person(ctx context.Context) (tenant.Actor, error) {
	a := tenant.From(ctx)
	if !a.SignedIn() {
		return a, errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return a, nil
}

func (s *Service) now() int64 { return s.Now().UnixMilli() }
