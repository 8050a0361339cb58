-- +goose Up
CREATE TABLE audit_head (
	regency_id BIGINT NOT NULL,
	size       BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
CREATE TABLE audit_entry (
	regency_id BIGINT NOT NULL,
	seq        BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	actor_id   TEXT NOT NULL,
	actor_name TEXT NOT NULL,
	via        TEXT NOT NULL,
	ip         TEXT NOT NULL,
	action     TEXT NOT NULL,
	object     TEXT NOT NULL,
	object_id  TEXT NOT NULL,
	agency_id  TEXT NOT NULL,
	why        TEXT NOT NULL,
	before     TEXT NOT NULL,
	after      TEXT NOT NULL,
	PRIMARY KEY (regency_id, seq)
);
CREATE INDEX audit_entry_object ON audit_entry (regency_id, object, object_id, seq);
CREATE INDEX audit_entry_actor ON audit_entry (regency_id, actor_id, seq);
CREATE TABLE audit_hash (
	regency_id BIGINT NOT NULL,
	idx        BIGINT NOT NULL,
	hash       BYTEA NOT NULL,
	PRIMARY KEY (regency_id, idx)
);
CREATE TABLE audit_checkpoint (
	regency_id BIGINT NOT NULL,
	size       BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	note       TEXT NOT NULL,
	PRIMARY KEY (regency_id, size)
);
