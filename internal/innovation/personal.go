package innovation

import (
	"context"

	"github.com/pendapa/pendapa/internal/tenant"
)

// Personal is the right to see the NIP and the contact of the person in charge of any innovation (UU 27/2022: no more than
// the work needs).
const Personal = "innovation.personal"

// SeesPersonal reports whether the actor sees the NIP and the contact of the person in charge: those who work on the
// innovation, the desk, and who holds the right for all.
func (s *Service) SeesPersonal(ctx context.Context, i Innovation) (bool, error) {
	if tenant.From(ctx).Can(Personal, "") {
		return true, nil
	}
	return s.MayEdit(ctx, i)
}

// shown gives a record as the actor may see it.
func (s *Service) shown(ctx context.Context, i Innovation) (Innovation, error) {
	if i.Profile.PersonNIP == "" && i.Profile.PersonContact == "" {
		return i, nil
	}
	sees, err := s.SeesPersonal(ctx, i)
	if !sees || err != nil {
		i.Profile.PersonNIP, i.Profile.PersonContact = "", ""
	}
	return i, err
}

// read gives a whole record to a rule that will write it again; what leaves the room goes through shown.
func (s *Service) read(ctx context.Context, id string) (Innovation, error) {
	if err := allow(ctx, Read); err != nil {
		return Innovation{}, err
	}
	return s.store.get(ctx, s.DB, tenant.From(ctx).Regency, id)
}

// shownAll gives records of a list as the actor may see them; a membership in a team counts on the page of its innovation
// only.
func shownAll(ctx context.Context, all []Innovation) []Innovation {
	a := tenant.From(ctx)
	if a.Can(Personal, "") || a.Can(Desk, "") {
		return all
	}
	for n, i := range all {
		if !a.Can(Write, i.Agency) && i.Proposer != a.UserID {
			all[n].Profile.PersonNIP, all[n].Profile.PersonContact = "", ""
		}
	}
	return all
}
