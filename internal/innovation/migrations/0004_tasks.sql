-- +goose Up
-- What somebody owes is counted on every page: dossiers by state, ideas by proposer.
CREATE INDEX innovation_innovation_state ON innovation_innovation (regency_id, state, step_at);
CREATE INDEX innovation_innovation_proposer ON innovation_innovation (regency_id, proposer);
