-- +goose Up
CREATE TABLE score_item (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	item          TEXT NOT NULL,
	basis         TEXT NOT NULL,
	raw           TEXT NOT NULL,
	points        BIGINT NOT NULL,
	note          TEXT NOT NULL,
	changed_by    TEXT NOT NULL,
	changed_at    BIGINT NOT NULL,
	rev           BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, item)
);
CREATE TABLE score_effort (
	regency_id BIGINT NOT NULL,
	item       TEXT NOT NULL,
	points     BIGINT NOT NULL,
	days       BIGINT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id, item, points)
);
CREATE TABLE score_setting (
	regency_id BIGINT NOT NULL,
	pack       TEXT NOT NULL,
	choices    TEXT NOT NULL,
	published  BOOLEAN NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
CREATE TABLE score_frozen (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	pack       TEXT NOT NULL,
	body       TEXT NOT NULL,
	index_text TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id)
);
