package innovation

import (
	"context"
	"slices"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Member is one person of the team: somebody with an account, or a name from the decree.
type Member struct {
	ID, User, Name, Agency, Role, Task string // Role: lead, member, companion
	AddedAt                            int64
}

// Partner is an outside or inside actor by the five kinds of the penta-helix.
type Partner struct {
	ID, Kind, Name, Role, Agreement string
	AddedAt                         int64
}

// MemberRoles lists what a member can be.
func MemberRoles() []string { return []string{"lead", "member", "companion"} }

// PartnerKinds lists the five kinds of actors.
func PartnerKinds() []string {
	return []string{"government", "academia", "business", "community", "media"}
}

// Team lists the members of an innovation, the lead first.
func (s *Service) Team(ctx context.Context, id string) ([]Member, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.members(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// Partners lists the partners of an innovation.
func (s *Service) Partners(ctx context.Context, id string) ([]Partner, error) {
	if err := allow(ctx, Read); err != nil {
		return nil, err
	}
	return s.store.partners(ctx, tenant.From(ctx).Regency, id)
}

const mostMembers = 500

// AddMembers adds people: one with an account, or several names, one a line, as they stand in the decree.
func (s *Service) AddMembers(ctx context.Context, id string, m Member) (int, error) {
	i, err := s.editable(ctx, id)
	if err != nil {
		return 0, err
	}
	if m.Role == "" {
		m.Role = "member"
	}
	all, err := s.namesOf(ctx, m)
	if err != nil {
		return 0, err
	}
	had, err := s.Team(ctx, id)
	if err != nil {
		return 0, err
	}
	all = slices.DeleteFunc(all, func(n Member) bool {
		return slices.ContainsFunc(had, func(h Member) bool {
			return h.User != "" && h.User == n.User || strings.EqualFold(h.Name, n.Name) && h.Agency == n.Agency
		})
	})
	if len(all) == 0 {
		return 0, errs.InvalidFields(map[string]errs.Msg{"names": errs.M("innovation.error.member_twice")})
	}
	if len(had)+len(all) > mostMembers {
		return 0, errs.InvalidFields(map[string]errs.Msg{"names": errs.M("innovation.error.member_most", "Most", mostMembers)})
	}
	return len(all), s.part(ctx, i, "member.add", all, func(tx *db.Tx, regency int64) error {
		for _, n := range all {
			if err := s.store.insertMember(tx, regency, id, n); err != nil {
				return err
			}
		}
		return nil
	})
}

func (s *Service) namesOf(ctx context.Context, m Member) ([]Member, error) {
	wrong := map[string]errs.Msg{}
	if !slices.Contains(MemberRoles(), m.Role) {
		wrong["role"] = errs.M("innovation.error.choice")
	}
	m.Task, m.AddedAt = strings.TrimSpace(m.Task), s.now()
	if len(m.Task) > 300 {
		wrong["task"] = errs.M("innovation.error.long", "Most", mostLine)
	}
	if m.User != "" {
		p, err := s.Dir.Person(ctx, m.User)
		if errs.Is(err, errs.NotFound) {
			wrong["user"] = errs.M("innovation.error.person")
		} else if err != nil {
			return nil, err
		}
		m.Name, m.Agency = p.Name, p.Agency
	}
	if m.Agency != "" {
		if _, err := s.Dir.Agency(ctx, m.Agency); err != nil {
			wrong["agency"] = errs.M("innovation.error.agency")
		}
	}
	out := s.perLine(m, wrong)
	if len(out) == 0 {
		wrong["names"] = errs.M("innovation.error.names")
	}
	if len(wrong) > 0 {
		return nil, errs.InvalidFields(wrong)
	}
	return out, nil
}

// perLine gives a member for every name, one a line.
func (s *Service) perLine(m Member, wrong map[string]errs.Msg) []Member {
	var out []Member
	for line := range strings.Lines(m.Name) {
		name := strings.Join(strings.Fields(line), " ")
		if name == "" {
			continue
		}
		if utf8.RuneCountInString(name) > 200 {
			wrong["names"] = errs.M("innovation.error.long", "Most", 200)
		}
		n := m
		n.ID, n.Name = s.NewID(), name
		out = append(out, n)
	}
	return out
}

// RemoveMember takes a person off the team.
func (s *Service) RemoveMember(ctx context.Context, id, member string) error {
	i, err := s.editable(ctx, id)
	if err != nil {
		return err
	}
	return s.part(ctx, i, "member.remove", member, func(tx *db.Tx, regency int64) error {
		n, err := tx.Exec(`DELETE FROM innovation_member WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`, regency, id, member)
		return gone(n, err)
	})
}

// AddPartner adds an actor.
func (s *Service) AddPartner(ctx context.Context, id string, p Partner) error {
	i, err := s.editable(ctx, id)
	if err != nil {
		return err
	}
	p.Name, p.Role, p.Agreement = strings.Join(strings.Fields(p.Name), " "), strings.TrimSpace(p.Role), strings.TrimSpace(p.Agreement)
	wrong := map[string]errs.Msg{}
	if !slices.Contains(PartnerKinds(), p.Kind) {
		wrong["kind"] = errs.M("innovation.error.choice")
	}
	if n := utf8.RuneCountInString(p.Name); n < 2 || n > 200 {
		wrong["partner"] = errs.M("innovation.error.partner")
	}
	if len(p.Role) > 300 || len(p.Agreement) > 300 {
		wrong["partner_role"] = errs.M("innovation.error.long", "Most", mostLine)
	}
	if len(wrong) > 0 {
		return errs.InvalidFields(wrong)
	}
	p.ID, p.AddedAt = s.NewID(), s.now()
	return s.part(ctx, i, "partner.add", p, func(tx *db.Tx, regency int64) error { return s.store.insertPartner(tx, regency, id, p) })
}

// RemovePartner takes an actor away.
func (s *Service) RemovePartner(ctx context.Context, id, partner string) error {
	i, err := s.editable(ctx, id)
	if err != nil {
		return err
	}
	return s.part(ctx, i, "partner.remove", partner, func(tx *db.Tx, regency int64) error {
		n, err := tx.Exec(`DELETE FROM innovation_partner WHERE regency_id = $1 AND innovation_id = $2 AND id = $3`, regency, id, partner)
		return gone(n, err)
	})
}

// part writes a row below an innovation with its audit entry.
func (s *Service) part(ctx context.Context, i Innovation, action string, after any, write func(tx *db.Tx, regency int64) error) error {
	return s.DB.Tx(ctx, func(tx *db.Tx) error {
		regency := tenant.From(ctx).Regency
		if err := write(tx, regency); err != nil {
			return err
		}
		if _, err := tx.Exec(`UPDATE innovation_innovation SET changed_at = $3 WHERE regency_id = $1 AND id = $2`, regency, i.ID, s.now()); err != nil {
			return err
		}
		return s.record(ctx, tx, action, i, "", nil, after)
	})
}

func gone(n int64, err error) error {
	if err == nil && n == 0 {
		return errs.E(errs.NotFound, "innovation.error.gone", nil)
	}
	return err
}
