-- +goose Up
-- What was published stands until another version takes its place: proposed with a reason by one person, confirmed by
-- another. Versions that stood keep their number and stay readable; number is 0 for what never stood.
CREATE TABLE assessment_version (
	regency_id   BIGINT NOT NULL,
	id           TEXT NOT NULL,
	round_id     TEXT NOT NULL,
	number       BIGINT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('waiting', 'accepted', 'rejected', 'withdrawn')),
	body         TEXT NOT NULL,
	base         TEXT NOT NULL,
	why          TEXT NOT NULL,
	made_by      TEXT NOT NULL,
	made_at      BIGINT NOT NULL,
	decided_by   TEXT NOT NULL,
	decided_at   BIGINT NOT NULL,
	reason       TEXT NOT NULL,
	decided_hash TEXT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX assessment_version_round ON assessment_version (regency_id, round_id, number);
