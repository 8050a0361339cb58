-- +goose Up
-- What was signed carries the fingerprint of the signed note, on both sides. Signatures made before this have none yet; the
-- house binds them once, and the audit trail says so.
ALTER TABLE adoption_adoption ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE adoption_replica ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
UPDATE adoption_adoption SET decided_hash = 'unbound' WHERE regency_id > 0 AND state = 'signed';
UPDATE adoption_replica SET decided_hash = 'unbound' WHERE regency_id > 0;
