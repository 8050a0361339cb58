-- +goose Up
CREATE TABLE agency_agency (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	code       TEXT NOT NULL,
	name       TEXT NOT NULL,
	short      TEXT NOT NULL,
	kind       TEXT NOT NULL,
	parent_id  TEXT NOT NULL,
	active     BOOLEAN NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, code)
);
CREATE TABLE agency_name (
	regency_id BIGINT NOT NULL,
	agency_id  TEXT NOT NULL,
	until      BIGINT NOT NULL,
	name       TEXT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (regency_id, agency_id, until)
);
CREATE TABLE agency_successor (
	regency_id BIGINT NOT NULL,
	old_id     TEXT NOT NULL,
	new_id     TEXT NOT NULL,
	at         BIGINT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (regency_id, old_id, new_id)
);
