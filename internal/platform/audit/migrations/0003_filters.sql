-- +goose Up
-- What the page of the trail is asked for, in the order of the entries.
CREATE INDEX audit_entry_action ON audit_entry (regency_id, action, seq);
CREATE INDEX audit_entry_agency ON audit_entry (regency_id, agency_id, seq);
CREATE INDEX audit_entry_at ON audit_entry (regency_id, at, seq);
