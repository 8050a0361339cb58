-- +goose Up
CREATE TABLE pack_pack (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	body       TEXT NOT NULL,
	based_on   TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
