package webhook_test

import (
	"context"
	"net"
	"net/netip"
	"net/url"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/webhook"
)

func FuzzAddress(f *testing.F) {
	for _, raw := range []string{"https://kabar.example/a?b", "https://127.0.0.1/", "https://0x7f.1/", "https://[::ffff:127.0.0.1]:8443/", "https://a@b.example/", "https://2130706433/", "http://localhost:80", "https://[fe80::1%25a]/"} {
		f.Add(raw)
	}
	g := guard("8.8.8.8")
	f.Fuzz(func(t *testing.T, raw string) {
		u, err := g.Parse(raw)
		if err != nil {
			if errs.KindOf(err) != errs.Invalid {
				t.Errorf("%q: an error without words: %v", raw, err)
			}
			return
		}
		host := strings.ToLower(u.Hostname())
		if u.Scheme != "https" || u.User != nil || u.Fragment != "" || host == "" || u.Port() != "" && u.Port() != "443" && u.Port() != "8443" {
			t.Errorf("%q was accepted as %v", raw, u)
		}
		if addr, err := netip.ParseAddr(host); err == nil {
			if a := addr.Unmap(); !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.Zone() != "" {
				t.Errorf("%q leads to %v", raw, addr)
			}
		} else if last := host[strings.LastIndex(host, ".")+1:]; strings.Trim(host, "abcdefghijklmnopqrstuvwxyz0123456789.-") != "" || !strings.Contains(host, ".") || strings.Trim(last, "0123456789") == "" || net.ParseIP(host) != nil {
			t.Errorf("%q has the host %q", raw, host)
		}
		again, err := url.Parse(u.String())
		if err != nil || again.Host != u.Host {
			t.Errorf("%q does not survive: %v %v", raw, again, err)
		}
		if _, err := g.Parse(u.String()); err != nil && len(u.String()) <= 1000 {
			t.Errorf("%q is refused when written as %q: %v", raw, u.String(), err)
		}
	})
}

// FuzzReach gives a name any address: what is reached is public in whatever form it is written.
func FuzzReach(f *testing.F) {
	for _, addr := range append(forbidden(), open6()...) {
		b := netip.MustParseAddr(addr).As16()
		f.Add(b[:])
	}
	f.Fuzz(func(t *testing.T, data []byte) {
		addr, ok := netip.AddrFromSlice(data)
		if !ok {
			return
		}
		g := webhook.NewGuard(false, nil, &names{answers: [][]string{{addr.String()}}}, nobody)
		if g.Check(context.Background(), "https://kabar.example/") != nil {
			return
		}
		a := addr.Unmap()
		if !a.IsGlobalUnicast() || a.IsPrivate() || a.IsLoopback() || a.IsLinkLocalUnicast() || a.IsMulticast() || a.IsUnspecified() {
			t.Errorf("%v is reached", addr)
		}
		b := a.As16()
		for _, inner := range map[string][]byte{"6to4": b[2:6], "NAT64": b[12:]} {
			if a.Is6() && (netip.MustParsePrefix("64:ff9b::/96").Contains(a) && &inner[0] == &b[12] || netip.MustParsePrefix("2002::/16").Contains(a) && &inner[0] == &b[2]) {
				if v4, _ := netip.AddrFromSlice(inner); v4.IsPrivate() || v4.IsLoopback() || v4.IsLinkLocalUnicast() || v4.IsMulticast() || v4.IsUnspecified() {
					t.Errorf("%v carries %v", addr, v4)
				}
			}
		}
	})
}
