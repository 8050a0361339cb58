package access_test

import (
	"log/slog"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func zone() *time.Location { return time.UTC }

// nowFar is the real time: the provider of the test signs with it.
func nowFar() time.Time { return time.Now() }
