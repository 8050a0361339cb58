-- +goose Up
CREATE TABLE innovation_innovation (
	regency_id    BIGINT NOT NULL,
	id            TEXT NOT NULL,
	number        BIGINT NOT NULL,
	title         TEXT NOT NULL,
	problem       TEXT NOT NULL,
	sufferer      TEXT NOT NULL,
	idea          TEXT NOT NULL,
	measure_now   TEXT NOT NULL,
	measure_want  TEXT NOT NULL,
	measure_unit  TEXT NOT NULL,
	agency_id     TEXT NOT NULL,
	proposer      TEXT NOT NULL,
	origin        TEXT NOT NULL CHECK (origin IN ('agency', 'citizen', 'council')),
	origin_note   TEXT NOT NULL,
	stage         TEXT NOT NULL CHECK (stage IN ('problem', 'idea', 'trial', 'live', 'replicated', 'stopped')),
	stage_before  TEXT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('draft', 'submitted', 'validated', 'revision', 'approved', 'authorised', 'review', 'ready', 'sent')),
	proposed_at   BIGINT NOT NULL,
	answer_due    BIGINT NOT NULL,
	answered_at   BIGINT NOT NULL,
	answer        TEXT NOT NULL,
	answer_reason TEXT NOT NULL,
	answered_by   TEXT NOT NULL,
	merged_into   TEXT NOT NULL,
	trial_at      BIGINT NOT NULL,
	live_at       BIGINT NOT NULL,
	developed_at  BIGINT NOT NULL,
	affair        TEXT NOT NULL,
	published     BOOLEAN NOT NULL,
	previous_id   TEXT NOT NULL,
	lesson        TEXT NOT NULL,
	stopped_at    BIGINT NOT NULL,
	submitted_by  TEXT NOT NULL,
	reason        TEXT NOT NULL,
	profile       TEXT NOT NULL,
	created_at    BIGINT NOT NULL,
	changed_at    BIGINT NOT NULL,
	step_at       BIGINT NOT NULL,
	rev           BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE UNIQUE INDEX innovation_innovation_number ON innovation_innovation (regency_id, number);
CREATE INDEX innovation_innovation_stage ON innovation_innovation (regency_id, stage, agency_id);
CREATE INDEX innovation_innovation_changed ON innovation_innovation (regency_id, changed_at);
CREATE INDEX innovation_innovation_due ON innovation_innovation (regency_id, answered_at, answer_due);
CREATE TABLE innovation_log (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('stage', 'status', 'answer')),
	from_value    TEXT NOT NULL,
	to_value      TEXT NOT NULL,
	at            BIGINT NOT NULL,
	entered_at    BIGINT NOT NULL,
	user_id       TEXT NOT NULL,
	note          TEXT NOT NULL,
	evidence_id   TEXT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
CREATE INDEX innovation_log_at ON innovation_log (regency_id, entered_at);
CREATE TABLE innovation_gate (
	regency_id    BIGINT NOT NULL,
	id            TEXT NOT NULL,
	innovation_id TEXT NOT NULL,
	from_stage    TEXT NOT NULL,
	to_stage      TEXT NOT NULL,
	day           BIGINT NOT NULL,
	proof         TEXT NOT NULL,
	evidence_id   TEXT NOT NULL,
	decider       TEXT NOT NULL,
	asked_by      TEXT NOT NULL,
	asked_at      BIGINT NOT NULL,
	state         TEXT NOT NULL CHECK (state IN ('waiting', 'passed', 'refused', 'withdrawn')),
	decided_by    TEXT NOT NULL,
	decided_at    BIGINT NOT NULL,
	reason        TEXT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX innovation_gate_of ON innovation_gate (regency_id, innovation_id, state);
CREATE INDEX innovation_gate_decider ON innovation_gate (regency_id, decider, state);
CREATE TABLE innovation_member (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	id            TEXT NOT NULL,
	user_id       TEXT NOT NULL,
	name          TEXT NOT NULL,
	agency_id     TEXT NOT NULL,
	role          TEXT NOT NULL CHECK (role IN ('lead', 'member', 'companion')),
	task          TEXT NOT NULL,
	added_at      BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
CREATE INDEX innovation_member_user ON innovation_member (regency_id, user_id);
CREATE TABLE innovation_partner (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('government', 'academia', 'business', 'community', 'media')),
	name          TEXT NOT NULL,
	role          TEXT NOT NULL,
	agreement     TEXT NOT NULL,
	added_at      BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
CREATE TABLE innovation_count (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('users', 'complaints', 'resolved')),
	value         BIGINT NOT NULL,
	period_from   BIGINT NOT NULL,
	period_to     BIGINT NOT NULL,
	source        TEXT NOT NULL,
	evidence_id   TEXT NOT NULL,
	entered_by    TEXT NOT NULL,
	entered_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
CREATE TABLE innovation_budget (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	year          BIGINT NOT NULL,
	amount        BIGINT NOT NULL,
	source        TEXT NOT NULL,
	entered_by    TEXT NOT NULL,
	entered_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, year)
);
CREATE TABLE innovation_effect (
	regency_id    BIGINT NOT NULL,
	innovation_id TEXT NOT NULL,
	id            TEXT NOT NULL,
	kind          TEXT NOT NULL CHECK (kind IN ('time', 'cost', 'people')),
	name          TEXT NOT NULL,
	before_value  TEXT NOT NULL,
	after_value   TEXT NOT NULL,
	unit          TEXT NOT NULL,
	times         BIGINT NOT NULL,
	source        TEXT NOT NULL,
	evidence_id   TEXT NOT NULL,
	entered_by    TEXT NOT NULL,
	entered_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, innovation_id, id)
);
