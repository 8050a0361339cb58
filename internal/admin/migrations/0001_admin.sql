-- +goose Up
CREATE TABLE admin_backup (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	name       TEXT NOT NULL,
	at         BIGINT NOT NULL,
	took       BIGINT NOT NULL,
	bytes      BIGINT NOT NULL,
	state      TEXT NOT NULL CHECK (state IN ('proven', 'damaged', 'failed')),
	problems   TEXT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX admin_backup_at ON admin_backup (regency_id, at);
