// Package bench measures the whole program from outside: a started process, real HTTP, a session, gzip. Its benchmarks fill a
// house of the size of the goals (and ten times it) and ask for every page of every role. `make bench` runs them.
package bench
