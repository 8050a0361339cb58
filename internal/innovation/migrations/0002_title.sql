-- +goose Up
ALTER TABLE innovation_innovation ADD COLUMN title_key TEXT NOT NULL DEFAULT '';
CREATE INDEX innovation_innovation_title ON innovation_innovation (regency_id, title_key);
CREATE UNIQUE INDEX innovation_innovation_previous ON innovation_innovation (regency_id, previous_id) WHERE previous_id <> '';
