-- +goose Up
-- A mark keeps what it was when it was first submitted, before its assessor could see those of others; seen_at is set when it
-- was opened again although others had submitted theirs. Submitted marks and published results carry a fingerprint.
ALTER TABLE assessment_mark ADD COLUMN first_value TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment_mark ADD COLUMN first_comment TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment_mark ADD COLUMN first_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assessment_mark ADD COLUMN seen_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE assessment_mark ADD COLUMN seen_why TEXT NOT NULL DEFAULT '';
ALTER TABLE assessment_mark ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
UPDATE assessment_mark SET first_value = value, first_comment = comment, first_at = at, decided_hash = 'unbound' WHERE regency_id > 0 AND state = 'submitted';
ALTER TABLE assessment_published ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
UPDATE assessment_published SET decided_hash = 'unbound' WHERE regency_id > 0;
