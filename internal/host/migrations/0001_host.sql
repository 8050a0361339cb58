-- +goose Up
CREATE TABLE host_regency (
	regency_id    BIGINT NOT NULL,
	host_name     TEXT NOT NULL,
	slug          TEXT NOT NULL,
	mail_host     TEXT NOT NULL,
	mail_port     BIGINT NOT NULL,
	mail_user     TEXT NOT NULL,
	mail_password TEXT NOT NULL,
	mail_from     TEXT NOT NULL,
	file_mb       BIGINT NOT NULL,
	agency_mb     BIGINT NOT NULL,
	regency_mb    BIGINT NOT NULL,
	changed_at    BIGINT NOT NULL,
	rev           BIGINT NOT NULL,
	PRIMARY KEY (regency_id)
);
CREATE UNIQUE INDEX host_regency_host_name ON host_regency (host_name) WHERE host_name <> '';
CREATE UNIQUE INDEX host_regency_slug ON host_regency (slug) WHERE slug <> '';
