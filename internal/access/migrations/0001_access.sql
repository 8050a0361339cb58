-- +goose Up
CREATE TABLE access_regency (
	regency_id BIGINT NOT NULL,
	code       TEXT NOT NULL,
	name       TEXT NOT NULL,
	province   TEXT NOT NULL,
	zone       TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
CREATE TABLE access_user (
	regency_id  BIGINT NOT NULL,
	id          TEXT NOT NULL,
	name        TEXT NOT NULL,
	email       TEXT NOT NULL,
	agency_id   TEXT NOT NULL,
	password    TEXT NOT NULL,
	totp        TEXT NOT NULL,
	totp_on     BOOLEAN NOT NULL,
	totp_last   BIGINT NOT NULL,
	lang        TEXT NOT NULL,
	active      BOOLEAN NOT NULL,
	until       BIGINT NOT NULL,
	sample      BOOLEAN NOT NULL,
	created_at  BIGINT NOT NULL,
	rev         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, email)
);
CREATE INDEX access_user_email ON access_user (email);
CREATE TABLE access_grant (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	role       TEXT NOT NULL,
	agency_id  TEXT NOT NULL,
	until      BIGINT NOT NULL,
	granted_by TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, user_id, role, agency_id)
);
CREATE TABLE access_session (
	regency_id BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	ip         TEXT NOT NULL,
	agent      TEXT NOT NULL,
	full_right BOOLEAN NOT NULL,
	PRIMARY KEY (regency_id, hash)
);
CREATE UNIQUE INDEX access_session_hash ON access_session (hash);
CREATE INDEX access_session_user ON access_session (regency_id, user_id);
CREATE TABLE access_link (
	regency_id BIGINT NOT NULL,
	hash       TEXT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('setup', 'invite', 'reset')),
	user_id    TEXT NOT NULL,
	expires    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, hash)
);
CREATE UNIQUE INDEX access_link_hash ON access_link (hash);
CREATE TABLE access_token (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	hash       TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	name       TEXT NOT NULL,
	writes     BOOLEAN NOT NULL,
	created_at BIGINT NOT NULL,
	expires    BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE UNIQUE INDEX access_token_hash ON access_token (hash);
