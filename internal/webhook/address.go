package webhook

import (
	"context"
	"net/netip"
	"net/url"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
)

const (
	longestURL  = 1000
	lookupLimit = 5 * time.Second
)

// Parse reads the address of a hook by its text alone. It knows one spelling of everything: a host is a plain ASCII name of
// several parts, or an IP address as RFC 3986 writes it. Decimal, octal and hex hosts, which some programs read as
// IPv4 (WHATWG URL, "ends in a number"), are refused.
func (g Guard) Parse(raw string) (*url.URL, error) {
	if raw == "" || len(raw) > longestURL || strings.ContainsFunc(raw, func(r rune) bool { return r <= ' ' || r >= 0x7f || r == '\\' }) {
		return nil, errs.E(errs.Invalid, "webhook.error.url", nil)
	}
	u, err := url.Parse(raw)
	switch {
	case err != nil || u.Opaque != "" || u.Hostname() == "" || strings.Contains(raw, "#"), strings.Contains(u.Hostname(), ":") && u.Host[0] != '[':
		return nil, errs.E(errs.Invalid, "webhook.error.url", err)
	case u.User != nil:
		return nil, errs.E(errs.Invalid, "webhook.error.url_user", nil)
	}
	host := strings.ToLower(u.Hostname())
	addr, err := literal(host)
	if err != nil {
		return nil, err
	}
	local := g.Loopback && (host == "localhost" || addr.IsLoopback())
	switch {
	case u.Scheme != "https" && !(local && u.Scheme == "http"):
		return nil, errs.E(errs.Invalid, "webhook.error.url_scheme", nil)
	case !addr.IsValid() && inside(host) && !local:
		return nil, errs.E(errs.Invalid, "webhook.error.url_private", nil, "Host", host)
	}
	port, ok := portOf(u)
	if !ok || !local && !slices.Contains(g.ports(), port) {
		return nil, errs.E(errs.Invalid, "webhook.error.url_port", nil, "Ports", g.portsText())
	}
	if addr.IsValid() && g.allowed(addr, port) != nil {
		return nil, errs.E(errs.Invalid, "webhook.error.url_private", nil, "Host", host)
	}
	return u, nil
}

// Check reads an address and asks where its name leads to at this moment. Each connection asks again.
func (g Guard) Check(ctx context.Context, raw string) error {
	u, err := g.Parse(raw)
	if err != nil {
		return err
	}
	ctx, cancel := context.WithTimeout(ctx, lookupLimit)
	defer cancel()
	host := u.Hostname()
	all, err := g.resolve(ctx, host)
	if err != nil {
		return errs.E(errs.Invalid, "webhook.error.url_dns", err, "Host", host)
	}
	port, _ := portOf(u)
	for _, addr := range all {
		if err := g.allowed(addr, port); err != nil {
			return errs.E(errs.Invalid, "webhook.error.url_private", err, "Host", host)
		}
	}
	return nil
}

// literal gives the IP address that a host is, the zero Addr for a name, or an error for what is neither.
func literal(host string) (netip.Addr, error) {
	parts := strings.Split(host, ".")
	last := parts[len(parts)-1]
	if strings.Contains(host, ":") || number(last) {
		addr, err := netip.ParseAddr(host)
		if err != nil || addr.Zone() != "" {
			return netip.Addr{}, errs.E(errs.Invalid, "webhook.error.url", err)
		}
		return addr, nil
	}
	if len(host) > 253 || slices.ContainsFunc(parts, badLabel) {
		return netip.Addr{}, errs.E(errs.Invalid, "webhook.error.url", nil)
	}
	return netip.Addr{}, nil
}

// number reports whether a label would be read as one: digits, or hex after 0x.
func number(label string) bool {
	if rest, ok := strings.CutPrefix(label, "0x"); ok {
		return strings.Trim(rest, "0123456789abcdef") == ""
	}
	return label != "" && strings.Trim(label, "0123456789") == ""
}

func badLabel(l string) bool {
	return l == "" || len(l) > 63 || l[0] == '-' || l[len(l)-1] == '-' || strings.Trim(l, "abcdefghijklmnopqrstuvwxyz0123456789-") != ""
}

// inside reports names that never leave the own network: single words and the domains of RFC 6761, 6762, 8375 and ICANN's
// .internal.
func inside(host string) bool {
	if !strings.Contains(host, ".") {
		return true
	}
	return slices.ContainsFunc([]string{".localhost", ".local", ".internal", ".home.arpa"}, func(end string) bool { return strings.HasSuffix(host, end) })
}

// portOf gives the port of an address, also the silent one of its scheme; false when it is no plain number.
func portOf(u *url.URL) (uint16, bool) {
	if strings.HasSuffix(u.Host, ":") {
		return 0, false
	}
	text := u.Port()
	if text == "" {
		text = map[string]string{"https": "443", "http": "80"}[u.Scheme]
	}
	n, err := strconv.ParseUint(text, 10, 16)
	return uint16(n), err == nil && n > 0 && strconv.FormatUint(n, 10) == text
}
