package main

import (
	"bytes"
	"encoding/json"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/config"
)

// TestALineEndStaysInsideItsValue in the program log, in both of its forms: nobody writes a line of their own, and every line
// says when and how grave.
func TestALineEndStaysInsideItsValue(t *testing.T) {
	t.Parallel()
	for _, asJSON := range []bool{false, true} {
		var b bytes.Buffer
		c := config.Loaded{}
		c.LogLevel, c.LogJSON = "info", asJSON
		log := logger(c, &b)
		log.Debug("not told at this level")
		log.Info("request failed", "path", "/x\ntime=2026 level=ERROR msg=forged\r\u2028")
		line := b.String()
		if strings.Count(line, "\n") != 1 || strings.Contains(line, "\r") {
			t.Errorf("json %v: %q", asJSON, line)
		}
		if !asJSON {
			if !strings.HasPrefix(line, "time=") || !strings.Contains(line, "level=INFO") {
				t.Errorf("text: %q", line)
			}
			continue
		}
		var said struct {
			Time  time.Time
			Level string
		}
		if err := json.Unmarshal(b.Bytes(), &said); err != nil || said.Time.IsZero() || said.Level != "INFO" {
			t.Errorf("json: %q, %v", line, err)
		}
	}
}
