package similar

import (
	"strings"
	"testing"
)

func TestStem(t *testing.T) {
	t.Parallel()
	for root, forms := range map[string]string{
		"layan":      "layanan pelayanan melayani dilayani pelayan terlayani layanannya",
		"kirim":      "mengirim mengirimkan dikirim pengiriman terkirim kiriman",
		"ambil":      "mengambil pengambilan diambil ambilkan",
		"pilah":      "memilah pemilahan dipilah terpilah pilahan",
		"masuk":      "memasukkan pemasukan dimasukkan masukan masuklah",
		"tulis":      "menulis penulisan tulisan tertulis menuliskan",
		"nikah":      "menikah pernikahan menikahkan dinikahi",
		"sapa":       "menyapa disapa sapaan",
		"selenggara": "menyelenggarakan penyelenggaraan diselenggarakan penyelenggara",
		"kuat":       "memperkuat penguatan menguatkan diperkuat",
		"lanjut":     "berkelanjutan keberlanjutan melanjutkan lanjutan",
		"adu":        "mengadu pengaduan aduan diadukan mengadukan",
		"izin":       "perizinan berizin mengizinkan perijinan ijin izinnya",
		"rawat":      "perawatan perawat merawat terawat",
		"usaha":      "perusahaan pengusaha berusaha mengusahakan",
		"sah":        "pengesahan disahkan mengesahkan",
		"cek":        "mengecek pengecekan dicek",
		"didik":      "pendidikan mendidik didikan",
		"ajar":       "belajar pelajar mengajar pembelajaran pengajar",
		"daya":       "pemberdayaan memberdayakan berdaya",
		"proses":     "pemrosesan memproses diproses",
		"digital":    "digitalisasi mendigitalkan pendigitalan",
		"apa":        "apakah apapun",
		"keluar":     "pengeluaran mengeluarkan dikeluarkan",
		"pensiun":    "pensiunan memensiunkan pemensiunan",
		"makan":      "memakan dimakan pemakan termakan",
		"bulan":      "bulanan sebulan berbulan",
		"kerja":      "pekerja bekerja pekerjaan mempekerjakan dikerjakan",
	} {
		for _, form := range append(strings.Fields(forms), root) {
			if got := Stem(form); got != root {
				t.Errorf("Stem(%q) = %q, want %q", form, got, root)
			}
		}
	}
}

func TestStemCutsNoRoots(t *testing.T) {
	t.Parallel()
	for word := range strings.FieldsSeq("desa dinas disabilitas digital sekolah sehat sejahtera terminal ternak terapi pertama perempuan pemerintah " +
		"penduduk pegawai peserta kepala keluarga jalan pangan bulan ikan beras berita bersih buku ilmu masalah jumlah gizi polisi " +
		"informasi evaluasi aplikasi verifikasi edamame puskesmas posyandu umkm ktp 2026 e mandiri perangkat kawasan makanan pendapatan menara") {
		if got := Stem(word); got != word {
			t.Errorf("Stem(%q) = %q, want the word itself", word, got)
		}
	}
}

func TestStemKeepsMeaningsApart(t *testing.T) {
	t.Parallel()
	for _, two := range [][2]string{
		{"penduduk", "kedudukan"}, {"pemerintah", "perintah"}, {"perangkat", "angkutan"}, {"makanan", "makan"}, {"pendapatan", "mendapat"},
		{"kawasan", "pengawasan"}, {"sosialisasi", "sosial"}, {"terapi", "api"}, {"kepala", "pala"}, {"pasar", "pasir"}, {"pupuk", "pukul"},
		{"pengalaman", "alam"}, {"desain", "desa"}, {"penting", "peningkatan"}, {"urus", "kurus"},
	} {
		if a, b := Stem(two[0]), Stem(two[1]); a == b {
			t.Errorf("%s and %s are both %q", two[0], two[1], a)
		}
	}
}

func TestRootsStandOnce(t *testing.T) {
	t.Parallel()
	seen := map[string]bool{}
	for word := range strings.FieldsSeq(rootList) {
		form, _, _ := strings.Cut(word, "=")
		if seen[form] {
			t.Errorf("%s stands twice in roots.txt", form)
		}
		seen[form] = true
	}
}
