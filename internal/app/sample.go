package app

import (
	"context"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/access"
	"github.com/pendapa/pendapa/internal/assessment"
	"github.com/pendapa/pendapa/internal/evaluation"
	"github.com/pendapa/pendapa/internal/evidence"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/proof"
	"github.com/pendapa/pendapa/internal/tenant"
)

// The sample regency is Kabupaten Jember with its real agencies and districts; accounts, answers, marks and files are
// generated and marked "data contoh" on every page.

const (
	sampleCode = "35.09"
	samplePack = "smartcity-2022-cohort2017-2019"
	oneDay     = int64(24 * time.Hour / time.Millisecond)
)

// Codes of the agencies that lead questions in the sample, see internal/agency/sample.
const (
	kominfo  = "2.16.2.20.2.21.1"
	dishub   = "2.15.0.00.0.00.1"
	bappeda  = "5.01.5.05.0.00.1"
	dinkes   = "1.02.0.00.0.00.1"
	disdik   = "1.01.0.00.0.00.1"
	dlh      = "2.11.0.00.0.00.1"
	dispar   = "2.22.3.26.0.00.1"
	diskop   = "2.17.0.00.0.00.1"
	hukum    = "4.01.0.00.0.00.1"
	ortala   = "4.01.0.00.0.00.4"
	dpmptsp  = "2.18.2.10.0.00.1"
	dispenda = "5.02.0.00.0.00.1"
)

// sample is what the parts of the sample data share.
type sample struct {
	a        *App
	now      int64
	agencies map[string]string // code -> id
	people   map[string]string // account -> id
	pack     *instrument.Pack
}

// LoadSample fills an empty store with the sample regency; a store that holds a regency is left alone.
func (a *App) LoadSample(ctx context.Context) error {
	needed, err := a.Access.NeedsSetup(ctx)
	if err != nil || !needed {
		return err
	}
	host := tenant.With(ctx, tenant.SystemOf(0, "sample"))
	if err := a.Access.SampleRegency(host, sampleCode); err != nil {
		return err
	}
	b, err := a.Access.Brand(ctx, 0)
	if err != nil {
		return err
	}
	ctx = tenant.With(ctx, tenant.SystemOf(b.Regency, "sample"))
	s := &sample{a: a, now: time.Now().UnixMilli()}
	if s.pack, err = instrument.Find(samplePack); err != nil {
		return err
	}
	if s.agencies, err = a.Agencies.Sample(ctx); err != nil {
		return err
	}
	if s.people, err = a.Access.SampleAccounts(ctx, s.accounts()); err != nil {
		return err
	}
	for _, part := range []func(context.Context) error{a.Territory.Sample, s.rounds, s.library, s.marks, s.letters, s.findings, s.innovations, a.bindSample} {
		if err := part(ctx); err != nil {
			return err
		}
	}
	return nil
}

func (s *sample) accounts() []access.Account {
	all := []access.Account{
		{Name: "Admin Diskominfo", Email: "admin@jember.example", Role: tenant.RoleAdmin},
		{Name: "Koordinator Evaluasi", Email: "koordinator@jember.example", Role: tenant.RoleCoordinator},
		{Name: "Operator Dishub", Email: "operator.dishub@jember.example", Role: tenant.RoleOperator, Agency: s.agencies[dishub]},
		{Name: "Operator Dinkes", Email: "operator.dinkes@jember.example", Role: tenant.RoleOperator, Agency: s.agencies[dinkes]},
		{Name: "Operator Bappeda", Email: "operator.bappeda@jember.example", Role: tenant.RoleOperator, Agency: s.agencies[bappeda]},
		{Name: "Kepala Dishub", Email: "kepala.dishub@jember.example", Role: tenant.RoleHead, Agency: s.agencies[dishub]},
		{Name: "Kepala Bappeda", Email: "kepala.bappeda@jember.example", Role: tenant.RoleHead, Agency: s.agencies[bappeda]},
		{Name: "Kepala Dinkes", Email: "kepala.dinkes@jember.example", Role: tenant.RoleHead, Agency: s.agencies[dinkes]},
		{Name: "Meja Inovasi", Email: "meja.inovasi@jember.example", Role: tenant.RoleDesk, Agency: s.agencies[bappeda]},
		{Name: "Pegawai Dishub", Email: "pegawai.dishub@jember.example", Role: tenant.RoleStaff, Agency: s.agencies[dishub]},
	}
	for n := 1; n <= 5; n++ {
		name := strconv.Itoa(n)
		all = append(all, access.Account{Name: "Penilai " + name, Email: "penilai" + name + "@contoh.example", Role: tenant.RoleAssessor})
	}
	return append(all,
		access.Account{Name: "Sekretaris Daerah", Email: "sekda@jember.example", Role: tenant.RoleLeader},
		access.Account{Name: "Inspektur", Email: "inspektur@jember.example", Role: tenant.RoleInspector})
}

// lead picks the agency of a question by its dimension, so that all of them have work.
func (s *sample) lead(code string) string {
	q, c, _ := s.pack.Question(code)
	by := map[string][]string{
		"gov": {kominfo, ortala, bappeda, hukum}, "brand": {dispar, dpmptsp}, "econ": {diskop, dpmptsp, dispenda},
		"live": {dishub, dinkes}, "soc": {disdik, dinkes}, "env": {dlh, dishub},
	}[q.Dimension]
	if len(by) == 0 {
		by = []string{bappeda, kominfo, hukum, dishub}
	}
	return s.agencies[by[pick(code+c.Code, len(by))]]
}

// pick gives a number below n that is always the same for a text.
func pick(text string, n int) int {
	h := uint32(2166136261)
	for _, c := range []byte(text) {
		h = (h ^ uint32(c)) * 16777619
	}
	return int(h>>8) % n
}

func sampleRoundID(year int) string { return "contoh-" + strconv.Itoa(year) }

// year is the year of the round in progress.
func (s *sample) year() int { return time.UnixMilli(s.now).Year() }

func (s *sample) rounds(ctx context.Context) error {
	y := s.year()
	var all []evaluation.SampleRound
	for n, state := range []string{evaluation.Done, evaluation.Done, evaluation.Open} {
		year := y - 2 + n
		start := s.now - int64(2-n)*365*oneDay
		r := evaluation.Round{ID: sampleRoundID(year), Title: "Evaluasi kota cerdas " + strconv.Itoa(year), Year: year, Pack: samplePack, State: state,
			SelfFrom: start - 20*oneDay, SelfTo: start + 21*oneDay, CheckTo: start + 30*oneDay, AssessFrom: start + 31*oneDay, AssessTo: start + 45*oneDay, CreatedAt: start - 25*oneDay, Rev: 1}
		if n > 0 {
			r.Previous = sampleRoundID(year - 1)
		}
		x := evaluation.SampleRound{Round: r}
		for i, code := range s.pack.Codes() {
			x.Items = append(x.Items, s.item(code, i, state, year))
		}
		if state == evaluation.Open {
			x.Requests, x.Figures = s.requests(), s.figures()
		}
		all = append(all, x)
	}
	return s.a.Evaluation.Sample(ctx, all)
}

// item is a question as it stands: finished years are checked, this year is in the middle of the work.
func (s *sample) item(code string, n int, state string, year int) evaluation.Item {
	q, _, _ := s.pack.Question(code)
	i := evaluation.Item{Code: code, Lead: s.lead(code), State: evaluation.Checked, ChangedAt: s.now - int64(n)*oneDay/8, Rev: 1}
	if n%4 == 0 {
		if other := s.agencies[dishub]; other != i.Lead {
			i.Support = []string{other}
		}
	}
	if state == evaluation.Open {
		states := []string{evaluation.Checked, evaluation.Approved, evaluation.Checked, evaluation.Submitted, evaluation.Drafted, evaluation.Empty, evaluation.Checked, evaluation.Returned}
		i.State = states[pick(code+"state", len(states))]
	}
	if i.State == evaluation.Empty {
		return i
	}
	i.SelfMark = strconv.Itoa(min(4, 2+pick(code+strconv.Itoa(year), 3)))
	i.Answer = "Data contoh. " + strings.TrimSuffix(q.Text.ID, "?") + ": ya, dengan bukti terlampir untuk tahun " + strconv.Itoa(year) + "."
	if i.State == evaluation.Returned {
		i.Reason = "Sebut nomor dokumen dan halaman yang menjawab pertanyaan ini."
	}
	return i
}

func (s *sample) requests() []evaluation.Request {
	var out []evaluation.Request
	for n, code := range []string{"A2", "B1", "C1", "D1", "E1", "C12"} {
		if _, _, ok := s.pack.Question(code); !ok {
			continue
		}
		out = append(out, evaluation.Request{ID: "permintaan-" + code, Code: code, Agency: s.lead(code), Text: "Data contoh: unggah dokumen tahun ini yang sudah ditandatangani.",
			Due: s.now + int64(n-2)*3*oneDay, AskedBy: s.people["Koordinator Evaluasi"], AskedAt: s.now - 10*oneDay})
	}
	return append(out, evaluation.Request{ID: "permintaan-dishub", Code: "B2", Agency: s.agencies[dishub], Text: "Data contoh: daftar hadir dan notulen rapat kota cerdas triwulan ini.",
		Due: s.now + 2*oneDay, AskedBy: s.people["Koordinator Evaluasi"], AskedAt: s.now - 4*oneDay})
}

func (s *sample) figures() []evaluation.Figure {
	y := s.year() - 1
	return []evaluation.Figure{
		{Key: "spbe", Year: y, Value: "3,21", Source: "Data contoh, bukan angka terbit", AsOf: s.now - 200*oneDay},
		{Key: "hdi", Year: y, Value: "70,9", Source: "Data contoh, bukan angka terbit", AsOf: s.now - 180*oneDay},
	}
}

// library puts proofs behind most questions.
func (s *sample) library(ctx context.Context) error {
	kinds := []string{"decree", "report", "minutes", "plan", "photo", "survey"}
	var all []evidence.SampleItem
	for n, code := range s.pack.Codes() {
		if n%5 == 4 {
			continue
		}
		q, _, _ := s.pack.Question(code)
		kind := kinds[pick(code+"kind", len(kinds))]
		title := "Bukti contoh " + code + " " + strings.TrimSuffix(short(q.Text.ID, 60), "?")
		i := evidence.Item{ID: "bukti-" + code, Title: title, Kind: kind, Number: "Contoh/" + code + "/" + strconv.Itoa(s.year()), Date: s.now - int64(40+n)*oneDay, Agency: s.lead(code),
			Page: "hal. " + strconv.Itoa(1+n%9), Confidentiality: "internal", State: evidence.Accepted, FileName: "contoh-" + code + ".pdf", CreatedAt: s.now - int64(30+n)*oneDay, ChangedAt: s.now - int64(n)*oneDay, Rev: 1}
		switch n % 9 {
		case 3:
			i.State = evidence.Submitted
		case 6:
			i.ValidUntil = s.now + int64(10+n)*oneDay
		case 7:
			i.State, i.Reason = evidence.Revise, "Halaman yang dirujuk tidak ada."
		}
		x := evidence.SampleItem{Item: i, Body: onePage([]string{"DATA CONTOH", title, i.Number, "Dokumen ini dibuat program untuk latihan."})}
		for _, year := range []int{s.year() - 1, s.year()} {
			if year < s.year() || n%3 != 0 {
				x.Links = append(x.Links, proof.OfRound(sampleRoundID(year)).At(code, ""))
			}
		}
		all = append(all, x)
	}
	all = append(all, evidence.SampleItem{Item: evidence.Item{ID: "bukti-tabel", Title: "Bukti contoh daftar halte", Kind: "report", Agency: s.agencies[dishub], Confidentiality: "public",
		State: evidence.Accepted, FileName: "halte-contoh.csv", CreatedAt: s.now - 3*oneDay, ChangedAt: s.now, Rev: 1}, Body: []byte("halte,kecamatan,aktif\nContoh 1,Kaliwates,ya\nContoh 2,Sumbersari,tidak\n"),
		Links: []proof.Place{proof.OfRound(sampleRoundID(s.year())).At("B2", "")}})
	return s.a.Evidence.Sample(ctx, all)
}

func short(text string, most int) string {
	if r := []rune(text); len(r) > most {
		return string(r[:most]) + "…"
	}
	return text
}

// marks lets four assessors mark the finished years.
func (s *sample) marks(ctx context.Context) error {
	for back := 2; back >= 1; back-- {
		year := s.year() - back
		all, users := map[string]map[string]string{}, []string{}
		for n := 1; n <= 4; n++ {
			user := s.people["Penilai "+strconv.Itoa(n)]
			users = append(users, user)
			all[user] = map[string]string{}
			for _, code := range s.pack.Codes() {
				v := 2 + pick(code+"base", 3) + pick(code+strconv.Itoa(n*year), 3) - back
				all[user][code] = strconv.Itoa(max(0, min(4, v)))
			}
		}
		if err := s.a.Assessment.SampleInvite(ctx, sampleRoundID(year), 0, users...); err != nil {
			return err
		}
		if err := s.a.Assessment.SampleMarks(ctx, sampleRoundID(year), all); err != nil {
			return err
		}
	}
	return nil
}

// letters enters a published value that differs by rounding only, as real letters do.
func (s *sample) letters(ctx context.Context) error {
	for back := 2; back >= 1; back-- {
		round := sampleRoundID(s.year() - back)
		r, err := s.a.Assessment.Result(ctx, round)
		if err != nil {
			return err
		}
		printed := map[string]string{}
		for _, c := range r.Sum.Components {
			printed[c.Code] = instrument.Decimal(c.Value, 2)
		}
		if err := s.a.Assessment.SamplePublished(ctx, assessment.Published{Round: round, Letter: "CONTOH/" + strconv.Itoa(s.year()-back), Date: s.now - int64(back)*365*oneDay + 60*oneDay,
			Index: instrument.Decimal(r.Sum.Index, 2), Components: printed, Note: "Data contoh, bukan surat kementerian."}); err != nil {
			return err
		}
	}
	return s.a.Assessment.SetPublication(ctx, assessment.Publication{Round: sampleRoundID(s.year() - 1), Shown: true, Result: true,
		Text: "Data contoh. Di sini kabupaten menjelaskan hasil evaluasinya kepada warga."})
}

func (s *sample) findings(ctx context.Context) error {
	round := sampleRoundID(s.year() - 1)
	ids, err := s.a.Assessment.SampleFindings(ctx,
		assessment.Finding{Round: round, Assessor: 1, Kind: assessment.Strength, Item: "A", Text: "Data contoh: dasar hukum dan masterplan lengkap."},
		assessment.Finding{Round: round, Assessor: 2, Kind: assessment.Weakness, Item: "B", Text: "Data contoh: kerja sama antar-OPD belum terlihat di Renstra."},
		assessment.Finding{Round: round, Assessor: 3, Kind: assessment.Recommendation, Item: "B2", Text: "Data contoh: bahas kemajuan kota cerdas setiap triwulan bersama semua OPD."},
		assessment.Finding{Round: round, Assessor: 4, Kind: assessment.Recommendation, Item: "E1", Text: "Data contoh: ukur manfaat bagi warga dengan survei tahunan."},
		assessment.Finding{Round: round, Assessor: 1, Kind: assessment.Recommendation, Item: "C", Text: "Data contoh: terbitkan data jalan dan angkutan umum setiap bulan."})
	if err != nil {
		return err
	}
	_, err = s.a.Assessment.SampleFollowups(ctx,
		assessment.Followup{Round: round, Finding: ids[2], Title: "Adakan rapat kota cerdas triwulanan", Agency: s.agencies[bappeda], Due: s.now - 6*oneDay, Status: assessment.FollowRunning, Note: "Dua dari empat rapat sudah berjalan."},
		assessment.Followup{Round: round, Finding: ids[3], Title: "Laksanakan survei manfaat", Agency: s.agencies[kominfo], Due: s.now + 30*oneDay},
		assessment.Followup{Round: round, Title: "Terbitkan data halte dan rute", Agency: s.agencies[dishub], Due: s.now + 12*oneDay, Status: assessment.FollowRunning})
	return err
}
