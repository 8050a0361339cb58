-- +goose Up
CREATE TABLE adoption_adoption (
	regency_id          BIGINT NOT NULL,
	id                  TEXT NOT NULL,
	origin_regency      BIGINT NOT NULL,
	origin_id           TEXT NOT NULL,
	origin_title        TEXT NOT NULL,
	origin_agency_id    TEXT NOT NULL,
	origin_agency_name  TEXT NOT NULL,
	origin_regency_name TEXT NOT NULL,
	agency_id           TEXT NOT NULL,
	state               TEXT NOT NULL CHECK (state IN ('planned', 'running', 'signed', 'withdrawn')),
	started_at          BIGINT NOT NULL,
	changes             TEXT NOT NULL,
	result              TEXT NOT NULL,
	users               BIGINT NOT NULL,
	reason              TEXT NOT NULL,
	started_by          TEXT NOT NULL,
	noted_by            TEXT NOT NULL,
	signed_by           TEXT NOT NULL,
	signed_at           BIGINT NOT NULL,
	created_at          BIGINT NOT NULL,
	changed_at          BIGINT NOT NULL,
	rev                 BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE UNIQUE INDEX adoption_adoption_once ON adoption_adoption (regency_id, origin_regency, origin_id, agency_id);
CREATE INDEX adoption_adoption_state ON adoption_adoption (regency_id, state, agency_id);
CREATE TABLE adoption_replica (
	regency_id           BIGINT NOT NULL,
	innovation_id        TEXT NOT NULL,
	id                   TEXT NOT NULL,
	title                TEXT NOT NULL,
	origin_agency_id     TEXT NOT NULL,
	adopter_regency      BIGINT NOT NULL,
	adopter_regency_name TEXT NOT NULL,
	agency_id            TEXT NOT NULL,
	agency_name          TEXT NOT NULL,
	changes              TEXT NOT NULL,
	result               TEXT NOT NULL,
	users                BIGINT NOT NULL,
	signed_at            BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
CREATE INDEX adoption_replica_signed ON adoption_replica (regency_id, signed_at);
