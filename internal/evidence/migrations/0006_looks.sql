-- +goose Up
-- The small picture of a file: the name of its bytes in the folder of looks, pixels. '' is not made yet, 'none' cannot be made.
ALTER TABLE evidence_reading ADD COLUMN look TEXT NOT NULL DEFAULT '';
ALTER TABLE evidence_reading ADD COLUMN look_width BIGINT NOT NULL DEFAULT 0;
ALTER TABLE evidence_reading ADD COLUMN look_height BIGINT NOT NULL DEFAULT 0;
