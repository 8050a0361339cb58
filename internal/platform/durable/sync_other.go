//go:build !unix

package durable

// SyncDir makes the names in a folder durable. Here the system keeps names in its own log and lets no folder be synced.
func SyncDir(string) error { return nil }

// told says whether the modes of files tell who may open them here.
const told = false
