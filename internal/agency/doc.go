// Package agency is the list of offices of a regency (OPD): dinas, badan, bagian, hospitals, kecamatan. Offices are merged
// and renamed over the years, so every name has a time, and history keeps the old one.
//
// Words: Agency (OPD), Short (singkatan), Kind (jenis), Affairs (urusan, from the composite code).
// Tables: agency_agency, agency_name, agency_successor.
// Codes follow Permendagri 90/2019: urusan.bidang twice or three times, then a running number.
package agency
