//go:build !unix

package blob

func diskError(err error) error { return err }
