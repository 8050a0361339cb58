-- +goose Up
-- How the reading of a proof's file ended. A failure is kept so that the file is not tried again by itself.
CREATE TABLE evidence_reading (
	regency_id  BIGINT NOT NULL,
	evidence_id TEXT NOT NULL,
	failure     TEXT NOT NULL,
	pages       BIGINT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (regency_id, evidence_id)
);
