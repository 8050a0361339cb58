-- +goose Up
CREATE TABLE idem_reply (
	regency_id BIGINT NOT NULL,
	user_id    TEXT NOT NULL,
	key        TEXT NOT NULL,
	request    TEXT NOT NULL,
	status     BIGINT NOT NULL,
	kind       TEXT NOT NULL,
	body       TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, user_id, key)
);
CREATE INDEX idem_reply_at ON idem_reply (at);
