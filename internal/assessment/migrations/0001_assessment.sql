-- +goose Up
CREATE TABLE assessment_invite (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	number     BIGINT NOT NULL,
	until      BIGINT NOT NULL,
	invited_at BIGINT NOT NULL,
	revoked_at BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, user_id),
	UNIQUE (regency_id, round_id, number)
);
CREATE INDEX assessment_invite_user ON assessment_invite (regency_id, user_id);
CREATE TABLE assessment_mark (
	regency_id  BIGINT NOT NULL,
	round_id    TEXT NOT NULL,
	item        TEXT NOT NULL,
	assessor_id TEXT NOT NULL,
	value       TEXT NOT NULL,
	comment     TEXT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('draft', 'submitted')),
	at          BIGINT NOT NULL,
	rev         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, item, assessor_id)
);
CREATE INDEX assessment_mark_assessor ON assessment_mark (regency_id, assessor_id, round_id);
CREATE TABLE assessment_external (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	item       TEXT NOT NULL,
	assessor   TEXT NOT NULL,
	value      TEXT NOT NULL,
	PRIMARY KEY (regency_id, round_id, item, assessor)
);
CREATE TABLE assessment_published (
	regency_id  BIGINT NOT NULL,
	round_id    TEXT NOT NULL,
	letter      TEXT NOT NULL,
	date        BIGINT NOT NULL,
	index_value TEXT NOT NULL,
	components  TEXT NOT NULL,
	note        TEXT NOT NULL,
	changed_by  TEXT NOT NULL,
	changed_at  BIGINT NOT NULL,
	rev         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id)
);
CREATE TABLE assessment_finding (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	id         TEXT NOT NULL,
	assessor   BIGINT NOT NULL,
	kind       TEXT NOT NULL CHECK (kind IN ('strength', 'weakness', 'recommendation')),
	item       TEXT NOT NULL,
	body       TEXT NOT NULL,
	written_by TEXT NOT NULL,
	at         BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id, id)
);
CREATE TABLE assessment_followup (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	round_id   TEXT NOT NULL,
	finding_id TEXT NOT NULL,
	title      TEXT NOT NULL,
	agency_id  TEXT NOT NULL,
	due        BIGINT NOT NULL,
	status     TEXT NOT NULL CHECK (status IN ('open', 'running', 'done', 'cancelled')),
	note       TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX assessment_followup_agency ON assessment_followup (regency_id, agency_id, status);
CREATE INDEX assessment_followup_round ON assessment_followup (regency_id, round_id);
CREATE TABLE assessment_publish (
	regency_id BIGINT NOT NULL,
	round_id   TEXT NOT NULL,
	shown      BOOLEAN NOT NULL,
	result     BOOLEAN NOT NULL,
	masterplan TEXT NOT NULL,
	body       TEXT NOT NULL,
	changed_by TEXT NOT NULL,
	changed_at BIGINT NOT NULL,
	rev        BIGINT NOT NULL,
	PRIMARY KEY (regency_id, round_id)
);
