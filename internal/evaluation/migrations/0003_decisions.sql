-- +goose Up
-- An approved answer carries the fingerprint of its text, its mark and its proofs; a round that has ended carries one of all
-- it holds. What was decided before this has none yet; the house binds it once, and the audit trail says so.
ALTER TABLE evaluation_item ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE evaluation_round ADD COLUMN seal TEXT NOT NULL DEFAULT '';
UPDATE evaluation_item SET decided_hash = 'unbound' WHERE regency_id > 0 AND state IN ('approved', 'checked');
UPDATE evaluation_round SET seal = 'unbound' WHERE regency_id > 0 AND state = 'done';
