-- +goose Up
CREATE TABLE notice_notice (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	key        TEXT NOT NULL,
	args       TEXT NOT NULL,
	path       TEXT NOT NULL,
	once       TEXT NOT NULL,
	at         BIGINT NOT NULL,
	read_at    BIGINT NOT NULL,
	mailed_at  BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, user_id, once)
);
CREATE INDEX notice_by_time ON notice_notice (regency_id, user_id, at);
CREATE INDEX notice_unread ON notice_notice (regency_id, user_id) WHERE read_at = 0;
CREATE TABLE notice_setting (
	regency_id BIGINT NOT NULL,
	user_id    TEXT NOT NULL,
	mail       TEXT NOT NULL,
	PRIMARY KEY (regency_id, user_id)
);
CREATE TABLE notice_letter (
	regency_id BIGINT NOT NULL,
	user_id    TEXT NOT NULL,
	day        TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, user_id, day)
);
