package db_test

import (
	"sync/atomic"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
)

// TestSettledWaitsForWhoeverHoldsTheName: a change that holds it goes on; the look comes after its end.
func TestSettledWaitsForWhoeverHoldsTheName(t *testing.T) {
	t.Parallel()
	storetest.Each(t, func(t *testing.T, d *db.DB) {
		var ended, looked atomic.Bool
		held, done := make(chan bool), make(chan error, 1)
		go func() {
			<-held
			done <- d.Settled(t.Context(), "row", func(db.Queryer) error {
				if looked.Store(true); !ended.Load() {
					t.Error("it looked while the change was going on")
				}
				return nil
			})
		}()
		err := d.Tx(t.Context(), func(tx *db.Tx) error {
			if err := tx.Hold("row"); err != nil {
				return err
			}
			close(held)
			for range 30 { // time for a look that does not wait
				if looked.Load() {
					break
				}
				time.Sleep(10 * time.Millisecond)
			}
			ended.Store(true)
			return nil
		})
		if err != nil {
			t.Fatal(err)
		}
		if err := <-done; err != nil || !looked.Load() {
			t.Errorf("looked %v, %v", looked.Load(), err)
		}
	})
}
