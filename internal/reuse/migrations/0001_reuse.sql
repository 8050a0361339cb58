-- +goose Up
CREATE TABLE reuse_map (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	from_kind  TEXT NOT NULL,
	from_item  TEXT NOT NULL,
	to_kind    TEXT NOT NULL,
	to_item    TEXT NOT NULL,
	kinds      TEXT NOT NULL,
	strength   TEXT NOT NULL CHECK (strength IN ('strong', 'possible', '')),
	why_id     TEXT NOT NULL,
	why_en     TEXT NOT NULL,
	off        BOOLEAN NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE TABLE reuse_batch (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	holder     TEXT NOT NULL,
	made_by    TEXT NOT NULL,
	made_at    BIGINT NOT NULL,
	undone_by  TEXT NOT NULL,
	undone_at  BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE TABLE reuse_batch_link (
	regency_id  BIGINT NOT NULL,
	batch_id    TEXT NOT NULL,
	n           BIGINT NOT NULL,
	evidence_id TEXT NOT NULL,
	item        TEXT NOT NULL,
	PRIMARY KEY (regency_id, batch_id, n)
);
