-- +goose Up
CREATE TABLE access_recovery (
	regency_id BIGINT NOT NULL,
	user_id    TEXT NOT NULL,
	hash       TEXT NOT NULL,
	PRIMARY KEY (regency_id, user_id, hash)
);
CREATE TABLE access_identity (
	regency_id BIGINT NOT NULL,
	issuer     TEXT NOT NULL,
	subject    TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, issuer, subject)
);
CREATE UNIQUE INDEX access_identity_subject ON access_identity (issuer, subject);
