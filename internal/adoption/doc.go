// Package adoption keeps who took over whose innovation: an agency of the same regency, or of another regency on this host,
// adopts it, writes what it changed and how it went, and its head signs. The original gets its proof of replication from the
// signature of the adopter, not from its own claim.
//
// Words: Adoption (adopsi, seen by who takes over), Replica (adopsi, seen by whose innovation was taken over), Original
// (inovasi asal), Note (catatan: apa yang diubah, bagaimana hasilnya).
// The way of an adoption: planned > running > signed; withdrawn before the signature. After it nothing is taken back: a
// correction is a new text, and the audit trail keeps the old one.
//
// Tables: adoption_adoption under the regency of the adopter, adoption_replica under the regency of the original. Both rows of
// a signature are written in one transaction, so neither side ever knows something that the other does not.
// Events: adoption.signed {innovation, origin_regency, adoption}, told to both regencies.
// Law: replication is item 31 of the national innovation index (Permendagri 104/2018 and its yearly guide): once, twice in
// different regions, three times in different regions.
package adoption
