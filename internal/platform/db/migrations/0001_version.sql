-- +goose Up
-- How often a watched table changed, by regency (0: all) and part (""): values computed from it are kept until then.
CREATE TABLE store_version (
	regency_id BIGINT NOT NULL,
	name       TEXT NOT NULL,
	part       TEXT NOT NULL,
	n          BIGINT NOT NULL,
	PRIMARY KEY (regency_id, name, part)
);
