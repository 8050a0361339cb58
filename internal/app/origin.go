package app

import (
	"fmt"
	"net"
	"net/netip"
	"net/url"
	"strings"

	"github.com/pendapa/pendapa/internal/platform/web"
)

// origin reads which names the house answers to and which proxies it believes. The host of base_url is always a
// name; the names of the machine itself count in a sample and until a name was set, so that a new house can be set
// up where it stands.
func (c Config) origin() (web.Origin, error) {
	o := web.Origin{Secure: c.Secure}
	var err error
	if o.Hosts, err = web.ParseHosts(c.Hosts); err != nil {
		return o, fmt.Errorf("hosts: %w", err)
	}
	if o.Proxies, err = web.ParseProxies(c.Proxies); err != nil {
		return o, fmt.Errorf("trusted_proxies: %w", err)
	}
	if u, err := url.Parse(c.BaseURL); err == nil && u.Hostname() != "" {
		o.Hosts = append(o.Hosts, strings.ToLower(u.Hostname()))
	}
	named := len(o.Hosts) > 0
	if c.Sample || !named {
		o.Hosts = append(o.Hosts, "localhost", "127.0.0.1", "::1")
	}
	if host, _, err := net.SplitHostPort(c.Listen); err == nil && !named {
		if a, err := netip.ParseAddr(host); err == nil && !a.IsUnspecified() {
			o.Hosts = append(o.Hosts, a.String())
		}
	}
	return o, nil
}
