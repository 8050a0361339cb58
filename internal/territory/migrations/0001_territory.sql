-- +goose Up
CREATE TABLE territory_area (
	regency_id BIGINT NOT NULL,
	code       TEXT NOT NULL,
	bps        TEXT NOT NULL,
	lat        TEXT NOT NULL,
	lon        TEXT NOT NULL,
	area_km2   TEXT NOT NULL,
	population BIGINT NOT NULL,
	source     TEXT NOT NULL,
	as_of      BIGINT NOT NULL,
	PRIMARY KEY (regency_id, code)
);
CREATE TABLE territory_boundary (
	regency_id BIGINT NOT NULL,
	code       TEXT NOT NULL,
	body       TEXT NOT NULL,
	note       TEXT NOT NULL,
	source     TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, code)
);
CREATE TABLE territory_import (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	body       TEXT NOT NULL,
	source     TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
