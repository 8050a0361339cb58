-- +goose Up
-- What was accepted carries the fingerprint of its card, its file and the places it served then. Decisions made before this
-- have none yet; the house binds them once, and the audit trail says so.
ALTER TABLE evidence_item ADD COLUMN decided_hash TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_item ADD COLUMN decided_by TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_item ADD COLUMN decided_at BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence_item ADD COLUMN pending BIGINT NOT NULL DEFAULT 0;
UPDATE evidence_item SET decided_hash = 'unbound' WHERE regency_id > 0 AND state = 'accepted';
CREATE INDEX evidence_item_unbound ON evidence_item (regency_id, decided_hash) WHERE decided_hash = 'unbound';
-- bound: the place was part of the decision. sealed: the state of the proof when the round ended, '' while it runs.
ALTER TABLE evidence_link ADD COLUMN bound BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence_link ADD COLUMN sealed TEXT NOT NULL DEFAULT '';
CREATE TABLE evidence_version (
	regency_id  BIGINT NOT NULL,
	evidence_id TEXT NOT NULL,
	number      BIGINT NOT NULL,
	card        TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('submitted', 'accepted', 'revise', 'rejected', 'replaced')),
	reason      TEXT NOT NULL,
	hash        TEXT NOT NULL,
	made_by     TEXT NOT NULL,
	made_at     BIGINT NOT NULL,
	decided_by  TEXT NOT NULL,
	decided_at  BIGINT NOT NULL,
	PRIMARY KEY (regency_id, evidence_id, number)
);
CREATE TABLE evidence_release (
	regency_id  BIGINT NOT NULL,
	round_id    TEXT NOT NULL,
	evidence_id TEXT NOT NULL,
	released_by TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (regency_id, evidence_id, round_id)
);
