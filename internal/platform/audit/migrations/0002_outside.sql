-- +goose Up
CREATE TABLE audit_outside (
	regency_id BIGINT NOT NULL,
	place      TEXT NOT NULL,
	size       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	tried_at   BIGINT NOT NULL,
	state      TEXT NOT NULL,
	why        TEXT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (regency_id, place)
);
CREATE TABLE audit_witnessed (
	regency_id BIGINT NOT NULL,
	origin     TEXT NOT NULL,
	size       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (regency_id, origin)
);
