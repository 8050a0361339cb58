-- +goose Up
-- A place was written as two texts, "inovasi:<id>" and "<item>:<slot>", which every reader cut again. It is four columns now.
-- rtrim takes from the end every letter that is no colon: what is left of "I13:TD_13_01" is "I13:", of "A1" nothing.
DROP INDEX evidence_link_evidence;
ALTER TABLE evidence_link RENAME TO evidence_link_old;
CREATE TABLE evidence_link (
	regency_id  BIGINT NOT NULL,
	holder_kind TEXT NOT NULL,
	holder_id   TEXT NOT NULL,
	item        TEXT NOT NULL,
	slot        TEXT NOT NULL,
	evidence_id TEXT NOT NULL,
	linked_by   TEXT NOT NULL,
	at          BIGINT NOT NULL,
	bound       BIGINT NOT NULL DEFAULT 0,
	sealed      TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (regency_id, holder_kind, holder_id, item, slot, evidence_id)
);
INSERT INTO evidence_link (regency_id, holder_kind, holder_id, item, slot, evidence_id, linked_by, at, bound, sealed)
	SELECT regency_id,
		CASE WHEN round_id LIKE 'inovasi:%' THEN 'inovasi' ELSE 'round' END,
		CASE WHEN round_id LIKE 'inovasi:%' THEN substr(round_id, 9) ELSE round_id END,
		CASE WHEN item LIKE '%:%' THEN substr(item, 1, length(rtrim(item, replace(item, ':', ''))) - 1) ELSE item END,
		CASE WHEN item LIKE '%:%' THEN substr(item, length(rtrim(item, replace(item, ':', ''))) + 1) ELSE '' END,
		evidence_id, linked_by, at, bound, sealed
	FROM evidence_link_old WHERE regency_id > 0;
DROP TABLE evidence_link_old;
CREATE INDEX evidence_link_evidence ON evidence_link (regency_id, evidence_id);
