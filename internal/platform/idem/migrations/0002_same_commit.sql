-- +goose Up
ALTER TABLE idem_reply ADD COLUMN run TEXT NOT NULL DEFAULT '';
ALTER TABLE idem_reply ADD COLUMN object TEXT NOT NULL DEFAULT '';
ALTER TABLE idem_reply ADD COLUMN object_id TEXT NOT NULL DEFAULT '';
ALTER TABLE idem_reply ADD COLUMN place TEXT NOT NULL DEFAULT '';
-- Until now a row without an answer said that the work was begun; from now on it says that the change is kept.
DELETE FROM idem_reply WHERE status = 0;
