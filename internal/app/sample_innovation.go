package app

import (
	"context"
	"strconv"
	"time"

	"github.com/pendapa/pendapa/internal/adoption"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/innovation"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/score"
	"github.com/pendapa/pendapa/internal/tenant"
)

// Rounds of the other instruments in the sample.
const (
	sampleIID   = "contoh-iid"
	samplePemdi = "contoh-pemdi"
)

// innovations fills the register: records with their way, teams, numbers, claims, evidence and one signed adoption.
func (s *sample) innovations(ctx context.Context) error {
	p, err := instrument.Find("iid-2026")
	if err != nil {
		return err
	}
	var all []innovation.SampleRecord
	for n, x := range sampleIdeas() {
		r := s.idea(p, n, x)
		if r.Innovation.AnswerDue, err = s.a.Calendar.Due(ctx, r.Innovation.ProposedAt, innovation.AnswerDays); err != nil {
			return err
		}
		all = append(all, r)
	}
	if err := s.a.Innovation.Sample(ctx, all); err != nil {
		return err
	}
	for _, part := range []func(context.Context, *instrument.Pack) error{s.claims, s.otherRounds, s.adopted} {
		if err := part(ctx, p); err != nil {
			return err
		}
	}
	return s.a.Webhooks.Sample(ctx)
}

// window gives a day inside the period in which the instrument wants implementations, the later the larger n.
func (s *sample) window(p *instrument.Pack, n, of int) int64 {
	from, _ := time.Parse(time.DateOnly, p.Divisor.From)
	to, _ := time.Parse(time.DateOnly, p.Divisor.To)
	return from.Add(to.Sub(from) * time.Duration(n+1) / time.Duration(of+1)).UnixMilli()
}

// idea makes a record with its way so far.
func (s *sample) idea(p *instrument.Pack, n int, x sampleIdea) innovation.SampleRecord {
	agency := s.agencies[x.agency]
	i := innovation.Innovation{ID: x.id, Title: x.title, Problem: x.problem, Sufferer: x.whom, Idea: x.idea, Measure: innovation.Measure{Now: x.now, Wanted: x.want, Unit: x.unit},
		Agency: agency, Proposer: s.people["Pegawai Dishub"], Origin: "agency", Stage: x.stage, StageBefore: x.before, State: x.state, Affair: x.affair, Lesson: x.lesson}
	if i.State == "" {
		i.State = innovation.Draft
	}
	if n%5 == 4 {
		i.Origin, i.OriginNote = "citizen", "Data contoh: usulan warga lewat kecamatan"
	}
	r := innovation.SampleRecord{}
	s.way(p, n, &i, &r)
	if national := i.National(); national == innovation.NationalLive {
		s.running(n, x, &i, &r)
	}
	r.Innovation = i
	return r
}

// way writes the stages an idea went through, with days in order.
func (s *sample) way(p *instrument.Pack, n int, i *innovation.Innovation, r *innovation.SampleRecord) {
	reached := i.Stage
	if reached == innovation.Stopped {
		reached = i.StageBefore
	}
	i.ProposedAt = s.now - int64(3+n%9)*oneDay
	if reached == innovation.Trial || reached == innovation.Idea {
		i.ProposedAt = s.now - int64(90+7*n)*oneDay
	}
	if reached == innovation.Live || reached == innovation.Replicated {
		i.LiveAt = s.window(p, n%11, 11)
		i.TrialAt = i.LiveAt - int64(40+10*(n%6))*oneDay
		i.ProposedAt = i.TrialAt - int64(30+15*(n%5))*oneDay
	}
	step := func(kind, from, to string, at int64, note string) {
		r.Steps = append(r.Steps, innovation.Step{Kind: kind, From: from, To: to, At: at, EnteredAt: at, User: s.people["Meja Inovasi"], Note: note})
		i.StepAt = at
	}
	step(innovation.KindStage, "", innovation.Problem, i.ProposedAt, "")
	if reached != innovation.Problem {
		i.AnsweredAt, i.Answer, i.AnsweredBy = i.ProposedAt+6*oneDay, innovation.AnswerAccept, s.people["Meja Inovasi"]
		step(innovation.KindAnswer, innovation.Problem, innovation.AnswerAccept, i.AnsweredAt, "")
	}
	if reached == innovation.Trial {
		i.TrialAt = s.now - 48*oneDay
		i.Profile.Trial = innovation.TrialPlan{Hypothesis: "Data contoh: " + i.Idea, Place: "Dua kecamatan", End: s.now + 42*oneDay, StopRule: "Berhenti bila angka tidak membaik setelah delapan minggu"}
	}
	if i.TrialAt != 0 {
		step(innovation.KindStage, innovation.Idea, innovation.Trial, i.TrialAt, "")
	}
	if i.LiveAt != 0 {
		step(innovation.KindStage, innovation.Trial, innovation.Live, i.LiveAt, "")
	}
	if i.Stage == innovation.Stopped {
		i.StoppedAt = s.now - int64(20+n)*oneDay
		if i.AnsweredAt == 0 {
			i.AnsweredAt, i.Answer, i.AnswerReason = i.StoppedAt, innovation.AnswerDecline, i.Lesson
		}
		step(innovation.KindStage, reached, innovation.Stopped, i.StoppedAt, i.Lesson)
	}
	i.CreatedAt, i.ChangedAt = i.ProposedAt, max(i.StepAt, s.now-int64(n)*oneDay)
}

// running adds what an innovation in use has: form, team, partners, numbers.
func (s *sample) running(n int, x sampleIdea, i *innovation.Innovation, r *innovation.SampleRecord) {
	i.Published = n%3 != 2
	i.Profile.Category, i.Profile.Kind, i.Profile.Form, i.Profile.Initiator, i.Profile.Type = "opd", []string{"digital", "other"}[n%2], "service", "servant", "method"
	i.Profile.Criteria = innovation.Criteria()
	i.Profile.Design = map[string]string{}
	for _, h := range innovation.Headings() {
		i.Profile.Design[h] = "Data contoh. " + x.problem + " " + x.idea + " Uraian ini dibuat program untuk latihan dan perlu diganti dengan rancang bangun yang sebenarnya."
	}
	i.Profile.Aims, i.Profile.BenefitPublic, i.Profile.Results = "Data contoh: "+x.idea, "Data contoh: "+x.whom+" terlayani lebih cepat.", "Data contoh: dari "+x.now+" menjadi "+x.want+" "+x.unit+"."
	i.Profile.Needs, i.Profile.Cost, i.Profile.Contact = "Data contoh: satu petugas dan satu ponsel per kecamatan", "Data contoh: Rp 25 juta setahun", "Meja inovasi kabupaten"
	i.Profile.Rollout = innovation.Rollout{Decree: "Contoh/SK/" + strconv.Itoa(n+1), SOP: "Contoh/SOP/" + strconv.Itoa(n+1), Owner: "Kepala bidang", Indicator: x.unit}
	r.Members = append(r.Members, innovation.Member{User: s.people["Pegawai Dishub"], Name: "Pegawai Dishub", Agency: s.agencies[dishub], Role: "member", AddedAt: i.ProposedAt})
	for m := range 4 + n*3 {
		agency := i.Agency
		if m%4 == 3 {
			agency = s.agencies[[]string{kominfo, bappeda, dinkes}[m%3]]
		}
		r.Members = append(r.Members, innovation.Member{Name: "Anggota contoh " + strconv.Itoa(m+1), Agency: agency, Role: "member", AddedAt: i.LiveAt})
	}
	for m, kind := range innovation.PartnerKinds()[1 : 1+n%4] {
		r.Partners = append(r.Partners, innovation.Partner{Kind: kind, Name: "Mitra contoh " + strconv.Itoa(m+1), Role: "pendamping", AddedAt: i.LiveAt})
	}
	from, to := s.now-400*oneDay, s.now-35*oneDay
	if x.users > 0 {
		r.Counts = append(r.Counts, innovation.Count{Kind: "users", Value: x.users, From: from, To: to, Source: "Data contoh, buku layanan", At: to})
	}
	if n%2 == 0 {
		r.Counts = append(r.Counts, innovation.Count{Kind: "complaints", Value: int64(20 + n), From: from, To: to, Source: "Data contoh, buku aduan", At: to},
			innovation.Count{Kind: "resolved", Value: int64(12 + n), From: from, To: to, Source: "Data contoh, buku aduan", At: to})
	}
	for year := s.year() - n%3; year <= s.year(); year++ {
		r.Budgets = append(r.Budgets, innovation.Budget{Year: year, Amount: int64(40+5*n) * 1_000_000, Source: "Data contoh, DPA", At: to})
	}
	if x.minutes != "" {
		unit := map[bool]string{true: "day", false: "minute"}[x.unit == "hari"]
		r.Effects = append(r.Effects, innovation.Effect{Kind: "time", Name: "Waktu satu urusan", Before: x.minutes, After: x.after, Unit: unit, Times: max(x.users, 12), Source: "Data contoh, catatan layanan", At: to})
	}
}

// claims says which levels were reached and hangs evidence on most of them. One decree serves three instruments.
func (s *sample) claims(ctx context.Context, p *instrument.Pack) error {
	var claims []score.Claim
	var proofs []evidence.SampleItem
	for n, x := range sampleIdeas() {
		if x.stage != innovation.Live && x.stage != innovation.Replicated {
			continue
		}
		for k, q := range p.EntryItems() {
			if (n+k)%3 == 2 || q.Code == replicationItem {
				continue
			}
			c := score.Claim{Innovation: x.id, Item: q.Code, Points: int8(1 + pick(x.id+q.Code, 3))}
			if len(q.Bases) > 0 {
				c.Basis = q.Bases[0].Code
			}
			claims = append(claims, c)
			if (n+k)%4 == 3 {
				continue
			}
			id := "bukti-" + x.id + "-" + q.Code
			title := "Bukti contoh " + q.Code + " " + x.title
			proofs = append(proofs, evidence.SampleItem{Item: evidence.Item{ID: id, Title: title, Kind: "report", Number: "Contoh/IID/" + q.Code, Agency: s.agencies[x.agency], Confidentiality: "internal",
				State: evidence.Accepted, URL: "https://contoh.example/" + id, Date: s.now - 300*oneDay, CreatedAt: s.now - 30*oneDay, ChangedAt: s.now - 20*oneDay, Rev: 1},
				Links: []proof.Place{proof.OfInnovation(x.id).At(q.Code, "")}})
		}
	}
	decree := evidence.SampleItem{Item: evidence.Item{ID: "bukti-sk-tim", Title: "Bukti contoh SK tim pelaksana kota cerdas", Kind: "decree", Number: "Contoh/SK/1", Agency: s.agencies[hukum], Confidentiality: "internal",
		State: evidence.Accepted, FileName: "sk-tim-contoh.pdf", Date: s.now - 310*oneDay, CreatedAt: s.now - 300*oneDay, ChangedAt: s.now - 300*oneDay, Rev: 1},
		Body: onePage([]string{"DATA CONTOH", "SK tim pelaksana", "Satu berkas untuk tiga instrumen."}),
		Links: []proof.Place{proof.OfRound(sampleRoundID(s.year())).At("B3", ""),
			proof.OfInnovation("inv-lubang").At("23", ""), proof.OfRound(samplePemdi).At("I1", "TD_01_01")}}
	if err := s.a.Evidence.Sample(ctx, append(proofs, decree)); err != nil {
		return err
	}
	return s.a.Score.Sample(ctx, claims)
}

// otherRounds opens a round of the innovation index and one of Pemdi.
func (s *sample) otherRounds(ctx context.Context, iid *instrument.Pack) error {
	pemdi, err := instrument.Find("pemdi-2026")
	if err != nil {
		return err
	}
	var all []evaluation.SampleRound
	for n, one := range []struct {
		id, title string
		pack      *instrument.Pack
	}{{sampleIID, "Indeks Inovasi Daerah", iid}, {samplePemdi, "Pemdi", pemdi}} {
		r := evaluation.Round{ID: one.id, Title: one.title + " " + strconv.Itoa(one.pack.Year), Year: one.pack.Year, Pack: one.pack.ID, State: evaluation.Open,
			SelfFrom: s.now - 40*oneDay, SelfTo: s.now + int64(25+10*n)*oneDay, CreatedAt: s.now - int64(50-n)*oneDay, Rev: 1}
		x := evaluation.SampleRound{Round: r}
		for k, code := range one.pack.Asked() {
			x.Items = append(x.Items, s.otherItem(one.pack, code, k))
		}
		all = append(all, x)
	}
	all[0].Figures = s.otherFigures(iid.Year)
	if err := s.a.Evaluation.Sample(ctx, all); err != nil {
		return err
	}
	return s.a.Evidence.Sample(ctx, s.slotProofs(pemdi))
}

func (s *sample) otherItem(p *instrument.Pack, code string, n int) evaluation.Item {
	owners := []string{bappeda, kominfo, ortala, dispenda, dpmptsp, dinsos, dishub}
	i := evaluation.Item{Code: code, Lead: s.agencies[owners[n%len(owners)]], State: evaluation.Empty, ChangedAt: s.now - int64(n)*oneDay/4, Rev: 1}
	q, _, _ := p.Question(code)
	if n%4 == 3 || len(q.Slots) > 0 && !q.External {
		return i
	}
	i.State = []string{evaluation.Checked, evaluation.Submitted, evaluation.Drafted}[n%3]
	i.SelfMark = strconv.Itoa(1 + pick(p.ID+code, 3))
	i.Answer = "Data contoh. Jawaban untuk butir " + code + " dengan bukti terlampir."
	return i
}

// slotProofs puts accepted files into the first slots of most Pemdi indicators.
func (s *sample) slotProofs(p *instrument.Pack) []evidence.SampleItem {
	var out []evidence.SampleItem
	for n, code := range p.Asked() {
		q, _, _ := p.Question(code)
		for k, slot := range q.Slots {
			if slot.Level > 1+n%3 || slot.Supporting || slot.Code == "TD_01_01" {
				continue
			}
			i := evidence.Item{ID: "bukti-" + slot.Code, Title: "Bukti contoh " + slot.Code + " " + short(slot.Name.ID, 60), Kind: "report", Number: "Contoh/" + slot.Code, Agency: s.agencies[kominfo], Confidentiality: "internal",
				State: evidence.Accepted, URL: "https://contoh.example/" + slot.Code, Date: s.now - 60*oneDay, CreatedAt: s.now - int64(10+k)*oneDay, ChangedAt: s.now - int64(5+k)*oneDay, Rev: 1}
			if n%6 == 5 && slot.Level == 1+n%3 {
				i.State = evidence.Submitted
			}
			out = append(out, evidence.SampleItem{Item: i, Links: []proof.Place{proof.OfRound(samplePemdi).At(code, slot.Code)}})
		}
	}
	return out
}

// otherFigures are figures that the index derives points from.
func (s *sample) otherFigures(year int) []evaluation.Figure {
	var out []evaluation.Figure
	add := func(key, value string, y int) {
		out = append(out, evaluation.Figure{Key: key, Year: y, Value: value, Source: "Data contoh, bukan angka terbit", AsOf: s.now - 150*oneDay})
	}
	for n, v := range []string{"9,30", "9,05", "8,80"} {
		add("poverty", v, year-3+n)
	}
	for n, v := range []string{"4,20", "4,01"} {
		add("unemployment", v, year-2+n)
	}
	add("bpk", "WTP", year-1)
	add("sakip", "B", year-1)
	return out
}

// adopted lets the health office take over the pothole innovation and sign.
func (s *sample) adopted(ctx context.Context, _ *instrument.Pack) error {
	regency := tenant.From(ctx).Regency
	return s.a.Adoption.Sample(ctx, []adoption.Adoption{
		{Origin: adoption.Origin{Regency: regency, ID: "inv-batik"}, Agency: s.agencies[diskop], State: adoption.Signed, StartedAt: s.now - 120*oneDay, SignedAt: s.now - 40*oneDay, Users: 18,
			Changes: "Data contoh: kelas dipindah ke koperasi, bahan disediakan mitra.", Result: "Data contoh: delapan belas peserta, enam sudah menjual sendiri.", StartedBy: s.people["Operator Dinkes"], SignedBy: s.people["Kepala Dinkes"]},
		{Origin: adoption.Origin{Regency: regency, ID: "inv-lubang"}, Agency: s.agencies[dlh], State: adoption.Signed, StartedAt: s.now - 200*oneDay, SignedAt: s.now - 60*oneDay, Users: 96,
			Changes: "Data contoh: dipakai untuk sampah liar, ditambah kolom jenis sampah.", Result: "Data contoh: 96 titik sampah dibersihkan dalam enam hari.", StartedBy: s.people["Operator Dinkes"], SignedBy: s.people["Kepala Dinkes"]},
		{Origin: adoption.Origin{Regency: regency, ID: "inv-posyandu"}, Agency: s.agencies[dishub], State: adoption.Running, StartedAt: s.now - 20*oneDay, StartedBy: s.people["Operator Dishub"]},
	})
}
