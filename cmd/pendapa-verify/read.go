package main

import (
	"bytes"
	"errors"
	"io"
	"os"

	"github.com/pendapa/pendapa/internal/platform/trail"
)

// check tells a database file from an exported trail by its first bytes.
func (v *verifier) check(path string) error {
	f, err := os.Open(path)
	if err != nil {
		return err
	}
	defer f.Close()
	begin := make([]byte, 16)
	if _, err := io.ReadFull(f, begin); err == nil && bytes.HasPrefix(begin, []byte("SQLite format 3\x00")) {
		return v.checkDatabase(path)
	}
	if _, err := f.Seek(0, io.SeekStart); err != nil {
		return err
	}
	return v.checkLines(f)
}

// checkLines reads an exported trail.
func (v *verifier) checkLines(r io.Reader) error {
	var now *trail.Checker
	var head trail.LogHead
	broken := false
	end := func() {
		if now != nil {
			v.end(head.Log, now, head.Size)
		}
	}
	err := trail.ReadLines(r, func(h trail.LogHead) error {
		end()
		head, now, broken = h, v.begin(h.Log, h.Checkpoints), false
		return nil
	}, func(seq int64, text []byte) error {
		if now == nil {
			return errors.New(v.say("no_trail"))
		}
		if !broken {
			_, ok := now.AddLeaf(seq, text)
			broken = !ok
		}
		return nil
	})
	end()
	if err == nil && now == nil {
		err = errors.New(v.say("no_trail"))
	}
	return err
}
