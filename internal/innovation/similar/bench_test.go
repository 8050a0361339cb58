package similar

import (
	"runtime"
	"slices"
	"testing"
	"time"
)

// letterByLetter gives what stands in the field after every letter of the judged queries.
func letterByLetter(b *testing.B) []string {
	var typed []string
	for _, q := range judged(b, same) {
		for at := range q.query {
			typed = append(typed, q.query[:at+1])
		}
	}
	return typed
}

// wholeIdeas gives the text of innovations, as the form for an idea sends it.
func wholeIdeas(b *testing.B) []string {
	var texts []string
	for _, d := range crowd(b)[:1000] {
		texts = append(texts, d.Title+" "+d.Text)
	}
	return texts
}

func BenchmarkSearch(b *testing.B) {
	x := filled(crowd(b))
	for _, c := range []struct {
		name    string
		queries []string
	}{{"letters", letterByLetter(b)}, {"ideas", wholeIdeas(b)}} {
		b.Run(c.name, func(b *testing.B) {
			var took []time.Duration
			for b.Loop() {
				start := time.Now()
				x.Search(c.queries[len(took)%len(c.queries)], 5, nil)
				took = append(took, time.Since(start))
			}
			slices.Sort(took)
			b.ReportMetric(float64(took[(len(took)-1)*50/100])/1e6, "p50-ms")
			b.ReportMetric(float64(took[(len(took)-1)*95/100])/1e6, "p95-ms")
			b.ReportMetric(float64(took[(len(took)-1)*99/100])/1e6, "p99-ms")
		})
	}
}

// BenchmarkFill builds the index of a large host and tells the memory it keeps.
func BenchmarkFill(b *testing.B) {
	docs := crowd(b)
	var before, after runtime.MemStats
	for b.Loop() {
		runtime.GC()
		runtime.ReadMemStats(&before)
		x := filled(docs)
		runtime.GC()
		runtime.ReadMemStats(&after)
		b.ReportMetric(float64(after.HeapAlloc-before.HeapAlloc)/1e6, "MB-kept")
		b.ReportMetric(float64(len(x.words.words)), "words")
	}
}
