package web

import (
	"context"
	"errors"
	"net"
	"net/http"
	"net/netip"
	"net/url"
	"slices"
	"strings"

	"github.com/pendapa/pendapa/internal/errs"
)

// Origin says which senders are believed: the proxies whose forwarding headers count, and the names under which
// this house may be called. The zero value believes no proxy and answers to every name.
type Origin struct {
	Proxies []netip.Prefix // connections from here are a proxy; its X-Forwarded-For and X-Forwarded-Proto count
	Hosts   []string       // names in lower case without a port; empty answers to every name
	Secure  bool           // people always come by https, whatever a header says
}

// ParseProxies reads addresses and networks, for example 127.0.0.1 or 10.1.0.0/16, divided by commas or spaces.
func ParseProxies(text string) ([]netip.Prefix, error) {
	var out []netip.Prefix
	for _, word := range fieldsOf(text) {
		if a, err := netip.ParseAddr(word); err == nil {
			out = append(out, netip.PrefixFrom(a.Unmap(), a.Unmap().BitLen()))
			continue
		}
		p, err := netip.ParsePrefix(word)
		if err != nil {
			return nil, errors.New("write addresses or networks, for example 127.0.0.1 or 10.1.0.0/16, not " + word)
		}
		out = append(out, p.Masked())
	}
	return out, nil
}

// ParseHosts reads host names divided by commas or spaces; a port is not part of a name.
func ParseHosts(text string) ([]string, error) {
	var out []string
	for _, word := range fieldsOf(strings.ToLower(text)) {
		if hostname(word) != strings.Trim(word, "[]") || strings.ContainsAny(word, "/*@") {
			return nil, errors.New("write names only, for example pendapa.jemberkab.go.id, not " + word)
		}
		out = append(out, hostname(word))
	}
	return out, nil
}

func fieldsOf(text string) []string {
	return strings.FieldsFunc(text, func(r rune) bool { return r == ',' || r == ' ' || r == '\n' || r == '\t' })
}

// hostname gives the name of a Host header without its port, in lower case.
func hostname(host string) string {
	host = strings.ToLower(host)
	if name, port, err := net.SplitHostPort(host); err == nil && strings.Trim(port, "0123456789") == "" {
		host = name
	}
	return strings.TrimSuffix(strings.Trim(host, "[]"), ".")
}

// Loopback reports whether a Host header names this machine to itself.
func Loopback(host string) bool {
	name := hostname(host)
	if name == "localhost" || strings.HasSuffix(name, ".localhost") {
		return true
	}
	a, err := netip.ParseAddr(name)
	return err == nil && a.IsLoopback()
}

// peer is the other end of the connection; the zero address when it has none.
func peer(r *http.Request) netip.Addr {
	host, _, err := net.SplitHostPort(r.RemoteAddr)
	if err != nil {
		host = r.RemoteAddr
	}
	return address(host)
}

func address(text string) netip.Addr {
	a, err := netip.ParseAddr(strings.Trim(strings.TrimSpace(text), "[]"))
	if err != nil {
		return netip.Addr{}
	}
	return a.Unmap().WithZone("")
}

func (o Origin) trusts(a netip.Addr) bool {
	return slices.ContainsFunc(o.Proxies, func(p netip.Prefix) bool { return p.Contains(a) })
}

// Client is the one answer to "who asks": the other end of the connection, and behind trusted proxies the
// right-most address of X-Forwarded-For that is no trusted proxy. What a client wrote into the header itself stands
// further left and never counts.
func (o Origin) Client(r *http.Request) netip.Addr {
	at := peer(r)
	hops := strings.Split(strings.Join(r.Header.Values("X-Forwarded-For"), ","), ",")
	for i := len(hops) - 1; i >= 0 && o.trusts(at); i-- {
		next := address(hops[i])
		if !next.IsValid() {
			break
		}
		at = next
	}
	return at
}

// Https reports whether the person's way to this house is encrypted.
func (o Origin) Https(r *http.Request) bool {
	return o.Secure || r.TLS != nil || o.trusts(peer(r)) && r.Header.Get("X-Forwarded-Proto") == "https"
}

// Site gives the address by which a request came: scheme and host.
func Site(r *http.Request) string {
	scheme := "http://"
	if requestOf(r).server.Origin.Https(r) {
		scheme = "https://"
	}
	return scheme + r.Host
}

// Direct reports whether somebody at this machine asks it by its own name and without anything in between: the lock
// on what is only for those who sit here. A header that any kind of proxy adds opens nothing, and a foreign name
// neither.
func Direct(r *http.Request) bool {
	return peer(r).IsLoopback() && Loopback(r.Host) && !forwarded(r.Header)
}

func forwarded(h http.Header) bool {
	for name := range h {
		switch {
		case strings.HasPrefix(name, "X-Forwarded"), strings.HasSuffix(name, "-Client-Ip"), strings.HasSuffix(name, "-Connecting-Ip"),
			slices.Contains([]string{"Forwarded", "Via", "X-Real-Ip", "X-Client-Ip", "Client-Ip", "X-Original-Forwarded-For", "X-Envoy-External-Address"}, name):
			return true
		}
	}
	return false
}

// known reports whether the house may be called by the name of this request. Its own health questions may use the
// name of the machine.
func (o Origin) known(r *http.Request) bool {
	if len(o.Hosts) == 0 || slices.Contains(o.Hosts, hostname(r.Host)) {
		return true
	}
	return slices.Contains([]string{"/healthz", "/readyz", "/metrics"}, r.URL.Path) && Direct(r)
}

// Local gives a return address when it is a place of this house, else "": a page of another site is never followed.
// Control signs are refused because browsers drop them and then read what is left.
func Local(to string) string {
	u, err := url.Parse(to)
	if err != nil || u.IsAbs() || u.Host != "" || u.User != nil || !strings.HasPrefix(to, "/") || strings.HasPrefix(to, "//") {
		return ""
	}
	if strings.ContainsFunc(to, func(r rune) bool { return r <= ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	if strings.HasPrefix(u.Path, "//") || strings.ContainsFunc(u.Path, func(r rune) bool { return r < ' ' || r == '\\' || r == 0x7f }) {
		return ""
	}
	return to
}

// Back gives a return address of this house, or another one when it is none.
func Back(to, otherwise string) string {
	if to = Local(to); to == "" {
		return otherwise
	}
	return to
}

type clientKey struct{}

// ClientIP gives the address of the person or program that asks, as the edge of this house found it.
func ClientIP(r *http.Request) string {
	if a, ok := r.Context().Value(clientKey{}).(netip.Addr); ok && a.IsValid() {
		return a.String()
	}
	if a := peer(r); a.IsValid() {
		return a.String()
	}
	return ""
}

// admit refuses foreign names and remembers who asks.
func (s *Server) admit(next http.Handler) http.Handler {
	return http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		r = r.WithContext(context.WithValue(r.Context(), clientKey{}, s.Origin.Client(r)))
		if !s.Origin.known(r) && !s.belongs(r) {
			s.refuse(w, r, errs.E(errs.Forbidden, "web.error.host", errHost, "Host", cutText(hostname(r.Host), 80)))
			return
		}
		next.ServeHTTP(w, r)
	})
}

// belongs reports whether a regency of this host has the name as its public address.
func (s *Server) belongs(r *http.Request) bool {
	if s.Visits == nil {
		return false
	}
	regency, err := s.Visits(r.Context(), hostname(r.Host), "")
	return err == nil && regency != 0
}

func cutText(text string, most int) string {
	if len(text) > most {
		return strings.ToValidUTF8(text[:most], "")
	}
	return text
}

var errHost = errors.New("foreign host name")
