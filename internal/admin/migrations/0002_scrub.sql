-- +goose Up
CREATE TABLE admin_scrub (
	regency_id BIGINT NOT NULL,
	at         BIGINT NOT NULL,
	took       BIGINT NOT NULL,
	pages      BIGINT NOT NULL,
	bad        BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
