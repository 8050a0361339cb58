-- +goose Up
ALTER TABLE evaluation_round ADD COLUMN choices TEXT NOT NULL DEFAULT '{}';
ALTER TABLE evaluation_figure ADD COLUMN basis TEXT NOT NULL DEFAULT '';
ALTER TABLE evaluation_figure ADD COLUMN evidence_id TEXT NOT NULL DEFAULT '';
CREATE TABLE evaluation_phase (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	code       TEXT NOT NULL,
	phase      TEXT NOT NULL,
	value      TEXT NOT NULL,
	note       TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, code, phase)
);
