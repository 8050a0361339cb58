package innovation_test

import (
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
)

func TestMembersFromSeveralAgencies(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		who := o.as("staff-hub")
		for _, m := range []innovation.Member{{User: "operator-hub", Role: "lead"}, {User: "staff-kes"}, {Name: "Nama Satu\n\n  Nama   Dua \nNama Tiga", Agency: "kes", Task: "Pelaksana"}, {Name: "Relawan", Role: "companion"}} {
			if _, err := o.AddMembers(who, i.ID, m); err != nil {
				t.Fatal(err)
			}
		}
		team := look(t, o.Team, i.ID)
		if len(team) != 6 || team[0].User != "operator-hub" || team[0].Agency != "hub" || team[1].Name != "Relawan" {
			t.Errorf("the lead stands first, then the companion: %+v", team)
		}
		facts, err := o.Facts(system(), i.ID)
		if err != nil || facts[i.ID].People != 6 || !slices.Equal(facts[i.ID].Agencies, []string{"hub", "kes"}) {
			t.Errorf("counted: %+v %v", facts[i.ID], err)
		}
		// A member of another agency works on the innovation now; others of that agency do not.
		if may, err := o.MayEdit(o.as("staff-kes"), i); !may || err != nil {
			t.Errorf("a member may not edit: %v", err)
		}
		if may, err := o.MayEdit(o.as("head-kes"), i); may || err != nil {
			t.Errorf("somebody who is no member may edit: %v", err)
		}
		must(t, o.RemoveMember(o.as("staff-kes"), i.ID, team[0].ID))
		wants(t, "twice", o.RemoveMember(who, i.ID, team[0].ID), errs.NotFound)
	})
}

func TestWhoCannotJoinATeam(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		who := o.as("staff-hub")
		add := func(m innovation.Member) error { _, err := o.AddMembers(who, i.ID, m); return err }
		must(t, add(innovation.Member{Name: "Nama Satu", Agency: "hub"}))
		wants(t, "nobody", add(innovation.Member{Name: " \n "}), errs.Invalid, "names")
		wants(t, "the same name", add(innovation.Member{Name: "nama satu", Agency: "hub"}), errs.Invalid, "names")
		wants(t, "an account that is not there", add(innovation.Member{User: "tidak-ada"}), errs.Invalid, "names", "user")
		wants(t, "an agency that is not there", add(innovation.Member{Name: "Nama Dua", Agency: "tidak-ada"}), errs.Invalid, "agency")
		wants(t, "a role that is not there", add(innovation.Member{Name: "Nama Dua", Role: "raja"}), errs.Invalid, "role")
		wants(t, "a name without end", add(innovation.Member{Name: strings.Repeat("x", 201)}), errs.Invalid, "names")
		wants(t, "a crowd", add(innovation.Member{Name: strings.Repeat("Nama\nLain\n", 300)}), errs.Invalid, "names")
		if team := look(t, o.Team, i.ID); len(team) != 1 {
			t.Errorf("refused people joined: %d", len(team))
		}
		_, err := o.AddMembers(o.as("staff-kes"), i.ID, innovation.Member{Name: "Nama Dua"})
		wants(t, "somebody who is not on the team", err, errs.Forbidden)
		_, err = o.AddMembers(elsewhere(who), i.ID, innovation.Member{Name: "Nama Dua"})
		wants(t, "another regency", err, errs.NotFound)
	})
}

func TestPartnersByKind(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		who := o.as("staff-hub")
		for _, kind := range []string{"media", "academia", "academia", "business"} {
			must(t, o.AddPartner(who, i.ID, innovation.Partner{Kind: kind, Name: "Lembaga " + kind, Role: "Evaluasi"}))
		}
		wants(t, "a kind that is not there", o.AddPartner(who, i.ID, innovation.Partner{Kind: "keluarga", Name: "Lembaga"}), errs.Invalid, "kind")
		wants(t, "no name", o.AddPartner(who, i.ID, innovation.Partner{Kind: "media", Name: " "}), errs.Invalid, "partner")
		wants(t, "a role without end", o.AddPartner(who, i.ID, innovation.Partner{Kind: "media", Name: "Koran", Role: strings.Repeat("x", 301)}), errs.Invalid, "partner_role")
		facts, err := o.Facts(system(), i.ID)
		if err != nil || len(facts[i.ID].Actors) != 4 {
			t.Errorf("actors: %v %v, want the executor and three kinds", facts[i.ID].Actors, err)
		}
		all := look(t, o.Partners, i.ID)
		must(t, o.RemovePartner(who, i.ID, all[0].ID))
		wants(t, "twice", o.RemovePartner(who, i.ID, all[0].ID), errs.NotFound)
		wants(t, "another regency", o.RemovePartner(elsewhere(who), i.ID, all[1].ID), errs.NotFound)
	})
}

func TestTheTeamRestsWhileTheDossierIsOnItsWay(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		must(t, o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, i.Rev, ""))
		_, err := o.AddMembers(o.as("staff-hub"), i.ID, innovation.Member{Name: "Nama Tiga"})
		wants(t, "adding", err, errs.Conflict)
		wants(t, "removing", o.RemoveMember(o.as("staff-hub"), i.ID, look(t, o.Team, i.ID)[0].ID), errs.Conflict)
		wants(t, "a partner", o.AddPartner(o.as("staff-hub"), i.ID, innovation.Partner{Kind: "media", Name: "Koran"}), errs.Conflict)
	})
}
