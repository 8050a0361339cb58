package db

import (
	"context"
	"errors"
	"path/filepath"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

// TestAChangeThatWaitsTooLongIsNotDone holds the writer; who waits behind it is told in time, and nothing of it is done later.
func TestAChangeThatWaitsTooLongIsNotDone(t *testing.T) {
	t.Parallel()
	d, err := Open(context.Background(), "sqlite:"+filepath.Join(t.TempDir(), "app.db"))
	if err != nil {
		t.Fatal(err)
	}
	d.writer.turned = 30 * time.Millisecond
	begun, free := make(chan bool), make(chan bool)
	var first sync.WaitGroup
	first.Go(func() {
		if err := d.Tx(context.Background(), func(*Tx) error { close(begun); <-free; return nil }); err != nil {
			t.Error("a change that was begun was given up: ", err)
		}
	})
	<-begun
	done := false
	err = d.Tx(context.Background(), func(*Tx) error { done = true; return nil })
	if key, _ := errs.KeyOf(err); key != "web.error.busy" {
		t.Errorf("waited and got %v", err)
	}
	close(free)
	first.Wait()
	if err := d.Tx(context.Background(), func(*Tx) error { return nil }); err != nil || done {
		t.Errorf("afterwards: %v, the one given up was done: %v", err, done)
	}
	if err := d.Close(); err != nil {
		t.Fatal(err)
	}
	if err := d.Tx(context.Background(), func(*Tx) error { return nil }); !errors.Is(err, errClosed) {
		t.Errorf("a change after the end: %v", err)
	}
}
