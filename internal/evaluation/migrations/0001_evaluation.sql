-- +goose Up
CREATE TABLE evaluation_round (
	regency_id  BIGINT NOT NULL,
	id          TEXT NOT NULL,
	title       TEXT NOT NULL,
	year        BIGINT NOT NULL,
	pack        TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('draft', 'open', 'locked', 'assess', 'done')),
	self_from   BIGINT NOT NULL,
	self_to     BIGINT NOT NULL,
	check_to    BIGINT NOT NULL,
	assess_from BIGINT NOT NULL,
	assess_to   BIGINT NOT NULL,
	previous_id TEXT NOT NULL,
	created_at  BIGINT NOT NULL,
	rev         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE TABLE evaluation_item (
	regency_id   BIGINT NOT NULL,
	round_id     TEXT NOT NULL,
	code         TEXT NOT NULL,
	lead         TEXT NOT NULL,
	due          BIGINT NOT NULL,
	state        TEXT NOT NULL CHECK (state IN ('empty', 'draft', 'submitted', 'approved', 'returned', 'checked')),
	answer       TEXT NOT NULL,
	self_mark    TEXT NOT NULL,
	note         TEXT NOT NULL,
	reason       TEXT NOT NULL,
	answered_by  TEXT NOT NULL,
	submitted_by TEXT NOT NULL,
	approved_by  TEXT NOT NULL,
	changed_at   BIGINT NOT NULL,
	rev          BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, code)
);
CREATE INDEX evaluation_item_lead ON evaluation_item (regency_id, lead, state);
CREATE TABLE evaluation_support (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	code       TEXT NOT NULL,
	agency_id  TEXT NOT NULL,
	PRIMARY KEY (regency_id, round_id, code, agency_id)
);
CREATE INDEX evaluation_support_agency ON evaluation_support (regency_id, agency_id);
CREATE TABLE evaluation_request (
	regency_id  BIGINT NOT NULL,
	id          TEXT NOT NULL,
	round_id    TEXT NOT NULL,
	code        TEXT NOT NULL,
	agency_id   TEXT NOT NULL,
	text        TEXT NOT NULL,
	due         BIGINT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('open', 'done', 'cancelled')),
	asked_by    TEXT NOT NULL,
	asked_at    BIGINT NOT NULL,
	closed_at   BIGINT NOT NULL,
	reminders   BIGINT NOT NULL,
	reminded_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX evaluation_request_round ON evaluation_request (regency_id, round_id, state);
CREATE INDEX evaluation_request_agency ON evaluation_request (regency_id, agency_id, state);
CREATE TABLE evaluation_figure (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	figure     TEXT NOT NULL,
	year       BIGINT NOT NULL,
	value      TEXT NOT NULL,
	unit       TEXT NOT NULL,
	source     TEXT NOT NULL,
	as_of      BIGINT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id),
	UNIQUE (regency_id, figure, year)
);
