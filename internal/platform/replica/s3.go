package replica

import (
	"context"
	"crypto/hmac"
	"crypto/sha256"
	"encoding/hex"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net/http"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"
)

// S3 names a bucket of any server that speaks the S3 API. Endpoint is its address, the bucket stands in the path.
type S3 struct {
	Endpoint, Region, Bucket, Prefix string
	Key, Secret                      string
	Client                           *http.Client
	Now                              func() time.Time
}

// OpenS3 gives a bucket as the other place.
func OpenS3(s S3) Dest {
	if s.Region == "" {
		s.Region = "us-east-1"
	}
	if s.Client == nil {
		s.Client = &http.Client{Timeout: 10 * time.Minute}
	}
	if s.Now == nil {
		s.Now = time.Now
	}
	s.Endpoint = strings.TrimSuffix(s.Endpoint, "/")
	return s
}

func (s S3) key(name string) string { return strings.TrimPrefix(s.Prefix+"/"+name, "/") }

// escape writes a path or query as the signature wants it (RFC 3986).
func escape(text string, slash bool) string {
	var b strings.Builder
	for _, c := range []byte(text) {
		if c >= 'a' && c <= 'z' || c >= 'A' && c <= 'Z' || c >= '0' && c <= '9' || strings.IndexByte("-._~", c) >= 0 || c == '/' && slash {
			b.WriteByte(c)
			continue
		}
		fmt.Fprintf(&b, "%%%02X", c)
	}
	return b.String()
}

// do sends a signed request (AWS Signature Version 4).
func (s S3) do(ctx context.Context, method, key string, query url.Values, body io.Reader, size int64, sum string) (*http.Response, error) {
	path := "/" + escape(s.Bucket, false)
	if key != "" {
		path += "/" + escape(key, true)
	}
	var pairs []string
	for k, v := range query {
		pairs = append(pairs, escape(k, false)+"="+escape(v[0], false))
	}
	slices.Sort(pairs)
	address := s.Endpoint + path
	if len(pairs) > 0 {
		address += "?" + strings.Join(pairs, "&")
	}
	r, err := http.NewRequestWithContext(ctx, method, address, body)
	if err != nil {
		return nil, err
	}
	r.ContentLength = size
	s.sign(r, path, strings.Join(pairs, "&"), sum)
	return s.Client.Do(r)
}

func (s S3) sign(r *http.Request, path, query, sum string) {
	now := s.Now().UTC()
	day, stamp := now.Format("20060102"), now.Format("20060102T150405Z")
	r.Header.Set("X-Amz-Date", stamp)
	r.Header.Set("X-Amz-Content-Sha256", sum)
	const names = "host;x-amz-content-sha256;x-amz-date"
	canonical := strings.Join([]string{r.Method, path, query, "host:" + r.URL.Host, "x-amz-content-sha256:" + sum, "x-amz-date:" + stamp, "", names, sum}, "\n")
	scope := day + "/" + s.Region + "/s3/aws4_request"
	text := "AWS4-HMAC-SHA256\n" + stamp + "\n" + scope + "\n" + hexSum([]byte(canonical))
	key := []byte("AWS4" + s.Secret)
	for _, part := range []string{day, s.Region, "s3", "aws4_request", text} {
		h := hmac.New(sha256.New, key)
		h.Write([]byte(part))
		key = h.Sum(nil)
	}
	r.Header.Set("Authorization", "AWS4-HMAC-SHA256 Credential="+s.Key+"/"+scope+", SignedHeaders="+names+", Signature="+hex.EncodeToString(key))
}

// answer closes what is not wanted and turns a refusal into an error.
func answer(r *http.Response, err error) (*http.Response, error) {
	if err != nil || r.StatusCode < 300 {
		return r, err
	}
	text, _ := io.ReadAll(io.LimitReader(r.Body, 2000))
	_ = r.Body.Close()
	if r.StatusCode == http.StatusNotFound && !strings.Contains(string(text), "NoSuchBucket") {
		return nil, fs.ErrNotExist
	}
	return nil, fmt.Errorf("the S3 server answered %s: %s", r.Status, strings.Join(strings.Fields(string(text)), " "))
}

var emptySum = hexSum(nil)

// Put implements Dest. The server compares the body with its SHA-256.
func (s S3) Put(ctx context.Context, name string, body io.ReadSeeker, size int64) error {
	h := sha256.New()
	if _, err := io.Copy(h, body); err != nil {
		return err
	}
	if _, err := body.Seek(0, io.SeekStart); err != nil {
		return err
	}
	r, err := answer(s.do(ctx, http.MethodPut, s.key(name), nil, io.NopCloser(body), size, hex.EncodeToString(h.Sum(nil))))
	if err != nil {
		return err
	}
	return r.Body.Close()
}

// Get implements Dest.
func (s S3) Get(ctx context.Context, name string) (io.ReadCloser, error) {
	r, err := answer(s.do(ctx, http.MethodGet, s.key(name), nil, nil, 0, emptySum))
	if err != nil {
		return nil, err
	}
	return r.Body, nil
}

type listAnswer struct {
	Contents []struct {
		Key          string
		Size         int64
		LastModified time.Time
	}
	IsTruncated           bool
	NextContinuationToken string
}

// List implements Dest.
func (s S3) List(ctx context.Context, prefix string) (out []Object, err error) {
	query := url.Values{"list-type": {"2"}, "prefix": {s.key(prefix)}, "max-keys": {strconv.Itoa(1000)}}
	for {
		r, err := answer(s.do(ctx, http.MethodGet, "", query, nil, 0, emptySum))
		if err != nil {
			return nil, err
		}
		var a listAnswer
		err = xml.NewDecoder(r.Body).Decode(&a)
		if err = errors.Join(err, r.Body.Close()); err != nil {
			return nil, err
		}
		for _, c := range a.Contents {
			name := strings.TrimPrefix(c.Key, strings.TrimPrefix(s.Prefix+"/", "/"))
			out = append(out, Object{Name: name, Size: c.Size, At: c.LastModified.UnixMilli()})
		}
		if !a.IsTruncated || a.NextContinuationToken == "" {
			return out, nil
		}
		query.Set("continuation-token", a.NextContinuationToken)
	}
}

// Remove implements Dest.
func (s S3) Remove(ctx context.Context, name string) error {
	r, err := answer(s.do(ctx, http.MethodDelete, s.key(name), nil, nil, 0, emptySum))
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	if err != nil {
		return err
	}
	return r.Body.Close()
}

// Close implements Dest.
func (s S3) Close() error { return nil }
