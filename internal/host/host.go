package host

import (
	"context"
	"net/mail"
	"regexp"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Manage is the only action of this room. It reaches over all regencies of the host, but only to what this room keeps.
const Manage = "host.manage"

// Regency is a regency of this host with what it has of its own. Sizes are in megabytes, 0 follows the host.
type Regency struct {
	tenant.Brand
	HostName  string // name in the address people open, without https://
	Slug      string // below the address of the host: /d/banyuwangi
	Mail      Mail   // Password is never filled by reads for pages
	MailKept  bool   // a password is kept
	FileMB    int64
	AgencyMB  int64
	RegencyMB int64
	ChangedAt int64
	Rev       int64
}

// ZoneName is the last part of the zone, by which its text is found.
func (r Regency) ZoneName() string { return strings.TrimPrefix(r.Zone, "Asia/") }

// Service is the door of the room.
type Service struct {
	Deps
	store store

	mu    sync.Mutex // guards known and read
	known []Regency
	read  time.Time
}

// New makes the room.
func New(d Deps) *Service { return &Service{Deps: d, store: store{d.DB}} }

// Zones are the clocks a regency may follow: WIB, WITA, WIT.
func Zones() []string { return []string{"Asia/Jakarta", "Asia/Makassar", "Asia/Jayapura"} }

// ZoneOf gives the zone that people call WIB, WITA or WIT; another name stays as it is.
func ZoneOf(name string) string {
	at := slices.Index([]string{"WIB", "WITA", "WIT"}, strings.ToUpper(strings.TrimSpace(name)))
	if at < 0 {
		return name
	}
	return Zones()[at]
}

func allow(ctx context.Context) error {
	if !tenant.From(ctx).Can(Manage, "") {
		return errs.E(errs.Forbidden, "web.error.forbidden", nil)
	}
	return nil
}

// List gives every regency of the host by number, without passwords.
func (s *Service) List(ctx context.Context) ([]Regency, error) {
	if err := allow(ctx); err != nil {
		return nil, err
	}
	all, err := s.all(ctx)
	for n := range all {
		all[n].Mail.Password = ""
	}
	return all, err
}

// Get gives one regency.
func (s *Service) Get(ctx context.Context, regency int64) (Regency, error) {
	all, err := s.List(ctx)
	if err != nil {
		return Regency{}, err
	}
	at := slices.IndexFunc(all, func(r Regency) bool { return r.Regency == regency })
	if at < 0 {
		return Regency{}, errs.E(errs.NotFound, "host.error.no_regency", nil)
	}
	return all[at], nil
}

func (s *Service) all(ctx context.Context) ([]Regency, error) {
	brands, err := s.Founder.Regencies(ctx)
	if err != nil {
		return nil, err
	}
	own, err := s.store.all(ctx)
	if err != nil {
		return nil, err
	}
	out := make([]Regency, 0, len(brands))
	for _, b := range brands {
		r := own[b.Regency]
		r.Brand, r.MailKept = b, r.Mail.Password != ""
		out = append(out, r)
	}
	return out, nil
}

// Add brings another regency of the official list onto the host and invites its first administrator. The link is for
// that person alone: it sets the password, once.
func (s *Service) Add(ctx context.Context, code, zone, name, email string) (regency int64, link string, err error) {
	if err := allow(ctx); err != nil {
		return 0, "", err
	}
	if zone != "" && !slices.Contains(Zones(), zone) {
		return 0, "", errs.InvalidFields(map[string]errs.Msg{"zone": errs.M("host.error.zone")})
	}
	regency, link, err = s.Founder.Found(ctx, code, zone, name, email)
	if err == nil {
		s.forget(regency)
	}
	return regency, link, err
}

// Appoint makes an account of a regency the operator of the host. Only a command on the machine asks for it.
func (s *Service) Appoint(ctx context.Context, regency int64, email string) error {
	return s.Founder.Appoint(ctx, regency, email)
}

// Save changes what a regency has of its own. An empty mail password keeps the one that is there.
func (s *Service) Save(ctx context.Context, r Regency) error {
	before, err := s.Get(ctx, r.Regency)
	if err != nil {
		return err
	}
	r.tidy()
	if err := r.check(); err != nil {
		return err
	}
	sealed, err := s.password(ctx, r)
	if err != nil {
		return err
	}
	r.Brand, r.ChangedAt = tenant.Brand{Regency: before.Regency, Code: before.Code, Name: before.Name, Zone: r.Zone}, s.Now().UnixMilli()
	err = s.DB.Tx(ctx, func(tx *db.Tx) error {
		if err := s.store.put(tx, r, sealed); err != nil {
			return err
		}
		if r.Zone != before.Zone {
			if err := s.Founder.SetZone(ctx, tx, r.Regency, r.Zone); err != nil {
				return err
			}
		}
		return s.Audit.Record(into(ctx, r.Regency), tx, audit.Entry{Action: "host.regency.edit", Object: "host_regency",
			ObjectID: r.Code, Before: shown(before), After: shown(r)})
	})
	if err == nil {
		s.forget(r.Regency)
	}
	return err
}

// into is the actor writing into the trail of another regency: the one whose settings change reads who did it.
func into(ctx context.Context, regency int64) context.Context {
	a := tenant.From(ctx)
	a.Regency = regency
	return tenant.With(ctx, a)
}

// shown is what the trail keeps of a regency: everything but the password.
func shown(r Regency) Regency {
	r.Mail.Password = ""
	return r
}

func (s *Service) password(ctx context.Context, r Regency) (string, error) {
	switch {
	case r.Mail.Host == "":
		return "", nil
	case r.Mail.Password == "":
		own, err := s.store.all(ctx)
		return own[r.Regency].Mail.Password, err
	}
	return s.Box.Seal(place(r.Regency), []byte(r.Mail.Password)), nil
}

func (s *Service) forget(regency int64) {
	s.mu.Lock()
	s.read = time.Time{}
	s.mu.Unlock()
	if s.Changed != nil {
		s.Changed(regency)
	}
}

func (r *Regency) tidy() {
	r.HostName = strings.TrimSuffix(strings.ToLower(strings.TrimSpace(r.HostName)), "/")
	for _, scheme := range []string{"https://", "http://"} {
		r.HostName = strings.TrimPrefix(r.HostName, scheme)
	}
	r.Slug = strings.Trim(strings.ToLower(strings.TrimSpace(r.Slug)), "/")
	r.Mail.Host, r.Mail.From = strings.TrimSpace(r.Mail.Host), strings.TrimSpace(r.Mail.From)
	r.Mail.User = strings.TrimSpace(r.Mail.User)
	if r.Mail.Host == "" {
		r.Mail = Mail{}
	} else if r.Mail.Port == 0 {
		r.Mail.Port = 587
	}
}

var (
	hostNamed = regexp.MustCompile(`^([a-z0-9]([a-z0-9-]{0,61}[a-z0-9])?\.)+[a-z]{2,63}$`)
	slugged   = regexp.MustCompile(`^[a-z0-9]([a-z0-9-]{0,38}[a-z0-9])?$`)
)

// mostMB is the largest limit that can be set: 1 PB.
const mostMB = 1 << 30

func (r *Regency) check() error {
	wrong := map[string]errs.Msg{}
	if r.HostName != "" && (len(r.HostName) > 253 || !hostNamed.MatchString(r.HostName)) {
		wrong["host_name"] = errs.M("host.error.host_name")
	}
	if r.Slug != "" && !slugged.MatchString(r.Slug) {
		wrong["slug"] = errs.M("host.error.slug")
	}
	if !slices.Contains(Zones(), r.Zone) {
		wrong["zone"] = errs.M("host.error.zone")
	}
	if r.Mail.Host != "" {
		r.Mail.check(wrong)
	}
	for name, mb := range map[string]int64{"file_mb": r.FileMB, "agency_mb": r.AgencyMB, "regency_mb": r.RegencyMB} {
		if mb < 0 || mb > mostMB {
			wrong[name] = errs.M("host.error.size")
		}
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	return nil
}

func (m Mail) check(wrong map[string]errs.Msg) {
	if len(m.Host) > 253 || strings.ContainsAny(m.Host, " /\\@\r\n\t") {
		wrong["mail_host"] = errs.M("host.error.mail_host")
	}
	if m.Port < 1 || m.Port > 65535 {
		wrong["mail_port"] = errs.M("host.error.mail_port")
	}
	if from, err := mail.ParseAddress(m.From); err != nil || strings.ContainsAny(m.From, "\r\n") || from.Address == "" {
		wrong["mail_from"] = errs.M("host.error.mail_from")
	}
}
