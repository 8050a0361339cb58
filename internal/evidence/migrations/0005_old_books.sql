-- +goose Up
-- Old Excel books are tables: they are read and shown like the new ones.
UPDATE evidence_item SET file_group = 'sheet' WHERE regency_id > 0 AND file_type = 'application/vnd.ms-excel' AND file_group = 'document';
