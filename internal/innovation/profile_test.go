package innovation_test

import (
	"context"
	"slices"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/storetest"
)

// form gives a form with everything the national form needs, on top of a record.
func form(i innovation.Innovation) innovation.Change {
	words := strings.TrimSpace(strings.Repeat("kata ", 60))
	p := i.Profile
	p.Category, p.Kind, p.Form, p.Initiator, p.Type, p.Pillar = "opd", "digital", "service", "servant", "programme", "live"
	p.Criteria, p.SDGs = innovation.Criteria(), []string{"3", "16"}
	p.Design = map[string]string{}
	for _, h := range innovation.Headings() {
		p.Design[h] = words
	}
	p.Aims, p.BenefitPublic, p.Results = "Mempercepat obat", "Pasien tidak antre", "Antrean 30 menit"
	p.PersonName, p.PersonNIP, p.PersonPosition, p.PersonContact = "Ketua Tim", "19800101 200501 1 001", "Apoteker", "0331-000000"
	p.Latitude, p.Longitude = "-8,1724", "113.7003"
	return innovation.Change{Title: i.Title, Problem: i.Problem, Sufferer: i.Sufferer, Idea: i.Idea, Measure: i.Measure, Affair: "1.02", Profile: p, Rev: i.Rev}
}

// filled gives an innovation of hub in use whose dossier can be handed in.
func (o *office) filled(t testing.TB) innovation.Innovation {
	t.Helper()
	i := o.live(t)
	who := o.as("staff-hub")
	_, err := o.Save(who, i.ID, form(i))
	must(t, err)
	_, err = o.AddMembers(who, i.ID, innovation.Member{Name: "Anggota Satu\nAnggota Dua", Agency: "hub"})
	must(t, err)
	must(t, o.Pact(who, i.ID, o.now(t, i.ID).Rev, true))
	return o.now(t, i.ID)
}

// stride is a step of the dossier and who may take it.
type stride struct{ to, who string }

// way is the whole way of a dossier.
func (o *office) way() []stride {
	return []stride{{innovation.Submitted, "staff-hub"}, {innovation.Validated, "desk"}, {innovation.Approved, "desk"}, {innovation.Authorised, "head-hub"},
		{innovation.Review, "desk"}, {innovation.Ready, "desk"}, {innovation.Sent, "desk"}}
}

func TestTheFormIsTidiedAndWrongFieldsAreNamed(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i, who := o.accepted(t, "staff-hub", nil), o.as("staff-hub")
		o.Districts = func(context.Context) ([]innovation.District, error) {
			return []innovation.District{{Code: "35.09.01", Name: "Kencong"}}, nil
		}
		day := func(ms int64) *int64 { return &ms }
		long := strings.Repeat("x", 20_001)
		for what, c := range map[string]struct {
			change func(*innovation.Change)
			fields []string
		}{
			"no title": {func(c *innovation.Change) { c.Title = "  ab " }, []string{"title"}},
			"nothing of the idea": {func(c *innovation.Change) {
				c.Problem, c.Sufferer, c.Idea, c.Measure = "", " ", "x", innovation.Measure{}
			}, []string{"idea", "number", "problem", "sufferer"}},
			"a number without a goal":     {func(c *innovation.Change) { c.Number = "tiga puluh" }, []string{"number"}},
			"an affair that is not there": {func(c *innovation.Change) { c.Affair = "9.99" }, []string{"affair"}},
			"choices that are not there": {func(c *innovation.Change) {
				p := &c.Profile
				p.Category, p.Kind, p.Form, p.Initiator, p.Type, p.Pillar = "x", "x", "x", "x", "x", "x"
			}, []string{"category", "form", "initiator", "kind", "pillar", "type"}},
			"a NIP too short":         {func(c *innovation.Change) { c.Profile.PersonNIP = "1980010120050110" }, []string{"person_nip"}},
			"a NIP of letters":        {func(c *innovation.Change) { c.Profile.PersonNIP = "belum ada" }, []string{"person_nip"}},
			"a NIP born in month 13":  {func(c *innovation.Change) { c.Profile.PersonNIP = "198013012005011001" }, []string{"person_nip"}},
			"both coordinates in one": {func(c *innovation.Change) { c.Profile.Latitude = "-8,1724, 113,7003" }, []string{"latitude"}},
			"a place off the earth":   {func(c *innovation.Change) { c.Profile.Latitude, c.Profile.Longitude = "113,7", "-181" }, []string{"latitude", "longitude"}},
			"no number":               {func(c *innovation.Change) { c.Profile.Latitude, c.Profile.Longitude = "NaN", "1e2" }, []string{"latitude", "longitude"}},
			"half a place":            {func(c *innovation.Change) { c.Profile.Longitude = "" }, []string{"longitude"}},
			"a district elsewhere":    {func(c *innovation.Change) { c.Profile.District = "99.99.99" }, []string{"district"}},
			"a video without https":   {func(c *innovation.Change) { c.Profile.Video = "javascript:alert(1)" }, []string{"video"}},
			"texts without end": {func(c *innovation.Change) {
				c.Profile.Aims, c.Profile.Theme, c.Profile.Design["law"] = long, long, long
			}, []string{"aims", "design_law", "theme"}},
			"developed before it ran": {func(c *innovation.Change) { c.Developed = day(o.time.ms()) }, []string{"developed"}},
			"developed in the future": {func(c *innovation.Change) { c.Developed = day(o.time.ms() + 1) }, []string{"developed"}},
		} {
			change := form(i)
			c.change(&change)
			_, err := o.Save(who, i.ID, change)
			wants(t, what, err, errs.Invalid, c.fields...)
		}
		if now := o.now(t, i.ID); now.Rev != i.Rev {
			t.Errorf("a refused form was written: %d, was %d", now.Rev, i.Rev)
		}
		c := form(i)
		c.Title, c.Number, c.Profile.District, c.Profile.Touching = "  Resep   cepat ", "2,5 jam -> 30 menit", "35.09.01", []string{"2.15", "1.02", "9.99"}
		c.Profile.SDGs, c.Profile.Criteria = []string{"16", "99", "3"}, []string{"benefit", "palsu"}
		rev, err := o.Save(who, i.ID, c)
		must(t, err)
		now := o.now(t, i.ID)
		if p := now.Profile; now.Rev != rev || now.Title != "Resep cepat" || now.Measure != (innovation.Measure{Now: "2.5", Wanted: "30", Unit: "jam → menit"}) || p.PersonNIP != "198001012005011001" ||
			p.Latitude != "-8.1724" || !slices.Equal(p.Touching, []string{"2.15"}) || !slices.Equal(p.SDGs, []string{"3", "16"}) || !slices.Equal(p.Criteria, []string{"benefit"}) || p.Words() != 300 {
			t.Errorf("kept: %+v", now)
		}
	})
}

func TestTheFormLeavesWhatTheGatesSet(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.live(t)
		c := form(i)
		c.Profile.Trial, c.Profile.Rollout, c.Profile.PactAt, c.Profile.PactBy = innovation.TrialPlan{}, innovation.Rollout{Decree: "palsu"}, 1, "x"
		at := o.time.ms()
		c.Developed = &at
		_, err := o.Save(o.as("staff-hub"), i.ID, c)
		must(t, err)
		if now := o.now(t, i.ID); now.Profile.Trial != i.Profile.Trial || now.Profile.Rollout != i.Profile.Rollout || now.Profile.PactAt != 0 || now.TrialAt != i.TrialAt || now.LiveAt != i.LiveAt || now.DevelopedAt != at {
			t.Errorf("after saving: %+v", now)
		}
	})
}

func TestOneTitleForOneAgency(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		first := o.accepted(t, "staff-hub", nil)
		second := o.accepted(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Obat diantar ke rumah." })
		save := func(who string, i innovation.Innovation, title string) error {
			c := form(i)
			c.Title = title
			_, err := o.Save(o.as(who), i.ID, c)
			return err
		}
		must(t, save("staff-hub", first, "Resep Kilat"))
		err := save("staff-kes", second, " RESEP-kilat! ")
		wants(t, "the same title in other letters", err, errs.Invalid, "title")
		_, fields := errs.MsgOf(err)
		if got := fields["title"]; got.Key != "innovation.error.claimed" || got.Args["Agency"] != "Dinas Perhubungan" || got.Args["Number"] != first.Number {
			t.Errorf("the sentence: %+v", got)
		}
		// The same idea from another agency: the record stands, both are warned, and only the later one has to give way.
		third := o.propose(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = "Resep kilat" })
		if same := sameTitle(t, o, third); len(same) != 1 || same[0].ID != first.ID || same[0].Agency.ID != "hub" {
			t.Errorf("the warning: %+v", same)
		}
		if same := sameTitle(t, o, o.now(t, first.ID)); len(same) != 1 || same[0].ID != third.ID {
			t.Errorf("the warning of the first: %+v", same)
		}
		wants(t, "the later one", save("staff-kes", third, third.Title), errs.Invalid, "title")
		must(t, save("staff-hub", o.now(t, first.ID), "Resep Kilat"))
		must(t, o.Stop(o.as("desk"), first.ID, o.now(t, first.ID).Rev, "Pasien lansia lebih suka datang langsung"))
		must(t, save("staff-kes", third, third.Title))
	})
}

// sameTitle lists what other agencies run under the title of an innovation.
func sameTitle(t testing.TB, o *office, i innovation.Innovation) []innovation.Claim {
	t.Helper()
	same, err := o.SameTitle(system(), i)
	must(t, err)
	return same
}

// TestACarriedOverTitleIsKept lets the next round keep the title of the last, also when another agency took it meanwhile.
func TestACarriedOverTitleIsKept(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		old := o.sent(t)
		other := o.propose(t, "staff-kes", func(n *innovation.NewIdea) { n.Idea = old.Title })
		id, err := o.Again(o.as("staff-hub"), old.ID, "Ditambah pelacakan status untuk setiap pasien")
		must(t, err)
		_, err = o.Save(o.as("staff-hub"), id, form(o.now(t, id)))
		must(t, err)
		if same := sameTitle(t, o, o.now(t, id)); len(same) != 1 || same[0].ID != other.ID {
			t.Errorf("the warning: %+v", same)
		}
	})
}

func TestTwoPeopleSaveAtTheSameMoment(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		oneWins(t, both(func(n int) error {
			c := form(i)
			c.Profile.Theme = []string{"Tema satu", "Tema dua"}[n]
			_, err := o.Save(o.as([]string{"staff-hub", "operator-hub"}[n]), i.ID, c)
			return err
		}))
		if now := o.now(t, i.ID); now.Rev != i.Rev+1 {
			t.Errorf("revision %d after two saves, want %d", now.Rev, i.Rev+1)
		}
	})
}

func TestWhoMayChangeAProfile(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.accepted(t, "staff-hub", nil)
		for who, may := range map[string]bool{"staff-hub": true, "operator-hub": true, "head-hub": true, "desk": true, "staff-hub-2": false, "staff-kes": false, "operator-kes": false,
			"head-kes": false, "admin": false, "coordinator": false, "leader": false, "inspector": false} {
			now := o.now(t, i.ID)
			if _, err := o.Save(o.as(who), i.ID, form(now)); (err == nil) != may || err != nil && !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s saves: %v, want %v", who, err, may)
			}
			if err := o.Pact(o.as(who), i.ID, o.now(t, i.ID).Rev, true); (err == nil) != may || err != nil && !errs.Is(err, errs.Forbidden) {
				t.Errorf("%s signs: %v, want %v", who, err, may)
			}
		}
		if now := o.now(t, i.ID); now.Profile.PactAt != o.time.ms() || now.Profile.PactBy == "" {
			t.Errorf("the pact: %+v", now.Profile)
		}
	})
}

func TestPersonalDataAreForThoseWhoNeedThem(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		i := o.filled(t)
		for who, sees := range map[string]bool{"staff-hub": true, "operator-hub": true, "head-hub": true, "desk": true, "admin": true, "inspector": true, "staff-hub-2": false, "staff-kes": false,
			"leader": false, "coordinator": false} {
			got, err := o.Get(o.as(who), i.ID)
			must(t, err)
			if shown := got.Profile.PersonNIP != "" && got.Profile.PersonContact != ""; shown != sees || got.Profile.PersonName == "" {
				t.Errorf("%s sees %q %q", who, got.Profile.PersonNIP, got.Profile.PersonContact)
			}
			all, _, err := o.List(o.as(who), innovation.Filter{}, 10, 0)
			must(t, err)
			if !sees && all[0].Profile.PersonNIP+all[0].Profile.PersonContact != "" {
				t.Errorf("%s sees %q in the list", who, all[0].Profile.PersonNIP)
			}
			found, err := o.Similar(o.as(who), i.Idea, "", 5)
			must(t, err)
			if !sees && found[0].Profile.PersonNIP+found[0].Profile.PersonContact != "" {
				t.Errorf("%s sees %q among the similar ones", who, found[0].Profile.PersonNIP)
			}
		}
		// What the reader does not see is not lost when somebody of theirs takes a step.
		must(t, o.Move(o.as("staff-hub"), i.ID, innovation.Submitted, i.Rev, ""))
		must(t, o.Move(o.as("desk"), i.ID, innovation.Validated, o.now(t, i.ID).Rev, ""))
		if now := o.now(t, i.ID); now.Profile.PersonNIP == "" {
			t.Error("the NIP was lost on the way")
		}
	})
}

func TestPublishing(t *testing.T) {
	each(t, func(t *testing.T, o *office) {
		early := o.accepted(t, "staff-hub", nil)
		wants(t, "an idea", o.Publish(o.as("desk"), early.ID, early.Rev, true), errs.Conflict)
		i := o.trial(t)
		for _, who := range []string{"staff-hub", "head-hub", "admin", "leader"} {
			wants(t, who, o.Publish(o.as(who), i.ID, i.Rev, true), errs.Forbidden)
		}
		must(t, o.Publish(o.as("desk"), i.ID, i.Rev, true))
		wants(t, "an old page", o.Publish(o.as("desk"), i.ID, i.Rev, false), errs.Conflict)
		must(t, o.Publish(o.as("desk"), i.ID, i.Rev+1, false))
		if o.now(t, i.ID).Published {
			t.Error("still shown")
		}
	})
}

// FuzzForm saves whatever is typed: it is kept in a form that can be saved again without a change, or refused by field.
func FuzzForm(f *testing.F) {
	for _, seed := range [][4]string{{"Resep", "-8,1724", "198001012005011001", "https://contoh.id/v"}, {"", "NaN", "１９８", "http://"}, {"\x00", "1e9", "-", "https://\x7f"}} {
		f.Add(seed[0], seed[1], seed[2], seed[3])
	}
	o := officeOf(f, storetest.SQLite(f))
	i := o.accepted(f, "staff-hub", nil)
	f.Fuzz(func(t *testing.T, title, latitude, nip, video string) {
		c := form(o.now(t, i.ID))
		c.Title, c.Profile.Latitude, c.Profile.PersonNIP, c.Profile.Video = title, latitude, nip, video
		if _, err := o.Save(o.as("staff-hub"), i.ID, c); err != nil {
			if !errs.Is(err, errs.Invalid) {
				t.Fatalf("%q %q %q %q: %v", title, latitude, nip, video, err)
			}
			return
		}
		kept := o.now(t, i.ID)
		again := form(kept)
		again.Profile = kept.Profile
		if _, err := o.Save(o.as("staff-hub"), i.ID, again); err != nil {
			t.Fatalf("what was kept is refused: %+v %v", kept, err)
		}
	})
}
