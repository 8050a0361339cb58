//go:build !unix

package main

// actAsOwner has no meaning here: files belong to whoever the folder says.
func actAsOwner(string) error { return nil }
