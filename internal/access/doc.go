// Package access decides who comes in and what they may do: people, sign-in, sessions, roles with scope and end date,
// links for invitations and resets, tokens for programs, the first-run setup.
//
// A right is role x action, its scope the whole regency or the subtree of one agency. Sessions, links, tokens and
// known browsers are kept as SHA-256 of a 256-bit secret, passwords as argon2id (19 MiB, 2 passes; OWASP Password
// Storage). Every role that decides or reads what is confidential needs a second factor, which is looked at on
// every request (assurance.go). What a change ends is one table (ending.go), what slows guessing another
// (limit.go). BSSN 4/2021 autentikasi, manajemen sesi, kontrol akses; ASVS 5.0 V6-V8.
//
// Tables: access_regency, access_user, access_grant, access_session, access_link, access_token, access_recovery,
// access_identity, access_device, access_passkey.
package access
