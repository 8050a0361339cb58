//go:build !unix

package guard

// noSpace cannot be told apart here; the next write of SQLite meets the full disk itself.
func noSpace(error) bool { return false }
