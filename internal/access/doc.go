// Package access decides who comes in and what they may do: people, sign-in, sessions, roles with scope and end date,
// links for invitations and resets, tokens for programs, the first-run setup.
//
// A right is role x action, its scope the whole regency or the subtree of one agency. Sessions, links and tokens are kept
// as SHA-256 of a 256-bit secret, passwords as argon2id (19 MiB, 2 passes; OWASP Password Storage). TOTP (RFC 6238) is
// required for those who approve or administer. BSSN 4/2021 autentikasi, manajemen sesi, kontrol akses; ASVS 5.0 V6-V8.
//
// Tables: access_regency, access_user, access_grant, access_session, access_link, access_token.
package access
