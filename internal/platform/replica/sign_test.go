package replica

import (
	"context"
	"io"
	"net/http"
	"strings"
	"testing"
	"time"
)

type seen struct{ authorization string }

func (s *seen) RoundTrip(r *http.Request) (*http.Response, error) {
	s.authorization = r.Header.Get("Authorization")
	return &http.Response{StatusCode: http.StatusOK, Body: io.NopCloser(strings.NewReader("<ListBucketResult/>")), Header: http.Header{}}, nil
}

// TestTheSignatureOfS3 compares with the signatures that another program (botocore 1.x) gives for the same requests.
func TestTheSignatureOfS3(t *testing.T) {
	t.Parallel()
	s := &seen{}
	d := OpenS3(S3{Endpoint: "http://127.0.0.1:9000", Bucket: "house", Prefix: "jember", Key: "AKID", Secret: "SECRET",
		Client: &http.Client{Transport: s}, Now: func() time.Time { return time.Date(2026, 11, 28, 7, 0, 0, 0, time.UTC) }})
	if err := d.Put(context.Background(), "files/ab/c d+e", strings.NewReader("test"), 4); err != nil ||
		!strings.HasSuffix(s.authorization, "Signature=39bb2711038c58576d5bcd82c5064889ad47b6075566c635222d34621b9ea5ef") {
		t.Errorf("put: %s %v", s.authorization, err)
	}
	if _, err := d.List(context.Background(), "log/"); err != nil ||
		!strings.HasSuffix(s.authorization, "Signature=9bc8fe7512f7b44b2a01e3fa47c2a3aa6cc83f031cafc5904e22d258dab77ddc") {
		t.Errorf("list: %s %v", s.authorization, err)
	}
}
