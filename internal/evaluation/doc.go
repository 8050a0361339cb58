// Package evaluation runs the yearly evaluation of a regency: a round is opened on an instrument, every question gets a
// lead agency, agencies are asked for proof, answer and mark themselves, heads approve, the evaluation team checks, and the
// self-assessment is locked for the assessors.
//
// Words: Round (penilaian setahun), Item (a question of a round with its answer), Lead and Support (OPD pemilik,
// pendukung), Request (permintaan bukti), Figure (angka dari luar, entered once).
// Tables: evaluation_round, evaluation_item, evaluation_support, evaluation_request, evaluation_figure.
// The way of an item: empty > draft > submitted > approved > checked; returned leads back to the agency with a reason.
// The way of a round: draft > open > locked > assess > done; every step back needs a reason.
package evaluation
