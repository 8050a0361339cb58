-- +goose Up
-- What was proved in a session and when, instead of one word for all: kind of proof -> milliseconds.
ALTER TABLE access_session ADD COLUMN factors TEXT NOT NULL DEFAULT '{}';
-- The key of a phone that this session is about to set up; no other session sees it.
ALTER TABLE access_session ADD COLUMN seed TEXT NOT NULL DEFAULT '';
-- Other accounts of the same person that the given proof fits.
ALTER TABLE access_session ADD COLUMN choices TEXT NOT NULL DEFAULT '';
ALTER TABLE access_session ADD COLUMN renew BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE access_session SET factors = '{"password":0}';
UPDATE access_session SET factors = '{"password":0,"totp":0}' WHERE full_right AND EXISTS
	(SELECT 1 FROM access_user u WHERE u.regency_id = access_session.regency_id AND u.id = access_session.user_id AND u.totp_on);
ALTER TABLE access_session DROP COLUMN full_right;
-- room:read or room:write, divided by commas; the room * is all. strong: made in a session with a second factor.
ALTER TABLE access_token ADD COLUMN scopes TEXT NOT NULL DEFAULT '';
ALTER TABLE access_token ADD COLUMN strong BOOLEAN NOT NULL DEFAULT FALSE;
UPDATE access_token SET scopes = '*:read' WHERE NOT writes;
UPDATE access_token SET scopes = '*:write' WHERE writes;
UPDATE access_token SET strong = TRUE WHERE EXISTS
	(SELECT 1 FROM access_user u WHERE u.regency_id = access_token.regency_id AND u.id = access_token.user_id AND u.totp_on);
ALTER TABLE access_token DROP COLUMN writes;
-- Keys that were shown but never confirmed belong to nobody now.
UPDATE access_user SET totp = '' WHERE NOT totp_on;
CREATE TABLE access_device (
	regency_id BIGINT NOT NULL,
	user_id    TEXT NOT NULL,
	hash       TEXT NOT NULL,
	made_at    BIGINT NOT NULL,
	seen_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, user_id, hash)
);
CREATE INDEX access_device_hash ON access_device (hash);
CREATE TABLE access_passkey (
	regency_id BIGINT NOT NULL,
	id         TEXT NOT NULL,
	user_id    TEXT NOT NULL,
	name       TEXT NOT NULL,
	credential TEXT NOT NULL,
	created_at BIGINT NOT NULL,
	used_at    BIGINT NOT NULL,
	PRIMARY KEY (regency_id, id)
);
CREATE UNIQUE INDEX access_passkey_id ON access_passkey (id);
CREATE INDEX access_passkey_user ON access_passkey (regency_id, user_id);
-- One person of the identity provider may have an account in several regencies.
DROP INDEX access_identity_subject;
CREATE INDEX access_identity_subject ON access_identity (issuer, subject);
