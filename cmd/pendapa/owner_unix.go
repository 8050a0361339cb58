//go:build unix

package main

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	"syscall"
)

// everything this program makes is for its owner alone.
func init() { syscall.Umask(0o077) }

// actAsOwner lets the administrator of the machine (root) work as the owner of the data folder from here on, so that no
// command leaves files there that the server cannot open.
func actAsOwner(dir string) error {
	if os.Geteuid() != 0 {
		return nil
	}
	info, err := os.Stat(dir)
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	st, ok := info.Sys().(*syscall.Stat_t)
	if !ok || st.Uid == 0 {
		return nil
	}
	err = errors.Join(syscall.Setgroups(nil), syscall.Setgid(int(st.Gid)), syscall.Setuid(int(st.Uid)))
	if err != nil {
		return fmt.Errorf("%s belongs to user %d, and this program cannot become that user: %w", dir, st.Uid, err)
	}
	return nil
}
