package calendar_test

import (
	"bytes"
	"strings"
	"testing"

	"github.com/xuri/excelize/v2"

	"github.com/pendapa/pendapa/internal/calendar"
	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/audit"
	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/platform/sheet"
	"github.com/pendapa/pendapa/internal/storetest"
)

// planOf reads a file as the page does.
func planOf(t testing.TB, data string) calendar.Plan {
	t.Helper()
	table, err := sheet.Read(strings.NewReader(data), int64(len(data)), "libur.csv", sheet.Limits{})
	must(t, err)
	plan, err := calendar.ReadTable(table)
	must(t, err)
	return plan
}

func TestReadDay(t *testing.T) {
	t.Parallel()
	for text, want := range map[string]string{
		"2027-03-09": "2027-03-09", "2027-3-9": "2027-03-09", "9/3/2027": "2027-03-09", "09-03-2027": "2027-03-09", "9.3.2027": "2027-03-09", "2027/03/09": "2027-03-09",
		"9 Maret 2027": "2027-03-09", "Selasa, 9 Maret 2027": "2027-03-09", "Jum'at 17 Agustus 2029": "2029-08-17", " 25 DESEMBER 2027 ": "2027-12-25", "1 Nopember 2027": "2027-11-01",
		"3 May 2027": "2027-05-03", "29-02-2028": "2028-02-29", "17-Agt-2027": "2027-08-17",
		"": "", "03-09-27": "", "3/19/2027": "", "30 Februari 2027": "", "29-02-2027": "", "Maret 2027": "", "9 Maret": "", "46100": "", "21-22 Maret 2026": "", "0/3/2027": "",
		"+9/3/2027": "", "9/3/20270": "", "٩/3/2027": "",
	} {
		got, ok := calendar.ReadDay(text)
		if ok != (want != "") || ok && got.String() != want {
			t.Errorf("%q: %v %v, want %q", text, got, ok, want)
		}
	}
}

func TestReadKind(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ text, name, want string }{
		{"", "Idul Fitri", calendar.Holiday}, {"", "CUTI BERSAMA Idul Fitri", calendar.Leave}, {"Cuti  Bersama", "x", calendar.Leave}, {"libur nasional", "x", calendar.Holiday},
		{"Libur Daerah", "x", calendar.Local}, {"Hari kerja", "Cuti bersama", calendar.Workday}, {"workday", "x", calendar.Workday}, {"Regional holiday", "x", calendar.Local}, {"pesta", "x", ""},
	} {
		if got, ok := calendar.ReadKind(c.text, c.name); got != c.want || ok != (c.want != "") {
			t.Errorf("%q %q: %q %v, want %q", c.text, c.name, got, ok, c.want)
		}
	}
}

func TestImportIsAllOrNothing(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		s, c := room(t, d)
		must(t, s.Set(desk(), calendar.Day{On: date(t, "2027-03-11"), Name: "Idul Fitri", Kind: calendar.Holiday, Source: "SKB 1/2026"}))
		plan := planOf(t, "Tanggal;Nama;Jenis\n1 Januari 2027;Tahun Baru;libur nasional\n9 Maret 2027;Cuti bersama Idul Fitri;\n10/03/2027;Idul Fitri;\n11/03/2027;Idul Fitri 1448 H;\n"+
			"10-03-2027;Nyepi;\n03-09-27;Salah;\n12/3/2027;;cuti\n15/3/2027;X;pesta\n")
		plan, err := s.Check(desk(), plan)
		must(t, err)
		wrong := map[int]string{}
		for _, l := range plan.Lines {
			for field, m := range l.Wrong {
				wrong[l.Row] += field + " " + m.Key
			}
		}
		want := map[int]string{6: "day calendar.import.twice", 7: "day calendar.import.date", 8: "name calendar.error.name", 9: "kind calendar.import.kind"}
		if len(wrong) != len(want) || plan.Count(calendar.LineSame) != 1 || plan.Count(calendar.LineNew) != 2 || plan.Count(calendar.LineChange) != 1 {
			t.Errorf("wrong %v; same %d, new %d, changed %d", wrong, plan.Count(calendar.LineSame), plan.Count(calendar.LineNew), plan.Count(calendar.LineChange))
		}
		for row, text := range want {
			if wrong[row] != text {
				t.Errorf("line %d: %q, want %q", row, wrong[row], text)
			}
		}
		if _, err := s.Import(desk(), plan); !errs.Is(err, errs.Invalid) {
			t.Fatalf("a wrong plan was written: %v", err)
		}
		before, err := s.List(desk(), 2027)
		must(t, err)
		if len(before) != 9 {
			t.Errorf("after a refused import: %d days, want the 8 computed ones and one", len(before))
		}
		trail := audit.New(d, c.now, nil)
		size, _ := trail.Size(desk(), 1)
		for i := range plan.Lines {
			if !plan.Lines[i].OK() {
				plan.Lines[i].Do = calendar.LineSkip
			}
		}
		plan, err = s.Import(desk(), plan)
		must(t, err)
		if now, _ := trail.Size(desk(), 1); now != size+3 {
			t.Errorf("%d audit entries for three days written", now-size)
		}
		if got := due(t, s, staff(), "2027-03-08 08:00", 1); got != "2027-03-12" {
			t.Errorf("after the import: %s", got)
		}
		again, err := s.Check(desk(), plan)
		must(t, err)
		if again.Count(calendar.LineSame) != 4 || again.Count(calendar.LineNew)+again.Count(calendar.LineChange) != 0 {
			t.Errorf("importing again would change something: %+v", again)
		}
		set, _ := s.Days(desk())
		if x, _ := set.Day(date(t, "2027-03-11")); x.Source != "SKB 1/2026" || x.Rev != 2 || x.Name != "Idul Fitri 1448 H" {
			t.Errorf("a changed day: %+v", x)
		}
	})
}

func TestImportReadsXLSX(t *testing.T) {
	t.Parallel()
	f := excelize.NewFile()
	for cell, text := range map[string]string{"A1": "tanggal", "B1": "keterangan", "C1": "jenis", "A2": "Rabu, 10 Maret 2027", "B2": "Idul Fitri 1448 Hijriah", "C2": "libur nasional"} {
		must(t, f.SetCellStr("Sheet1", cell, text))
	}
	var b bytes.Buffer
	if _, err := f.WriteTo(&b); err != nil {
		t.Fatal(err)
	}
	s, _ := room(t, storetest.SQLite(t))
	plan, err := s.Import(desk(), planOf(t, b.String()))
	if err != nil || plan.Count(calendar.LineNew) != 1 {
		t.Fatalf("%+v %v", plan, err)
	}
	if got := due(t, s, staff(), "2027-03-09 08:00", 1); got != "2027-03-11" {
		t.Errorf("after the import: %s", got)
	}
}

func TestTablesThatAreNoCalendar(t *testing.T) {
	t.Parallel()
	many := strings.Repeat("2027-03-09,x\n", 501)
	for data, key := range map[string]string{"tanggal,nama\n": "calendar.error.import_empty", "hari,nama\nx,y\n": "calendar.error.import_column", "tanggal,jenis\nx,y\n": "calendar.error.import_column",
		"tanggal,nama\n" + many: "calendar.error.import_many"} {
		table, err := sheet.Read(strings.NewReader(data), int64(len(data)), "x.csv", sheet.Limits{})
		must(t, err)
		_, err = calendar.ReadTable(table)
		if got, _ := errs.KeyOf(err); got != key {
			t.Errorf("%.30q: %v, want %s", data, err, key)
		}
	}
}

func FuzzReadTable(f *testing.F) {
	f.Add([]byte("tanggal,nama,jenis\n2027-03-09,Cuti bersama,cuti bersama\n"))
	f.Add([]byte("tgl;keterangan\n\"Kamis, 9/3/2027\";=A1\n31.12.2199;'x\n"))
	f.Add([]byte("date,name\n0-0-0000,\x00\n9 agt 2027,é\n"))
	s, _ := room(f, storetest.SQLite(f))
	f.Fuzz(func(t *testing.T, data []byte) {
		table, err := sheet.Read(bytes.NewReader(data), int64(len(data)), "fuzz", sheet.Limits{Rows: 100, Cols: 20, Cells: 1000})
		if err != nil {
			return
		}
		plan, err := calendar.ReadTable(table)
		if err != nil {
			return
		}
		if plan, err = s.Check(desk(), plan); err != nil || len(plan.Lines) == 0 {
			t.Fatalf("%d lines %v", len(plan.Lines), err)
		}
		for _, l := range plan.Lines {
			if l.OK() && (l.Day.Name == "" || l.Day.On.Year() < 2000 || l.Day.On.Year() > 2199 || l.Do == "") {
				t.Errorf("accepted %+v", l)
			}
		}
	})
}

func FuzzReadDay(f *testing.F) {
	for _, text := range []string{"2027-03-09", "Kamis, 9 Maret 2027", "9/3/2027", "31.4.2027", "00-00-0000"} {
		f.Add(text)
	}
	f.Fuzz(func(t *testing.T, text string) {
		d, ok := calendar.ReadDay(text)
		if !ok {
			return
		}
		if again, ok := calendar.ReadDay(d.String()); !ok || again != d {
			t.Errorf("%q was read as %v, which reads as %v", text, d, again)
		}
	})
}
