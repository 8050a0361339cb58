-- +goose Up
-- A claim keeps a file, or room for one, until a card names it: written before the file takes its place, removed in the
-- transaction that adds the card, void after until. One with an empty file_hash is room for an upload that still comes in.
CREATE TABLE evidence_claim (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	upload     TEXT NOT NULL,
	agency_id  TEXT NOT NULL,
	file_hash  TEXT NOT NULL,
	size       BIGINT NOT NULL,
	claimed_by TEXT NOT NULL,
	at         BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX evidence_claim_file ON evidence_claim (file_hash);
CREATE INDEX evidence_claim_upload ON evidence_claim (regency_id, upload);
CREATE INDEX evidence_claim_agency ON evidence_claim (regency_id, agency_id);
CREATE INDEX evidence_item_file ON evidence_item (file_hash);
