package main

// commands lists what the program can do, in the order of its help.
func commands() []command {
	return []command{
		{"serve", "answer browsers and programs", cmdServe},
		{"check", "print every setting and where it comes from", cmdCheck},
		{"score", "compute an index from a file of marks", cmdScore},
		{"instrument", "list, show or check instruments", cmdInstrument},
		{"import", "read a list of agencies from CSV, XLSX, XLS or ODS", cmdImport},
		{"regency", "list, add and set up the regencies of this host", cmdRegency},
		{"user", "list, invite or reset accounts", cmdUser},
		{"sample", "fill an empty house with the sample regency", cmdSample},
		{"backup", "make a backup and prove it", cmdBackup},
		{"verify", "prove a backup by restoring it into a scratch place", cmdVerify},
		{"restore", "bring a backup into an empty folder or database", cmdRestore},
		{"repair", "put back what the disk has lost of the store", cmdRepair},
		{"audit", "verify, export or show the newest checkpoint of the audit trail; check decisions", cmdAudit},
		{"keys", "show, export, rotate or replace the keys", cmdKeys},
		{"version", "print the version", cmdVersion},
	}
}
