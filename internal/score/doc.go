// Package score shows the Indeks Inovasi Daerah of the regency at any moment: points per item from what the house knows and
// from linked evidence, the exact index, the cheapest next step, and what-if. It is a simulation until the ministry's result
// stands beside it, and private to the regency until it publishes.
//
// Words: Item (butir), Claim (tingkat yang dipilih tim), Proof state (ditemukan otomatis, tertaut, belum ada, tidak berlaku),
// Board (papan hitung), Step (langkah berikutnya), Effort (usaha, hari kerja), Gate (gerbang enam urusan dasar).
// Points count when they are proven: found by the house itself, or claimed with evidence that is accepted or waits for its
// check. Evidence that was returned or has expired proves nothing. Replication is not claimed: it is counted from signed
// adoptions. The index is that of internal/instrument; effect.go alone shortens it, and a test holds both against each other.
//
// Tables: score_item (claims), score_effort, score_setting, score_frozen (the sheet of a round when it was locked).
// Hears: evaluation.round.state.
// Law: Permendagri 104/2018; letter 400.10.11/1887/BSKDN of 29 April 2026.
package score
