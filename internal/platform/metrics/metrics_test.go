package metrics_test

import (
	"context"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/metrics"
	"github.com/pendapa/pendapa/internal/platform/web"
)

func TestMetricsAreShownToThisMachineOnly(t *testing.T) {
	t.Parallel()
	m := metrics.New("1.0", web.Direct, metrics.Gauge{Name: "pendapa_jobs_waiting", Help: "x", Read: func(context.Context) float64 { return 7 }})
	m.Watch(metrics.Series{Name: "pendapa_requests_waiting", Help: "x", Label: "class", Read: func() map[string]float64 { return map[string]float64{"page": 3} }})
	m.Observe("GET /papan", 200, 3*time.Millisecond)
	r := httptest.NewRequest("GET", "http://localhost/metrics", nil)
	r.RemoteAddr = "127.0.0.1:1"
	w := httptest.NewRecorder()
	m.Handler().ServeHTTP(w, r)
	for _, want := range []string{`pendapa_http_request_seconds_count{route="GET /papan",status="200"} 1`, "pendapa_jobs_waiting 7", `pendapa_requests_waiting{class="page"} 3`, `pendapa_info{version="1.0"} 1`} {
		if !strings.Contains(w.Body.String(), want) {
			t.Errorf("missing %s", want)
		}
	}
	for name, change := range map[string]func(){"another machine": func() { r.RemoteAddr = "10.0.0.7:1" }, "through a proxy": func() { r.RemoteAddr = "127.0.0.1:1"; r.Header.Set("X-Forwarded-For", "10.0.0.7") },
		"through another proxy": func() { r.Header = http.Header{"X-Real-Ip": {"10.0.0.7"}} }, "a foreign name": func() { r.Header, r.Host = http.Header{}, "evil.example" }} {
		change()
		w = httptest.NewRecorder()
		if m.Handler().ServeHTTP(w, r); w.Code != 404 {
			t.Errorf("%s: %d, want 404", name, w.Code)
		}
	}
}
