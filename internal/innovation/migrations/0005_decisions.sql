-- +goose Up
-- A decided gate keeps what was decided on, word for word, and its fingerprint. Gates decided before this keep neither.
ALTER TABLE innovation_gate ADD COLUMN decided_on TEXT NOT NULL DEFAULT '';
ALTER TABLE innovation_gate ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
