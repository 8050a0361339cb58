// Package evidence is the library of proofs: a file or link is kept once, described once, and linked to many questions of
// many rounds and instruments.
//
// Words: Evidence (bukti), Link (tautan bukti ke pertanyaan), Confidentiality (publik, internal, terbatas), Decide (putusan).
// Tables: evidence_item, evidence_link, evidence_word (the words of the card and of the file, for the search).
// The way of a proof: draft > submitted > accepted; revise and rejected lead back with a reason; expired when its validity ends.
// The bytes lie in the blob store under their SHA-256, never in the database and never served as anything a browser runs.
package evidence
