-- +goose Up
-- The list shows the latest step first.
CREATE INDEX innovation_innovation_step ON innovation_innovation (regency_id, step_at DESC, id);
