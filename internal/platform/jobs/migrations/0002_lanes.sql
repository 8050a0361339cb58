-- +goose Up
ALTER TABLE jobs_job ADD COLUMN deaths BIGINT NOT NULL DEFAULT 0;
ALTER TABLE jobs_job ADD COLUMN failed_at BIGINT NOT NULL DEFAULT 0;
DROP INDEX jobs_job_due;
CREATE INDEX jobs_job_turn ON jobs_job (kind, state, regency_id, run_at, id);
