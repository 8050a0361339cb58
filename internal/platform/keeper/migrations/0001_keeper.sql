-- +goose Up
CREATE TABLE keeper_bad (
	regency_id BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('damaged', 'missing')),
	found_at   BIGINT NOT NULL,
	tried_at   BIGINT NOT NULL,
	PRIMARY KEY (regency_id, hash)
);
CREATE TABLE keeper_pass (
	regency_id BIGINT NOT NULL,
	place      TEXT NOT NULL,
	began_at   BIGINT NOT NULL,
	files      BIGINT NOT NULL,
	bytes      BIGINT NOT NULL,
	ended_at   BIGINT NOT NULL,
	ended      BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
