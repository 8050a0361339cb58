package main

// commands lists what the program can do, in the order of its help.
func commands() []command {
	return []command{
		{"serve", "answer browsers and programs", cmdServe},
		{"version", "print the version", cmdVersion},
	}
}
