-- +goose Up
-- When the decisions of a regency were last compared with their content and the audit trail, and what no longer fitted.
CREATE TABLE admin_decision (
	regency_id BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	looked     BIGINT NOT NULL,
	wrong      BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
