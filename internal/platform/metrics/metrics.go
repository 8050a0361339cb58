// Package metrics counts what the server does and shows it to Prometheus, to this machine only.
package metrics

import (
	"context"
	"net/http"
	"strconv"
	"time"

	"github.com/prometheus/client_golang/prometheus"
	"github.com/prometheus/client_golang/prometheus/collectors"
	"github.com/prometheus/client_golang/prometheus/promhttp"
)

// Gauge is a number that is read when somebody asks.
type Gauge struct {
	Name, Help string
	Read       func(ctx context.Context) float64
}

// Metrics holds the counters of one server.
type Metrics struct {
	registry *prometheus.Registry
	requests *prometheus.HistogramVec
	near     func(r *http.Request) bool
}

// New makes the counters with the gauges given. near decides whose request comes from this machine itself.
func New(version string, near func(r *http.Request) bool, gauges ...Gauge) *Metrics {
	m := &Metrics{near: near, registry: prometheus.NewRegistry(), requests: prometheus.NewHistogramVec(prometheus.HistogramOpts{
		Name: "pendapa_http_request_seconds", Help: "Time to answer by route and status.",
		Buckets: []float64{.002, .005, .01, .02, .03, .05, .1, .25, .5, 1, 5, 30}}, []string{"route", "status"})}
	info := prometheus.NewGaugeVec(prometheus.GaugeOpts{Name: "pendapa_info", Help: "The version that runs."}, []string{"version"})
	info.WithLabelValues(version).Set(1)
	m.registry.MustRegister(m.requests, info, collectors.NewGoCollector(), collectors.NewProcessCollector(collectors.ProcessCollectorOpts{}))
	for _, g := range gauges {
		m.registry.MustRegister(prometheus.NewGaugeFunc(prometheus.GaugeOpts{Name: g.Name, Help: g.Help}, func() float64 {
			ctx, cancel := context.WithTimeout(context.Background(), 2*time.Second)
			defer cancel()
			return g.Read(ctx)
		}))
	}
	return m
}

// Observe records one answered request.
func (m *Metrics) Observe(route string, status int, d time.Duration) {
	m.requests.WithLabelValues(route, strconv.Itoa(status)).Observe(d.Seconds())
}

// Handler answers /metrics to callers on this machine; others get 404, as if it were not there.
func (m *Metrics) Handler() http.Handler {
	inner := promhttp.HandlerFor(m.registry, promhttp.HandlerOpts{})
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if !m.near(r) {
			http.NotFound(w, r)
			return
		}
		inner.ServeHTTP(w, r)
	})
}

// Series is a number for each value of a label, read when somebody asks.
type Series struct {
	Name, Help, Label string
	Read              func() map[string]float64
}

// Watch adds series.
func (m *Metrics) Watch(all ...Series) {
	for _, s := range all {
		m.registry.MustRegister(collector{s, prometheus.NewDesc(s.Name, s.Help, []string{s.Label}, nil)})
	}
}

type collector struct {
	Series
	desc *prometheus.Desc
}

// Describe implements prometheus.Collector.
func (c collector) Describe(out chan<- *prometheus.Desc) { out <- c.desc }

// Collect implements prometheus.Collector.
func (c collector) Collect(out chan<- prometheus.Metric) {
	for value, n := range c.Read() {
		out <- prometheus.MustNewConstMetric(c.desc, prometheus.UntypedValue, n, value)
	}
}
