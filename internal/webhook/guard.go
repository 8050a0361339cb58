package webhook

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strconv"
	"strings"
	"syscall"
	"time"
)

// Guard decides which addresses the server may call. A name is looked up once for a connection, every address found must be
// allowed, and the socket itself is checked again before it connects, so that a name that changes its mind between two
// questions (DNS rebinding) gains nothing.
type Guard struct {
	Loopback bool // this machine is allowed, on any port
	extra    []uint16
	resolver Resolver
	own      func() []netip.Addr
}

// errRefused is what a connection to a forbidden address ends with.
var errRefused = errors.New("the address may not be called")

const (
	dialLimit = 4 * time.Second
	mostTries = 3 // addresses of one name
)

// NewGuard makes a guard; ports are allowed beside 443 and 8443.
func NewGuard(loopback bool, ports []int, resolver Resolver, own func() []netip.Addr) Guard {
	g := Guard{Loopback: loopback, resolver: resolver, own: own}
	for _, p := range ports {
		if p > 0 && p < 1<<16 {
			g.extra = append(g.extra, uint16(p))
		}
	}
	if g.resolver == nil {
		g.resolver = net.DefaultResolver
	}
	if g.own == nil {
		g.own = networkCards
	}
	return g
}

func (g Guard) ports() []uint16 { return append([]uint16{443, 8443}, g.extra...) }

func (g Guard) portsText() string {
	var out []string
	for _, p := range g.ports() {
		out = append(out, strconv.Itoa(int(p)))
	}
	return strings.Join(out, ", ")
}

// networkCards lists the addresses of this server: what listens on them for the server itself is not for hooks.
func networkCards() []netip.Addr {
	all, err := net.InterfaceAddrs()
	if err != nil {
		return nil
	}
	var out []netip.Addr
	for _, a := range all {
		if n, ok := a.(*net.IPNet); ok {
			if addr, ok := netip.AddrFromSlice(n.IP); ok {
				out = append(out, addr.Unmap())
			}
		}
	}
	return out
}

// resolve gives the addresses of a host; an IP address is its own.
func (g Guard) resolve(ctx context.Context, host string) ([]netip.Addr, error) {
	if addr, err := netip.ParseAddr(host); err == nil {
		return []netip.Addr{addr.Unmap()}, nil
	}
	all, err := g.resolver.LookupNetIP(ctx, "ip", host)
	if err != nil {
		return nil, err
	}
	if len(all) == 0 {
		return nil, &net.DNSError{Err: "no address", Name: host, IsNotFound: true}
	}
	for i := range all {
		all[i] = all[i].Unmap()
	}
	return all, nil
}

// allowed refuses an address that may not be called on a port.
func (g Guard) allowed(addr netip.Addr, port uint16) error {
	addr = addr.Unmap()
	switch {
	case addr.Zone() != "":
		return errRefused
	case g.Loopback && addr.IsLoopback():
		return nil
	case !slices.Contains(g.ports(), port), !public(addr), slices.Contains(g.own(), addr):
		return errRefused
	}
	return nil
}

// Dial connects to a host that the guard allows. It is the DialContext of the client.
func (g Guard) Dial(ctx context.Context, _, hostPort string) (net.Conn, error) {
	host, portText, err := net.SplitHostPort(hostPort)
	if err != nil {
		return nil, err
	}
	port, err := strconv.ParseUint(portText, 10, 16)
	if err != nil {
		return nil, err
	}
	all, err := g.resolve(ctx, host)
	if err != nil {
		return nil, err
	}
	for _, addr := range all {
		if err := g.allowed(addr, uint16(port)); err != nil {
			return nil, err
		}
	}
	d := net.Dialer{Timeout: dialLimit, KeepAlive: -1, ControlContext: g.control}
	var conn net.Conn
	for _, addr := range all[:min(len(all), mostTries)] {
		if conn, err = d.DialContext(ctx, "tcp", netip.AddrPortFrom(addr, uint16(port)).String()); err == nil {
			return conn, nil
		}
	}
	return nil, err
}

// control looks at the very address a socket is about to connect to.
func (g Guard) control(_ context.Context, _, address string, _ syscall.RawConn) error {
	to, err := netip.ParseAddrPort(address)
	if err != nil {
		return err
	}
	return g.allowed(to.Addr(), to.Port())
}

// public reports whether an address belongs to the open internet. Addresses that carry an IPv4 address (NAT64, 6to4, ISATAP)
// are as public as the one they carry.
func public(a netip.Addr) bool {
	if a = a.Unmap(); a.Is4() {
		return !within(a, special4)
	}
	b := a.As16()
	switch {
	case nat64.Contains(a):
		return public(netip.AddrFrom4([4]byte(b[12:])))
	case !global6.Contains(a) || within(a, special6):
		return false
	case sixToFour.Contains(a):
		return public(netip.AddrFrom4([4]byte(b[2:6])))
	case (b[8] == 0 || b[8] == 2) && b[9] == 0 && b[10] == 0x5e && b[11] == 0xfe: // ISATAP, RFC 5214, 6.1
		return public(netip.AddrFrom4([4]byte(b[12:])))
	}
	return true
}

func within(a netip.Addr, all []netip.Prefix) bool {
	return slices.ContainsFunc(all, func(p netip.Prefix) bool { return p.Contains(a) })
}

func prefixes(all ...string) (out []netip.Prefix) {
	for _, text := range all {
		out = append(out, netip.MustParsePrefix(text))
	}
	return out
}

// What is set aside, from the IANA special-purpose registries (RFC 6890); read only. 168.63.129.16 is a public-looking address
// that answers inside one provider's machines; the other metadata addresses lie inside the blocks.
var (
	special4 = prefixes("0.0.0.0/8", "10.0.0.0/8", "100.64.0.0/10", "127.0.0.0/8", "169.254.0.0/16", "172.16.0.0/12", "192.0.0.0/24", "192.0.2.0/24",
		"192.88.99.0/24", "192.168.0.0/16", "198.18.0.0/15", "198.51.100.0/24", "203.0.113.0/24", "224.0.0.0/4", "240.0.0.0/4", "168.63.129.16/32")
	special6  = prefixes("2001::/23", "2001:db8::/32", "3fff::/20")
	global6   = netip.MustParsePrefix("2000::/3")
	nat64     = netip.MustParsePrefix("64:ff9b::/96")
	sixToFour = netip.MustParsePrefix("2002::/16")
)
