// Package reuse lets one proof serve many questions of many instruments, so that nothing is collected twice: it says which
// accepted files probably answer which questions that are still open, why, and links them with one tap.
//
// Words: Mapping (pemetaan: which question of one instrument is answered by the proof for which question of another), Line
// (pasangan), Sheet (saran untuk satu putaran atau satu inovasi), Suggestion (saran), Holder (tempat: a round, or an innovation
// as "inovasi:<id>"), Batch (what one tap linked, so that it can be taken back).
// A suggestion comes from the mapping, from the same question in another round, from the same external figure, or from words
// in common; it is strong only when kind, year and place fit as well. The mapping is data (data/mapping.yaml), Pendapa's own
// proposal; a regency adds lines of its own, changes lines and switches them off.
//
// Tables: reuse_map (the regency's own lines and what it changed of the shipped ones), reuse_batch, reuse_batch_link.
// Events: none of its own; the library of proofs tells the house what was linked.
package reuse
