package webhook

import (
	"context"
	"crypto/tls"
	"crypto/x509"
	"errors"
	"io"
	"net"
	"net/http"
	"strconv"
	"strings"
	"time"
	"unicode"
	"unicode/utf8"
)

// Why an attempt failed. Each has a text "webhook.fail.<name>".
const (
	failOff      = "off"      // the hook was off when its turn came
	failAddress  = "address"  // the address may not be called any more
	failDNS      = "dns"      // the name has no address
	failTLS      = "tls"      // no trusted connection
	failTimeout  = "timeout"  // no answer in time
	failConnect  = "connect"  // no connection, or it broke
	failRedirect = "redirect" // the receiver points elsewhere, which is not followed
	failGone     = "gone"     // 410
	failStatus   = "status"   // any other answer than 2xx
)

const (
	mostAnswer = 4 << 10 // bytes read of an answer
	keepAnswer = 300     // letters kept of it
)

// outcome is what came of one attempt: Fail is empty when the receiver took the delivery, Status 0 when it gave no answer.
type outcome struct {
	Status int
	Fail   string
	Answer string
}

// newClient makes a client that reaches the outside only through the guard: no proxy, no redirect, no connection kept.
func newClient(g Guard, roots *x509.CertPool, limit time.Duration) *http.Client {
	return &http.Client{
		Timeout:       limit,
		CheckRedirect: func(*http.Request, []*http.Request) error { return http.ErrUseLastResponse },
		Transport: &http.Transport{DialContext: g.Dial, DisableKeepAlives: true, DisableCompression: true, MaxResponseHeaderBytes: 16 << 10,
			TLSClientConfig: &tls.Config{RootCAs: roots, MinVersion: tls.VersionTLS12}},
	}
}

// send makes one attempt. Standard Webhooks, "Webhook metadata" and "Signature scheme".
func (s *Service) send(ctx context.Context, t target, d Delivery) outcome {
	u, err := s.guard.Parse(t.URL)
	if err != nil {
		return outcome{Fail: failAddress}
	}
	r, err := http.NewRequestWithContext(ctx, http.MethodPost, u.String(), strings.NewReader(d.Body))
	if err != nil {
		return outcome{Fail: failAddress}
	}
	now := s.Now()
	signatures, err := t.signatures(d.ID, now, []byte(d.Body))
	if err != nil {
		return outcome{Fail: failConnect}
	}
	r.Header.Set("Content-Type", "application/json")
	r.Header.Set("User-Agent", "Pendapa-Webhook/1")
	r.Header.Set("webhook-id", d.ID)
	r.Header.Set("webhook-timestamp", strconv.FormatInt(now.Unix(), 10))
	r.Header.Set("webhook-signature", signatures)
	res, err := s.client.Do(r)
	if err != nil {
		return outcome{Fail: reason(err)}
	}
	defer res.Body.Close()
	head, _ := io.ReadAll(io.LimitReader(res.Body, mostAnswer)) // the status decides, also when the rest breaks off
	return outcome{Status: res.StatusCode, Fail: judge(res.StatusCode), Answer: plain(head)}
}

func judge(status int) string {
	switch {
	case status >= 200 && status < 300:
		return ""
	case status >= 300 && status < 400:
		return failRedirect
	case status == http.StatusGone:
		return failGone
	}
	return failStatus
}

// reason names why there was no answer.
func reason(err error) string {
	if errors.Is(err, errRefused) {
		return failAddress
	}
	if dns, ok := errors.AsType[*net.DNSError](err); ok && !dns.IsTimeout {
		return failDNS
	}
	if slow, ok := errors.AsType[net.Error](err); ok && slow.Timeout() || errors.Is(err, context.DeadlineExceeded) {
		return failTimeout
	}
	if _, ok := errors.AsType[*tls.CertificateVerificationError](err); ok {
		return failTLS
	}
	if _, ok := errors.AsType[tls.RecordHeaderError](err); ok {
		return failTLS
	}
	if _, ok := errors.AsType[tls.AlertError](err); ok {
		return failTLS
	}
	return failConnect
}

// plain makes a line for the log of whatever bytes came.
func plain(b []byte) string {
	text := strings.Map(func(r rune) rune {
		if unicode.IsSpace(r) || r == utf8.RuneError {
			return ' '
		}
		if !unicode.IsPrint(r) {
			return -1
		}
		return r
	}, strings.ToValidUTF8(string(b), " "))
	letters := []rune(strings.Join(strings.Fields(text), " "))
	if len(letters) > keepAnswer {
		return string(letters[:keepAnswer]) + "…"
	}
	return string(letters)
}
