package access_test

import (
	"io"
	"log/slog"
	"net/http"
	"testing"
	"time"
)

func quiet() *slog.Logger { return slog.New(slog.DiscardHandler) }

func zone() *time.Location { return time.UTC }

// nowFar is the real time: the provider of the test signs with it.
func nowFar() time.Time { return time.Now() }

// read gives the whole body of an answer.
func read(t *testing.T, res *http.Response) string {
	t.Helper()
	data, err := io.ReadAll(res.Body)
	if err != nil {
		t.Fatal(err)
	}
	_ = res.Body.Close()
	return string(data)
}
