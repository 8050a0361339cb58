package app

import "github.com/pendapa/pendapa/internal/innovation"

// sampleIdea is one record of the sample register in short. Everything in it is invented for practice; only the agencies
// are those of the regency.
type sampleIdea struct {
	id, agency, affair    string
	stage, before, state  string
	title, problem, whom  string
	idea, now, want, unit string
	users                 int64
	minutes, after        string // time of one case before and after
	lesson                string
}

// Codes of further agencies of the sample.
const (
	dpubm    = "1.03.0.00.0.00.1"
	perkim   = "1.03.1.04.2.10.1"
	satpol   = "1.05.0.00.0.00.1"
	bpbd     = "1.05.4.01.0.00.1"
	dinsos   = "1.06.0.00.0.00.1"
	disnaker = "2.07.0.00.0.00.1"
	dukcapil = "2.12.0.00.0.00.1"
	dtphp    = "3.27.0.00.0.00.1"
	perpus   = "2.23.2.24.0.00.1"
)

// sampleIdeas lists the sample register: running innovations in all basic affairs, trials, fresh ideas, honest stops.
func sampleIdeas() []sampleIdea {
	return append(append(sampleRunning(), sampleEarly()...), sampleStopped()...)
}

func sampleRunning() []sampleIdea {
	live, replicated := innovation.Live, innovation.Replicated
	return []sampleIdea{
		{id: "inv-lubang", agency: dpubm, affair: "public-works", stage: replicated, state: innovation.Sent, title: "Lapor Lubang Satu Foto", problem: "Lubang jalan baru ditambal setelah rata-rata dua puluh hari karena letaknya tidak jelas.",
			whom: "Pengendara dan warga di jalan kabupaten", idea: "Warga mengirim satu foto berlokasi, petugas terdekat menutup lubang dalam enam hari.", now: "20", want: "6", unit: "hari", users: 612, minutes: "20", after: "5"},
		{id: "inv-posyandu", agency: dinkes, affair: "health", stage: live, state: innovation.Sent, title: "Posyandu tanpa kertas", problem: "Kader menyalin data balita tiga kali ke tiga buku.", whom: "Kader posyandu dan ibu balita",
			idea: "Satu kali catat di ponsel kader, laporan bulanan terisi sendiri.", now: "3", want: "1", unit: "kali mencatat", users: 1840, minutes: "90", after: "25"},
		{id: "inv-kelas", agency: disdik, affair: "education", stage: live, state: innovation.Sent, title: "Kelas Susulan Petang", problem: "Anak yang bekerja di musim tembakau tertinggal pelajaran.", whom: "Siswa SMP di kecamatan penghasil tembakau",
			idea: "Kelas petang di balai desa selama musim panen dengan modul singkat.", now: "31", want: "8", unit: "persen tertinggal", users: 430},
		{id: "inv-rumah", agency: perkim, affair: "housing", stage: live, state: innovation.Ready, title: "Bedah Rumah Terbuka", problem: "Usulan rumah tidak layak huni tidak bisa dilihat warga.", whom: "Keluarga di rumah tidak layak huni",
			idea: "Daftar usulan dan urutan pengerjaan terbuka per desa, warga dapat mengoreksi.", now: "120", want: "45", unit: "hari menunggu", users: 268, minutes: "120", after: "50"},
		{id: "inv-tenteram", agency: satpol, affair: "order", stage: live, state: innovation.Ready, title: "Ronda Laut Terhubung", problem: "Nelayan tidak tahu ke mana melapor saat jaring dirusak.", whom: "Nelayan Puger dan Ambulu",
			idea: "Satu nomor dan grup siaga antara pos ronda, Satpol PP, dan polisi air.", now: "180", want: "40", unit: "menit tanggap", users: 215},
		{id: "inv-lansia", agency: dinsos, affair: "social", stage: live, state: innovation.Sent, title: "Rantang Lansia Sebatang Kara", problem: "Lansia yang hidup sendiri terlambat makan.", whom: "Lansia sebatang kara",
			idea: "Warung tetangga memasak, relawan mengantar, biaya per porsi terbuka.", now: "1", want: "2", unit: "kali makan sehari", users: 540},
		{id: "inv-nib", agency: dpmptsp, affair: "investment", stage: live, state: innovation.Authorised, title: "Loket NIB Keliling Pasar", problem: "Pedagang tidak sempat ke kantor perizinan.", whom: "Pedagang pasar dan usaha mikro",
			idea: "Loket keliling setiap hari pasaran, NIB terbit di tempat.", now: "3", want: "0", unit: "hari", users: 1310, minutes: "3", after: "1"},
		{id: "inv-halte", agency: dishub, affair: "transport", stage: live, state: innovation.Draft, title: "Lin Terpantau di Rute A dan D", problem: "Penumpang menunggu lin tanpa tahu kapan datang.", whom: "Penumpang lin, terutama pelajar",
			idea: "Petugas terminal mencatat keberangkatan, halte menampilkan perkiraan.", now: "35", want: "15", unit: "menit menunggu", users: 380},
		{id: "inv-akta", agency: dukcapil, affair: "civil-registration", stage: live, state: innovation.Review, title: "Akta Lahir Pulang Bersama Bayi", problem: "Orang tua kembali tiga kali untuk akta kelahiran.", whom: "Keluarga dengan bayi baru lahir",
			idea: "Rumah bersalin mengirim data, akta diserahkan saat ibu pulang.", now: "14", want: "2", unit: "hari", users: 2210, minutes: "14", after: "2"},
		{id: "inv-sampah", agency: dlh, affair: "environment", stage: live, state: innovation.Submitted, title: "Tabungan Sampah Sekolah", problem: "Sampah kantin sekolah dibuang ke sungai.", whom: "Sekolah di tepi sungai", idea: "Siswa menabung sampah terpilah, hasilnya masuk kas kelas.",
			now: "40", want: "10", unit: "kg sehari", users: 905},
		{id: "inv-batik", agency: disnaker, affair: "labour", stage: replicated, state: innovation.Sent, title: "Kelas Batik Penyandang Disabilitas", problem: "Penyandang disabilitas sulit mendapat pelatihan kerja.", whom: "Penyandang disabilitas usia kerja",
			idea: "Kelas batik bersama perajin, hasil dibeli koperasi.", now: "4", want: "60", unit: "orang bekerja", users: 73},
	}
}

func sampleEarly() []sampleIdea {
	return []sampleIdea{
		{id: "inv-edamame", agency: dtphp, affair: "agriculture", stage: innovation.Trial, title: "Kartu Tanam Edamame", problem: "Petani edamame menanam bersamaan sehingga harga jatuh.", whom: "Petani edamame", idea: "Kartu tanam bergilir per kelompok dengan pembeli.",
			now: "6", want: "2", unit: "minggu harga jatuh"},
		{id: "inv-siaga", agency: bpbd, affair: "order", stage: innovation.Trial, title: "Siaga Banjir dari Mandor Pintu Air", problem: "Warga tahu banjir saat air sudah masuk rumah.", whom: "Warga di hilir Bedadung", idea: "Mandor pintu air memberi tahu grup RT dua jam sebelumnya.",
			now: "0", want: "120", unit: "menit peringatan"},
		{id: "inv-arsip", agency: perpus, affair: "archives", stage: innovation.Idea, title: "Arsip Desa Satu Pindai", problem: "Arsip tanah desa rusak dan tidak ada salinannya.", whom: "Perangkat desa dan pemilik tanah", idea: "Pemindai keliling dan indeks sederhana per desa.",
			now: "0", want: "40", unit: "desa terpindai"},
		{id: "inv-parkir", agency: dishub, affair: "transport", stage: innovation.Idea, title: "Parkir Tepi Jalan Tanpa Karcis", problem: "Juru parkir tidak memberi karcis dan setoran bocor.", whom: "Pengguna jalan di Kaliwates", idea: "Pembayaran nontunai dengan papan tarif terbuka.",
			now: "38", want: "85", unit: "persen tercatat"},
		{id: "inv-antre", agency: dinkes, affair: "health", stage: innovation.Problem, title: "Antrean obat puskesmas", problem: "Antrean obat di puskesmas sampai tiga jam.", whom: "Pasien lansia", idea: "Obat penyakit lama diantar kader setelah diperiksa jarak jauh.", now: "180", want: "30", unit: "menit"},
		{id: "inv-harga", agency: dtphp, affair: "agriculture", stage: innovation.Problem, title: "Harga tembakau harian", problem: "Petani tembakau tidak tahu harga hari ini.", whom: "Petani tembakau", idea: "Harga dari tiga gudang diumumkan pukul tujuh pagi.", now: "0", want: "1", unit: "kali sehari"},
		{id: "inv-lampu", agency: dishub, affair: "transport", stage: innovation.Problem, title: "Lampu jalan padam", problem: "Lampu jalan padam berminggu-minggu tanpa diketahui.", whom: "Warga yang pulang malam", idea: "Nomor tiang dan foto dikirim warga, teknisi mendapat daftar harian.", now: "21", want: "3", unit: "hari"},
	}
}

func sampleStopped() []sampleIdea {
	return []sampleIdea{
		{id: "inv-lapor3", agency: kominfo, affair: "communication", stage: innovation.Stopped, before: innovation.Trial, title: "Pelaporan Wajib Tiga Kali Sehari", problem: "Laporan lingkungan jarang masuk.", whom: "Ketua RT", idea: "Ketua RT wajib melapor tiga kali sehari.", now: "1", want: "90", unit: "laporan sebulan",
			lesson: "Kewajiban melapor menghasilkan laporan kosong. Yang menaikkan partisipasi adalah jawaban yang terlihat, bukan target jumlah laporan."},
		{id: "inv-toko", agency: diskop, affair: "cooperatives", stage: innovation.Stopped, before: innovation.Live, title: "Toko Daring Milik Kabupaten", problem: "Produk UMKM sulit dijual di luar kota.", whom: "Pelaku UMKM", idea: "Kabupaten membuka toko daring sendiri.", now: "0", want: "500", unit: "transaksi sebulan",
			lesson: "Pembeli tidak datang ke toko milik pemerintah. Lebih berguna membantu surat izin, foto produk, dan masuk ke pasar yang sudah ramai."},
		{id: "inv-aplikasi", agency: ortala, affair: "", stage: innovation.Stopped, before: innovation.Problem, title: "Satu aplikasi untuk semua rapat", problem: "Undangan rapat tercecer.", whom: "Pegawai semua OPD", idea: "Membuat aplikasi undangan rapat baru.", now: "5", want: "0", unit: "undangan hilang",
			lesson: "Kalender bersama yang sudah ada cukup; usulan digabung dengan pelatihan pemakaiannya."},
	}
}
