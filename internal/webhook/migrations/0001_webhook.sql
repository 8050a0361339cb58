-- +goose Up
CREATE TABLE webhook_hook (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	name       TEXT NOT NULL,
	url        TEXT NOT NULL,
	secret     TEXT NOT NULL,
	old_secret TEXT NOT NULL,
	old_until  BIGINT NOT NULL,
	events     TEXT NOT NULL,
	active     BOOLEAN NOT NULL,
	reason     TEXT NOT NULL,
	deaths     BIGINT NOT NULL,
	hold_until BIGINT NOT NULL,
	hold_id    TEXT NOT NULL,
	last_ok    BIGINT NOT NULL,
	created_by TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, name)
);
CREATE TABLE webhook_delivery (
	regency_id  BIGINT NOT NULL,
	id          TEXT NOT NULL,
	hook_id     TEXT NOT NULL,
	event       TEXT NOT NULL,
	event_id    TEXT NOT NULL,
	body        TEXT NOT NULL,
	state       TEXT NOT NULL,
	attempts    BIGINT NOT NULL,
	turn        BIGINT NOT NULL,
	last_status BIGINT NOT NULL,
	last_error  TEXT NOT NULL,
	last_answer TEXT NOT NULL,
	next_at     BIGINT NOT NULL,
	created_at  BIGINT NOT NULL,
	sent_at     BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, hook_id, event_id)
);
CREATE INDEX webhook_delivery_log ON webhook_delivery (regency_id, hook_id, created_at);
CREATE INDEX webhook_delivery_old ON webhook_delivery (created_at);
