package innovation

import (
	"encoding/json"
	"slices"
)

// How a field of the national form is read from a cell.
const (
	asTitle      = "title"
	asAgency     = "agency"
	asStage      = "stage"
	asText       = "text"
	asChoice     = "choice"
	asChoices    = "choices"
	asAffair     = "affair"
	asAffairs    = "affairs"
	asDay        = "day"
	asDesign     = "design" // the whole design text in one cell
	asBudget     = "budget"
	asCount      = "count"
	asPeriod     = "period"
	asCoordinate = "coordinate"
	asMeasure    = "measure"
	asShown      = "shown" // written by exports, not read
)

// Field is one column of the national form: what import recognises and export writes. ID and EN are its headings.
type Field struct {
	Key, ID, EN string
	As          string
	National    bool // of the national form; the others follow behind it
	Personal    bool // personal data of the person in charge: only for those who may see it
	Choices     []string
	aliases     []string
}

// Heading gives the heading in a language.
func (f Field) Heading(lang string) string {
	if lang == "en" {
		return f.EN
	}
	return f.ID
}

// Fields lists the columns in the order of the national form (Permendagri 104/2018 and the entry form of the Indeks Inovasi
// Daerah), then those that only this register keeps.
func Fields() []Field {
	all := fieldsWithout()
	id, en := localeOf("id"), localeOf("en")
	for n := range all {
		key := "innovation.import.field." + all[n].Key
		all[n].ID, all[n].EN = id[key], en[key]
	}
	return all
}

// fieldsWithout are the fields without their headings, for those who ask for keys only.
func fieldsWithout() []Field {
	return slices.Concat(nationalFields(), designFieldsOf(), restFields(), ownFields())
}

func nationalFields() []Field {
	return []Field{
		{Key: "title", As: asTitle, National: true, aliases: []string{"nama inovasi daerah", "judul inovasi", "judul", "inovasi", "title", "innovation"}},
		{Key: "agency", As: asAgency, National: true, aliases: []string{"perangkat daerah", "nama opd", "kode opd", "skpd", "nama skpd", "kode skpd", "unit kerja", "instansi", "dibuat oleh", "opd pengusul"}},
		{Key: "stage", As: asStage, National: true, Choices: []string{NationalInitiative, NationalTrial, NationalLive}, aliases: []string{"tahapan", "tahap", "tahap inovasi", "tahapan inovasi daerah", "status inovasi"}},
		{Key: "initiator", As: asChoice, National: true, Choices: Initiators(), aliases: []string{"inisiator", "inisiator inovasi"}},
		{Key: "initiator_name", As: asText, National: true, aliases: []string{"nama inisiator inovasi", "nama inisiator daerah"}},
		{Key: "kind", As: asChoice, National: true, Choices: Kinds(), aliases: []string{"jenis"}},
		{Key: "form", As: asChoice, National: true, Choices: Forms(), aliases: []string{"bentuk", "bentuk inovasi"}},
		{Key: "theme", As: asText, National: true, aliases: []string{"tema", "tematik inovasi"}},
		{Key: "affair", As: asAffair, National: true, aliases: []string{"urusan", "urusan pemerintahan", "urusan inovasi daerah", "urusan utama inovasi"}},
		{Key: "touching", As: asAffairs, National: true, aliases: []string{"urusan lain", "urusan beririsan", "urusan pendukung"}},
		{Key: "trial_at", As: asDay, National: true, aliases: []string{"tanggal uji coba", "waktu uji coba inovasi daerah", "tgl uji coba", "uji coba"}},
		{Key: "live_at", As: asDay, National: true, aliases: []string{"tanggal penerapan", "waktu penerapan inovasi daerah", "waktu implementasi", "tanggal implementasi", "tgl penerapan", "penerapan"}},
		{Key: "design", As: asDesign, National: true, aliases: []string{"rancang bangun inovasi", "rancang bangun inovasi daerah", "rancang bangun dan pokok perubahan"}},
	}
}

// designFieldsOf are the five headings of the design text, a column each.
func designFieldsOf() []Field {
	words := map[string][]string{"law": {"dasar hukum"}, "problem": {"permasalahan", "masalah makro dan mikro"}, "issue": {"isu strategis"}, "method": {"metode pembaharuan", "metode"},
		"novelty": {"keunggulan", "kebaharuan", "keunggulan dan kebaharuan"}}
	var out []Field
	for _, h := range Headings() {
		out = append(out, Field{Key: "design_" + h, As: asText, National: true, aliases: words[h]})
	}
	return out
}

func restFields() []Field {
	return []Field{
		{Key: "aims", As: asText, National: true, aliases: []string{"tujuan", "tujuan inovasi"}},
		{Key: "benefit_agency", As: asText, National: true, aliases: []string{"manfaat opd"}},
		{Key: "benefit_partners", As: asText, National: true, aliases: []string{"manfaat mitra"}},
		{Key: "benefit_public", As: asText, National: true, aliases: []string{"manfaat", "manfaat yang diperoleh", "manfaat masyarakat", "manfaat inovasi"}},
		{Key: "results", As: asText, National: true, aliases: []string{"hasil", "hasil inovasi daerah"}},
		{Key: "budget", As: asBudget, National: true, aliases: []string{"anggaran", "pagu", "biaya"}},
		{Key: "business", As: asText, National: true, aliases: []string{"profil bisnis inovasi"}},
		{Key: "coordinate", As: asCoordinate, National: true, aliases: []string{"titik koordinat", "lokasi koordinat", "koordinat lokasi"}},
		{Key: "person_name", As: asText, National: true, Personal: true, aliases: []string{"penanggung jawab", "pic", "nama pic"}},
		{Key: "person_nip", As: asText, National: true, Personal: true, aliases: []string{"nip", "nip pic"}},
		{Key: "person_position", As: asText, National: true, Personal: true, aliases: []string{"jabatan", "jabatan pic"}},
		{Key: "person_contact", As: asText, National: true, Personal: true, aliases: []string{"kontak", "no hp", "nomor telepon", "email penanggung jawab"}},
		{Key: "users", As: asCount, National: true, aliases: []string{"pengguna", "jumlah penerima manfaat", "penerima manfaat", "jumlah pemanfaat"}},
		{Key: "users_period", As: asPeriod, National: true, aliases: []string{"periode", "periode penerima manfaat"}},
		{Key: "users_source", As: asText, National: true, aliases: []string{"sumber pengguna"}},
	}
}

// ownFields are kept by this register beyond the national form; the last ones are written only.
func ownFields() []Field {
	return []Field{
		{Key: "category", As: asChoice, Choices: Categories()}, {Key: "criteria", As: asChoices, Choices: Criteria()}, {Key: "developed_at", As: asDay, aliases: []string{"waktu pengembangan"}},
		{Key: "sdgs", As: asChoices, Choices: SDGs(), aliases: []string{"sdgs", "tpb"}}, {Key: "award", As: asText}, {Key: "place", As: asText, aliases: []string{"lokasi"}},
		{Key: "video", As: asText, aliases: []string{"link video", "tautan video"}}, {Key: "type", As: asChoice, Choices: Types()}, {Key: "pillar", As: asChoice, Choices: Pillars()},
		{Key: "uniqueness", As: asText}, {Key: "potential", As: asText}, {Key: "sustainability", As: asText}, {Key: "risks", As: asText}, {Key: "needs", As: asText}, {Key: "cost", As: asText},
		{Key: "contact", As: asText}, {Key: "problem", As: asText, aliases: []string{"masalah"}}, {Key: "sufferer", As: asText}, {Key: "idea", As: asText}, {Key: "measure", As: asMeasure},
		{Key: "number", As: asShown}, {Key: "stage_now", As: asShown}, {Key: "state_now", As: asShown}, {Key: "lesson", As: asShown},
	}
}

// localeOf reads the texts of this room in a language.
func localeOf(lang string) map[string]string {
	data, err := files.ReadFile("locale/" + lang + ".json")
	texts := map[string]string{}
	if err == nil {
		err = json.Unmarshal(data, &texts)
	}
	if err != nil { // the file is part of the program
		panic("innovation: " + err.Error())
	}
	return texts
}

// importWords are the words that the cells of a choice may hold: text in normal form -> value, by field.
func importWords(all []Field) map[string]map[string]string {
	out := map[string]map[string]string{}
	for _, lang := range []string{"id", "en"} {
		texts := localeOf(lang)
		for _, f := range all {
			if out[f.Key] == nil {
				out[f.Key] = map[string]string{}
			}
			for _, v := range f.Choices {
				out[f.Key][titleKey(v)] = v
				out[f.Key][titleKey(texts[choiceKey(f.Key, v)])] = v
			}
		}
	}
	for field, words := range moreWords() {
		for word, v := range words {
			out[field][word] = v
		}
	}
	return out
}

// moreWords are other words that offices write.
func moreWords() map[string]map[string]string {
	return map[string]map[string]string{
		"stage": {"ide": NationalInitiative, "idea": NationalInitiative, "masalah": NationalInitiative, "ujicoba": NationalTrial, "trial": NationalTrial, "pilot": NationalTrial, "implementasi": NationalLive,
			"live": NationalLive, "diterapkan": NationalLive, "replikasi": NationalLive, "replicated": NationalLive},
		"kind":      {"non digital": "other", "nondigital": "other", "bukan digital": "other"},
		"initiator": {"bupati": "head", "walikota": "head", "dprd": "council", "anggota dprd": "council", "perangkat daerah": "opd", "skpd": "opd", "aparatur sipil negara": "servant", "pns": "servant", "warga": "community"},
		"form":      {"tata kelola": "governance", "tata kelola pemerintahan": "governance", "inovasi tata kelola": "governance", "pelayanan": "service", "pelayanan publik": "service", "inovasi pelayanan publik": "service", "lainnya": "other"},
	}
}

func choiceKey(field, value string) string { return "innovation.import.choice." + field + "." + value }

// fieldByKey gives a field; the zero Field for another key.
func fieldByKey(all []Field, key string) Field {
	if at := slices.IndexFunc(all, func(f Field) bool { return f.Key == key }); at >= 0 {
		return all[at]
	}
	return Field{}
}

// text gives the place of a plain text of a record; nil for what is read another way.
func (i *Innovation) text(key string) *string { return i.texts()[key] }

func (i *Innovation) texts() map[string]*string {
	p := &i.Profile
	return map[string]*string{"initiator_name": &p.InitiatorName, "theme": &p.Theme, "aims": &p.Aims, "benefit_agency": &p.BenefitAgency, "benefit_partners": &p.BenefitPartners,
		"benefit_public": &p.BenefitPublic, "results": &p.Results, "business": &p.Business, "person_name": &p.PersonName, "person_nip": &p.PersonNIP, "person_position": &p.PersonPosition,
		"person_contact": &p.PersonContact, "award": &p.Award, "place": &p.Place, "video": &p.Video, "uniqueness": &p.Uniqueness, "potential": &p.Potential, "sustainability": &p.Sustainability,
		"risks": &p.Risks, "needs": &p.Needs, "cost": &p.Cost, "contact": &p.Contact, "problem": &i.Problem, "sufferer": &i.Sufferer, "idea": &i.Idea,
		"initiator": &p.Initiator, "kind": &p.Kind, "form": &p.Form, "category": &p.Category, "type": &p.Type, "pillar": &p.Pillar}
}
