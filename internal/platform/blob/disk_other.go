//go:build !unix

package blob

func diskError(err error) error { return err }

func isBroken(error) bool { return false }
