package main

// commands lists what the program can do, in the order of its help.
func commands() []command {
	return []command{
		{"serve", "answer browsers and programs", cmdServe},
		{"score", "compute an index from a file of marks", cmdScore},
		{"instrument", "list, show or check instruments", cmdInstrument},
		{"version", "print the version", cmdVersion},
	}
}
