package web_test

import (
	"net/http"
	"net/http/httptest"
	"slices"
	"testing"

	"github.com/pendapa/pendapa/internal/platform/web"
)

func asked(peer, host string, header http.Header) *http.Request {
	r := httptest.NewRequest("GET", "http://"+host+"/", nil)
	r.RemoteAddr = peer
	for name, all := range header {
		r.Header[name] = slices.Clone(all)
	}
	return r
}

// TestWhoAsks: without trusted proxies no header counts; with them the right-most address that is no proxy is the client.
func TestWhoAsks(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseProxies("127.0.0.1, 10.1.0.0/16 ::1")
	if err != nil {
		t.Fatal(err)
	}
	far := http.Header{"X-Forwarded-For": {"1.1.1.1, 203.0.113.9"}}
	cases := []struct {
		name, peer, want string
		trusted          bool
		header           http.Header
	}{
		{"no proxy is trusted", "127.0.0.1:9", "127.0.0.1", false, far},
		{"a stranger writes the header", "198.51.100.7:9", "198.51.100.7", true, far},
		{"behind the proxy", "127.0.0.1:9", "203.0.113.9", true, far},
		{"two proxies", "127.0.0.1:9", "203.0.113.9", true, http.Header{"X-Forwarded-For": {"9.9.9.9, 203.0.113.9, 10.1.2.3"}}},
		{"several lines", "[::1]:9", "203.0.113.9", true, http.Header{"X-Forwarded-For": {"9.9.9.9", "203.0.113.9", "10.1.2.3"}}},
		{"only proxies", "127.0.0.1:9", "10.1.0.5", true, http.Header{"X-Forwarded-For": {"10.1.0.5"}}},
		{"nonsense on the left", "127.0.0.1:9", "203.0.113.9", true, http.Header{"X-Forwarded-For": {"evil', 203.0.113.9"}}},
		{"nonsense on the right", "127.0.0.1:9", "127.0.0.1", true, http.Header{"X-Forwarded-For": {"203.0.113.9, unknown"}}},
		{"other headers never count", "127.0.0.1:9", "127.0.0.1", true, http.Header{"X-Real-Ip": {"203.0.113.9"}, "Forwarded": {"for=203.0.113.9"}}},
		{"version 4 in version 6", "[::ffff:10.1.0.1]:9", "203.0.113.9", true, far},
		{"version 6", "127.0.0.1:9", "2001:db8::7", true, http.Header{"X-Forwarded-For": {"2001:db8::7"}}},
	}
	for _, c := range cases {
		o := web.Origin{}
		if c.trusted {
			o.Proxies = trusted
		}
		if got := o.Client(asked(c.peer, "localhost", c.header)).String(); got != c.want {
			t.Errorf("%s: %s, want %s", c.name, got, c.want)
		}
	}
}

// TestOnlyTrustedProxiesSayHttps keeps a client from naming its own way encrypted.
func TestOnlyTrustedProxiesSayHttps(t *testing.T) {
	t.Parallel()
	trusted, err := web.ParseProxies("127.0.0.1")
	if err != nil {
		t.Fatal(err)
	}
	said := http.Header{"X-Forwarded-Proto": {"https"}}
	if (web.Origin{}).Https(asked("127.0.0.1:1", "localhost", said)) {
		t.Error("a header was believed though no proxy is trusted")
	}
	if (web.Origin{Proxies: trusted}).Https(asked("10.0.0.1:1", "localhost", said)) {
		t.Error("a stranger's header was believed")
	}
	if !(web.Origin{Proxies: trusted}).Https(asked("127.0.0.1:1", "localhost", said)) {
		t.Error("the trusted proxy was not believed")
	}
}

// TestDirectMeansAtThisMachine tries every way in which something else could look like somebody who sits here.
func TestDirectMeansAtThisMachine(t *testing.T) {
	t.Parallel()
	for _, host := range []string{"localhost", "localhost:8080", "127.0.0.1:8080", "[::1]:8080", "pendapa.localhost"} {
		if !web.Direct(asked("127.0.0.1:9", host, nil)) {
			t.Errorf("%s is not taken as this machine", host)
		}
	}
	for _, host := range []string{"evil.example", "localhost.evil.example", "10.0.0.1", "localhost:80@evil.example"} {
		r := asked("127.0.0.1:9", "localhost", nil)
		if r.Host = host; web.Direct(r) {
			t.Errorf("the name %s opens it", host)
		}
	}
	if web.Direct(asked("10.0.0.1:9", "localhost", nil)) {
		t.Error("another machine opens it")
	}
	for _, name := range []string{"X-Forwarded-For", "X-Forwarded-Proto", "X-Forwarded-Host", "Forwarded", "X-Real-Ip", "Via", "True-Client-Ip", "Cf-Connecting-Ip", "X-Client-Ip"} {
		if web.Direct(asked("127.0.0.1:9", "localhost", http.Header{name: {"x"}})) {
			t.Errorf("a request with %s opens it", name)
		}
	}
}

func TestReturnAddressesStayHere(t *testing.T) {
	t.Parallel()
	for _, to := range []string{"/", "/bukti/x?a=1&b=%2F", "/evaluasi/a#b", "/inovasi/x/skor?butir=17"} {
		if web.Local(to) != to {
			t.Errorf("%q was refused", to)
		}
	}
	for _, to := range []string{"", "//evil.example", "/\\evil.example", "/\t/evil.example", "/%09/evil.example\n", "https://evil.example", "javascript:alert(1)",
		"evil.example", "/ /evil.example", "/\x7f/evil", "/%2F/evil.example", "/%5Cevil.example", "///evil.example", "\t//evil.example", "/%0d%0aLocation:x"} {
		if got := web.Local(to); got != "" {
			t.Errorf("%q is followed as %q", to, got)
		}
	}
	if web.Back("//evil.example", "/bukti") != "/bukti" {
		t.Error("the other address was not taken")
	}
}

func TestSettingsOfOriginAreChecked(t *testing.T) {
	t.Parallel()
	for _, bad := range []string{"proxy.example", "10.0.0.0/99", "1.2.3"} {
		if _, err := web.ParseProxies(bad); err == nil {
			t.Errorf("the proxy %q was taken", bad)
		}
	}
	for _, bad := range []string{"https://a.id", "a.id:443", "*.a.id", "x@a.id"} {
		if _, err := web.ParseHosts(bad); err == nil {
			t.Errorf("the host %q was taken", bad)
		}
	}
	if got, err := web.ParseHosts("A.id, b.id ::1"); err != nil || !slices.Equal(got, []string{"a.id", "b.id", "::1"}) {
		t.Errorf("hosts: %v %v", got, err)
	}
}
