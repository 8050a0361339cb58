-- +goose Up
CREATE TABLE calendar_day (
	regency_id BIGINT NOT NULL,
	day        TEXT NOT NULL,
	name       TEXT NOT NULL,
	kind       TEXT NOT NULL,
	source     TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, day)
);
CREATE TABLE calendar_year (
	regency_id BIGINT NOT NULL,
	year       BIGINT NOT NULL,
	source     TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id, year)
);
CREATE TABLE calendar_stamp (
	regency_id BIGINT NOT NULL,
	seq        BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
