// Package innovation is the register of innovations of a regency, from the first problem to replication or an honest stop.
//
// Words: Idea (usulan: masalah, siapa yang dirugikan, gagasan, satu angka), Answer (jawaban meja inovasi), Stage and Gate
// (tahap, gerbang), Dossier (berkas untuk penilaian nasional) with its Status, Team (tim), Partner (mitra penta-helix), Count
// (angka pengguna dan aduan), Effect (sebelum dan sesudah), Lesson (pelajaran).
//
// The way of an innovation: problem > idea > trial > live > replicated, or stopped from any of them. Every gate asks for one
// proof and is decided by one named person who did not ask. The national stages (inisiatif, uji coba, penerapan) follow
// from these. The way of its dossier: draft > submitted > validated > approved > authorised > review > ready > sent;
// revision leads back to the team. Nothing is ever deleted.
//
// Tables: innovation_innovation, innovation_log (every step of stage, status and answer), innovation_gate, innovation_member,
// innovation_partner, innovation_count, innovation_budget, innovation_effect. Files hang on the evidence library under the
// target "inovasi:<id>".
// Events: innovation.idea, innovation.answered, innovation.stage, innovation.status.
// Law: UU 23/2014 articles 386-390; PP 38/2017 article 6 (criteria); Permendagri 104/2018.
package innovation
