package host

import (
	"context"
	"slices"
	"strings"
	"time"
)

// keep is how long the settings of all regencies are believed before they are read again; a change on this machine holds
// at once.
const keep = 30 * time.Second

// settings gives all regencies from memory.
func (s *Service) settings(ctx context.Context) ([]Regency, error) {
	s.mu.Lock()
	known, fresh := s.known, s.Now().Sub(s.read) < keep
	s.mu.Unlock()
	if fresh {
		return known, nil
	}
	all, err := s.all(ctx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	s.known, s.read = all, s.Now()
	s.mu.Unlock()
	return all, nil
}

func (s *Service) of(ctx context.Context, regency int64) (Regency, error) {
	all, err := s.settings(ctx)
	at := slices.IndexFunc(all, func(r Regency) bool { return r.Regency == regency })
	if err != nil || at < 0 {
		return Regency{}, err
	}
	return all[at], nil
}

// Find gives the regency of a host name, or of a slug when one is named; 0 when there is none.
func (s *Service) Find(ctx context.Context, hostName, slug string) (int64, error) {
	all, err := s.settings(ctx)
	if err != nil {
		return 0, err
	}
	for _, r := range all {
		if slug != "" && r.Slug == slug || slug == "" && hostName != "" && r.HostName == hostName {
			return r.Regency, nil
		}
	}
	return 0, nil
}

// HostNames lists the names under which regencies are reached, for the door that refuses foreign ones.
func (s *Service) HostNames(ctx context.Context) ([]string, error) {
	all, err := s.settings(ctx)
	var out []string
	for _, r := range all {
		if r.HostName != "" {
			out = append(out, r.HostName)
		}
	}
	return out, err
}

// Address is what stands before the paths in letters of a regency: its own name, else that of the host.
func (s *Service) Address(ctx context.Context, regency int64) string {
	r, err := s.of(ctx, regency)
	if err != nil || r.HostName == "" {
		return strings.TrimSuffix(s.BaseURL, "/")
	}
	return "https://" + r.HostName
}

// Limits gives what a regency may keep, in bytes.
func (s *Service) Limits(ctx context.Context, regency int64) (Limits, error) {
	r, err := s.of(ctx, regency)
	out := s.Default
	for _, one := range []struct {
		mb int64
		to *int64
	}{{r.FileMB, &out.File}, {r.AgencyMB, &out.Agency}, {r.RegencyMB, &out.Regency}} {
		if one.mb > 0 {
			*one.to = one.mb << 20
		}
	}
	return out, err
}

// MailOf gives the mail server of a regency; ok is false when it uses that of the machine.
func (s *Service) MailOf(ctx context.Context, regency int64) (m Mail, ok bool, err error) {
	r, err := s.of(ctx, regency)
	if err != nil || r.Mail.Host == "" {
		return Mail{}, false, err
	}
	m = r.Mail
	if m.Password != "" {
		plain, err := s.Box.Open(place(regency), m.Password)
		if err != nil {
			return Mail{}, false, err
		}
		m.Password = string(plain)
	}
	return m, true, nil
}
