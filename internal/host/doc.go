// Package host is the room of whoever runs the machine: the regencies that live on one host, and what each of them has of
// its own: clock, public address, mail server, room for files.
//
// The operator of the host is an account of one regency that was given the role "host" from the command line, on the
// machine itself; no page grants it. He adds regencies and sets them up, and sees nothing of what is in them.
//
// Table: host_regency, one row a regency that differs from the host; a regency without a row follows the host.
package host
