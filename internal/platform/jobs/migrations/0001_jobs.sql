-- +goose Up
CREATE TABLE jobs_job (
	regency_id  BIGINT NOT NULL,
	id          TEXT NOT NULL,
	kind        TEXT NOT NULL,
	args        TEXT NOT NULL,
	run_at      BIGINT NOT NULL,
	attempt     BIGINT NOT NULL,
	state       TEXT NOT NULL CHECK (state IN ('waiting', 'dead')),
	lease_until BIGINT NOT NULL,
	error       TEXT NOT NULL DEFAULT '',
	PRIMARY KEY (regency_id, id)
);
CREATE INDEX jobs_job_due ON jobs_job (state, run_at);
CREATE TABLE jobs_schedule (
	regency_id BIGINT NOT NULL,
	kind       TEXT NOT NULL,
	next_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, kind)
);
