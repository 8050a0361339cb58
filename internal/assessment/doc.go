// Package assessment is where assessors mark a round and everybody reads what the marks add up to: the index with its
// components, the published one from the letter beside it, findings that become follow-ups, the leader's board and the
// public page.
//
// Words: Invite (penilai yang diundang), Mark (nilai 0-4 satu penilai untuk satu pertanyaan), External mark (nilai dari
// surat, when only means are known), Published (nilai terbit), Version (versi hasil terbit), Finding (kekuatan, kelemahan,
// rekomendasi), Followup (tindak lanjut), Publication (what the public page shows).
// Tables: assessment_invite, assessment_mark, assessment_external, assessment_published, assessment_finding,
// assessment_followup, assessment_publish, assessment_version.
//
// An assessor sees the marks of others for a question only after submitting their own; see seen in mark.go. Marks become
// numbers only through instrument.Pack.Evaluate, which computes with exact rationals.
package assessment
