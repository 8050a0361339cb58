-- +goose Up
ALTER TABLE innovation_innovation ADD COLUMN trial_end BIGINT NOT NULL DEFAULT 0;
-- Holds everything the page of a young organisation adds up, so that the long texts of the forms are not read for it.
CREATE INDEX innovation_innovation_youth ON innovation_innovation (regency_id, agency_id, stage, state, merged_into, previous_id, step_at, proposed_at, answer_due, answered_at, trial_end, id);
CREATE INDEX innovation_gate_waiting ON innovation_gate (regency_id, asked_at) WHERE state = 'waiting';
