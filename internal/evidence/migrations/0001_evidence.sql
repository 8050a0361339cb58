-- +goose Up
CREATE TABLE evidence_item (
	regency_id      BIGINT NOT NULL,
	id              TEXT NOT NULL,
	title           TEXT NOT NULL,
	kind            TEXT NOT NULL,
	number          TEXT NOT NULL,
	date            BIGINT NOT NULL,
	period_from     BIGINT NOT NULL,
	period_to       BIGINT NOT NULL,
	agency_id       TEXT NOT NULL,
	page            TEXT NOT NULL,
	confidentiality TEXT NOT NULL CHECK (confidentiality IN ('public', 'internal', 'restricted')),
	valid_until     BIGINT NOT NULL,
	supersedes      TEXT NOT NULL,
	note            TEXT NOT NULL,
	state           TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'accepted', 'revise', 'rejected', 'expired')),
	reason          TEXT NOT NULL,
	url             TEXT NOT NULL,
	file_name       TEXT NOT NULL,
	file_type       TEXT NOT NULL,
	file_group      TEXT NOT NULL,
	file_hash       TEXT NOT NULL,
	file_size       BIGINT NOT NULL,
	created_by      TEXT NOT NULL,
	created_at      BIGINT NOT NULL,
	changed_at      BIGINT NOT NULL,
	rev             BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX evidence_item_changed ON evidence_item (regency_id, changed_at);
CREATE INDEX evidence_item_hash ON evidence_item (regency_id, file_hash);
CREATE INDEX evidence_item_agency ON evidence_item (regency_id, agency_id);
CREATE TABLE evidence_link (
	regency_id  BIGINT NOT NULL,
	round_id    TEXT NOT NULL,
	item        TEXT NOT NULL,
	evidence_id TEXT NOT NULL,
	linked_by   TEXT NOT NULL,
	at          BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, item, evidence_id)
);
CREATE INDEX evidence_link_evidence ON evidence_link (regency_id, evidence_id);
CREATE TABLE evidence_word (
	regency_id  BIGINT NOT NULL,
	word        TEXT NOT NULL,
	evidence_id TEXT NOT NULL,
	source      TEXT NOT NULL CHECK (source IN ('card', 'file')),
	PRIMARY KEY (regency_id, word, evidence_id, source)
);
CREATE INDEX evidence_word_evidence ON evidence_word (regency_id, evidence_id);
