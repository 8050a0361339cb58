package webhook_test

import (
	"context"
	"errors"
	"net"
	"net/netip"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/webhook"
)

// names is a resolver that gives the next answer at each question.
type names struct {
	mu      sync.Mutex
	answers [][]string
	asked   []string
}

func (n *names) LookupNetIP(_ context.Context, _, host string) (out []netip.Addr, err error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	n.asked = append(n.asked, host)
	if len(n.answers) == 0 {
		return nil, &net.DNSError{Err: "no such host", Name: host, IsNotFound: true}
	}
	for _, text := range n.answers[0] {
		out = append(out, netip.MustParseAddr(text))
	}
	if len(n.answers) > 1 {
		n.answers = n.answers[1:]
	}
	return out, nil
}

func nobody() []netip.Addr { return nil }

func guard(answers ...string) webhook.Guard {
	n := &names{}
	if len(answers) > 0 {
		n.answers = [][]string{answers}
	}
	return webhook.NewGuard(false, nil, n, nobody)
}

func keyOf(err error) string {
	if err == nil {
		return ""
	}
	key, _ := errs.KeyOf(err)
	return strings.TrimPrefix(key, "webhook.error.")
}

// forbidden are addresses of every class that a hook may not reach, and allowed ones just beside them.
func forbidden() []string {
	return []string{
		"0.0.0.0", "0.1.2.3", "10.0.0.1", "10.255.255.255", "100.64.0.0", "100.100.100.200", "100.127.255.255", "127.0.0.1", "127.1.2.3", "169.254.0.1", "169.254.169.254",
		"169.254.170.2", "172.16.0.1", "172.31.255.255", "192.0.0.192", "192.0.2.1", "192.88.99.1", "192.168.0.1", "192.168.255.255", "198.18.0.1", "198.19.255.255", "198.51.100.7",
		"203.0.113.9", "224.0.0.1", "239.255.255.250", "240.0.0.1", "255.255.255.255", "168.63.129.16",
		"::", "::1", "::7f00:1", "::808:808", "::ffff:127.0.0.1", "::ffff:10.0.0.1", "::ffff:169.254.169.254", "::ffff:0:127.0.0.1", "64:ff9b::7f00:1", "64:ff9b::10.0.0.1", "64:ff9b::169.254.169.254",
		"64:ff9b:1::8.8.8.8", "100::1", "2001::1", "2001:0:4136:e378:8000:63bf:3fff:fdd2", "2001:10::1", "2001:20::1", "2001:db8::1", "2002:7f00:1::1", "2002:a00:1::", "2002:a9fe:a9fe::", "2002:c0a8:101::1",
		"3fff::1", "5f00::1", "fc00::1", "fd00:ec2::254", "fd20:ce::254", "fdff::1", "fe80::1", "febf::1", "fec0::1", "ff02::1", "ff0e::1", "2600::5efe:10.0.0.1", "2600::200:5efe:127.0.0.1", "4000::1",
	}
}

func open6() []string {
	return []string{"1.1.1.1", "8.8.8.8", "9.255.255.255", "11.0.0.0", "100.63.255.255", "100.128.0.0", "126.255.255.255", "128.0.0.1", "169.253.255.255", "172.15.255.255", "172.32.0.0", "192.0.1.1",
		"192.167.255.255", "192.169.0.0", "198.17.255.255", "198.20.0.0", "223.255.255.255", "::ffff:8.8.8.8", "64:ff9b::8.8.8.8", "2002:808:808::1", "2600::1", "2001:4860:4860::8888", "2400:cb00::1", "2600::5efe:8.8.8.8"}
}

func TestEveryClassOfAddress(t *testing.T) {
	t.Parallel()
	check := func(addr, want string) {
		t.Helper()
		host := addr
		if strings.Contains(addr, ":") {
			host = "[" + addr + "]"
		}
		if got := keyOf(guard().Check(t.Context(), "https://"+host+"/kait")); got != want {
			t.Errorf("%s written out: %q, want %q", addr, got, want)
		}
		if got := keyOf(guard(addr).Check(t.Context(), "https://kabar.example/kait")); got != want {
			t.Errorf("a name for %s: %q, want %q", addr, got, want)
		}
		if got := keyOf(guard("8.8.8.8", addr).Check(t.Context(), "https://kabar.example/kait")); got != want {
			t.Errorf("a name for %s and another: %q, want %q", addr, got, want)
		}
	}
	for _, addr := range forbidden() {
		check(addr, "url_private")
	}
	for _, addr := range open6() {
		check(addr, "")
	}
}

// TestNothingForbiddenIsDialled dials; only what is refused may be in this table, so no packet leaves.
func TestNothingForbiddenIsDialled(t *testing.T) {
	t.Parallel()
	for _, addr := range forbidden() {
		for name, g := range map[string]webhook.Guard{"written out": guard(), "by name": guard(addr), "beside another": guard("8.8.8.8", addr)} {
			host := "kabar.example"
			if name == "written out" {
				host = addr
			}
			if conn, err := g.Dial(t.Context(), "tcp", net.JoinHostPort(host, "443")); err == nil || !strings.Contains(err.Error(), "may not be called") {
				t.Errorf("%s %s: %v %v", addr, name, conn, err)
			}
		}
	}
	for _, to := range []string{"8.8.8.8:22", "8.8.8.8:80", "8.8.8.8:0", "[fe80::1%25lo]:443", "[fe80::1%lo]:443", "8.8.8.8:99999", "8.8.8.8"} {
		if _, err := guard("8.8.8.8").Dial(t.Context(), "tcp", to); err == nil {
			t.Errorf("%s was dialled", to)
		}
	}
}

func TestSpellingsOfAnAddress(t *testing.T) {
	t.Parallel()
	for raw, want := range map[string]string{
		"https://kabar.jember.example/a/b?c=d": "", "https://kabar.example": "", "HTTPS://Kabar.Example:8443/": "", "https://xn--bcher-kva.example/": "", "https://8.8.8.8/": "", "https://1.2.3.com/": "",
		"https://[2600::1]:443/": "", "https://a.0x7g/": "",
		"http://kabar.example/": "url_scheme", "ftp://kabar.example/": "url_scheme", "gopher://kabar.example/": "url_scheme", "file:///etc/passwd": "url", "javascript:alert(1)": "url", "//kabar.example/": "url_scheme",
		"https:kabar.example": "url", "kabar.example": "url", "": "url", "https://": "url", "https:///a": "url", "https://kabar.example/ a": "url", "https://kabar.example/\n": "url", "https://kabar.example/#a": "url", "https://kabar.example/#": "url",
		"https://nama:sandi@kabar.example/": "url_user", "https://nama@kabar.example/": "url_user", "https://@kabar.example/": "url_user", "https://kabar.example@127.0.0.1/": "url_user", "https://kabar.example\\@127.0.0.1/": "url",
		"https://kabar.example:80/": "url_port", "https://kabar.example:22/": "url_port", "https://kabar.example:0/": "url_port", "https://kabar.example:0443/": "url_port", "https://kabar.example:/": "url_port",
		"https://kabar.example:65979/": "url_port", "https://kabar.example:99999999999999999999/": "url_port", "https://kabar.example:-1/": "url", "https://kabar.example:443:443/": "url", "https://8.8.8.8:8080/": "url_port",
		// The same machine in the spellings that inet_aton and browsers know.
		"https://2130706433/": "url", "https://017700000001/": "url", "https://0x7f000001/": "url", "https://0x7F.1/": "url", "https://0x7f.0.0.0x1/": "url", "https://0177.0.0.1/": "url", "https://127.1/": "url",
		"https://127.0.1/": "url", "https://127.0.0.01/": "url", "https://0/": "url", "https://0x/": "url", "https://0x0/": "url", "https://1.0x/": "url", "https://127.0.0.1./": "url", "https://127.0.0.1.5/": "url", "https://256.1.1.1/": "url",
		"https://%31%32%37.0.0.1/": "url", "https://127。0。0。1/": "url", "https://①②⑦.0.0.1/": "url", "https://１２７.0.0.1/": "url", "https://3232235521/": "url", "https://2852039166/": "url", "https://0xA9FEA9FE/": "url", "https://0251.0376.0251.0376/": "url",
		"https://[::1]/": "url_private", "https://[0:0:0:0:0:0:0:1]/": "url_private", "https://[::ffff:127.0.0.1]/": "url_private", "https://[::ffff:7f00:1]/": "url_private", "https://[0000::1]/": "url_private",
		"https://[fe80::1%25eth0]/": "url", "https://[2600::1%25eth0]/": "url", "https://[::ffff:0177.0.0.1]/": "url", "https://::1/": "url", "https://[::1/": "url", "https://2600::1/": "url", "https://[127.0.0.1]/": "url",
		"https://localhost/": "url_private", "https://LOCALHOST/": "url_private", "https://localhost./": "url", "https://a.localhost/": "url_private", "https://server/": "url_private", "https://printer.local/": "url_private",
		"https://metadata.google.internal/": "url_private", "https://router.home.arpa/": "url_private",
		"https://kabar..example/": "url", "https://.example/": "url", "https://kabar.example./": "url", "https://-a.example/": "url", "https://a-.example/": "url", "https://a_b.example/": "url", "https://kabar.ex%61mple/": "url",
		"https://bücher.example/": "url", "https://" + strings.Repeat("a", 64) + ".example/": "url", "https://" + strings.Repeat("a.", 127) + "example/": "url", "https://kabar.example/" + strings.Repeat("a", 1000): "url",
	} {
		if got := keyOf(guard("8.8.8.8").Check(t.Context(), raw)); got != want {
			t.Errorf("%.80q: %q, want %q", raw, got, want)
		}
	}
	if got := keyOf(guard().Check(t.Context(), "https://tidak.ada.example/")); got != "url_dns" {
		t.Errorf("a name without address: %q", got)
	}
}

func TestPortsAndThisMachine(t *testing.T) {
	t.Parallel()
	extra := webhook.NewGuard(false, []int{9443, 0, 70000}, &names{answers: [][]string{{"8.8.8.8"}}}, nobody)
	local := webhook.NewGuard(true, nil, &names{answers: [][]string{{"127.0.0.1"}}}, nobody)
	own := webhook.NewGuard(false, nil, &names{answers: [][]string{{"8.8.4.4"}}}, func() []netip.Addr { return []netip.Addr{netip.MustParseAddr("8.8.4.4")} })
	for _, c := range []struct {
		g         webhook.Guard
		raw, want string
	}{
		{extra, "https://kabar.example:9443/", ""}, {extra, "https://kabar.example:70000/", "url_port"}, {extra, "https://kabar.example:9444/", "url_port"}, {extra, "https://127.0.0.1:9443/", "url_private"},
		{local, "http://127.0.0.1:1234/", ""}, {local, "http://127.9.9.9/", ""}, {local, "https://[::1]:1234/", ""}, {local, "http://localhost:1234/", ""}, {local, "http://kabar.example/", "url_scheme"},
		{local, "http://10.0.0.1/", "url_scheme"}, {local, "https://10.0.0.1/", "url_private"}, {local, "https://kabar.example:1234/", "url_port"}, {local, "https://server/", "url_private"}, {local, "ftp://127.0.0.1/", "url_scheme"},
		{own, "https://kabar.example/", "url_private"}, {own, "https://8.8.4.4/", "url_private"}, {own, "https://8.8.8.8/", ""},
	} {
		if got := keyOf(c.g.Check(t.Context(), c.raw)); got != c.want {
			t.Errorf("%s: %q, want %q", c.raw, got, c.want)
		}
	}
	here := webhook.NewGuard(false, nil, nil, nil) // this server's own network cards
	all, err := net.InterfaceAddrs()
	if err != nil || len(all) == 0 {
		t.Fatal("no network card", err)
	}
	for _, a := range all {
		ip := a.(*net.IPNet).IP
		if conn, err := here.Dial(t.Context(), "tcp", net.JoinHostPort(ip.String(), "443")); err == nil || !strings.Contains(err.Error(), "may not be called") {
			t.Errorf("%s: %v %v", ip, conn, err)
		}
	}
}

// TestANameThatChangesItsMind is DNS rebinding: open when the hook is saved, this machine when it is called.
func TestANameThatChangesItsMind(t *testing.T) {
	t.Parallel()
	for _, then := range []string{"127.0.0.1", "::1", "169.254.169.254", "10.1.2.3", "::ffff:127.0.0.1", "64:ff9b::7f00:1"} {
		n := &names{answers: [][]string{{"8.8.8.8"}, {then}}}
		k := open(t, storetest.SQLite(t), func(d *webhook.Deps, port int) {
			d.AllowLoopback, d.Resolver, d.Own, d.Ports = false, n, nobody, []int{port}
		})
		id, _, err := k.Create(admin(), webhook.Hook{Name: "papan", URL: "https://kabar.example:" + itoa(portOf(t, k.receiver.URL)) + "/", Events: []string{webhook.All}})
		if err != nil {
			t.Fatal(err)
		}
		k.tell(t, "innovation.stage", "e", nil)
		k.work(t)
		if d := k.one(t, id); d.LastError != "address" || d.LastStatus != 0 || len(k.receiver.all()) != 0 {
			t.Errorf("%s: %+v, %d requests", then, d, len(k.receiver.all()))
		}
		if len(n.asked) != 2 || slices.ContainsFunc(n.asked, func(h string) bool { return h != "kabar.example" }) {
			t.Errorf("asked %v, want once at saving and once at the call", n.asked)
		}
	}
}

// TestTheCheckedAddressIsTheOneConnected: a name is asked for once per call, and the answer to that question is used; the next
// answer would lead elsewhere. The certificate of the test server is made for example.com, so the name is checked too.
func TestTheCheckedAddressIsTheOneConnected(t *testing.T) {
	t.Parallel()
	n := &names{answers: [][]string{{"127.0.0.1"}, {"127.0.0.1"}, {"10.0.0.1"}}}
	k := open(t, storetest.SQLite(t), func(d *webhook.Deps, port int) { d.Resolver, d.Ports = n, []int{port} })
	for host, want := range map[string]string{"example.com": "sent ", "example.org": "dead tls"} {
		n.asked, n.answers = nil, [][]string{{"127.0.0.1"}, {"127.0.0.1"}, {"10.0.0.1"}}
		id, _, err := k.Create(admin(), webhook.Hook{Name: host, URL: "https://" + host + ":" + itoa(portOf(t, k.receiver.URL)) + "/", Events: []string{webhook.All}})
		if err != nil {
			t.Fatal(err)
		}
		if err := k.Test(admin(), id); err != nil {
			t.Fatal(err)
		}
		k.work(t)
		if d := k.one(t, id); d.State+" "+d.LastError != want || len(n.asked) != 2 {
			t.Errorf("%s: %+v, asked %d times", host, d, len(n.asked))
		}
	}
}

// TestTheSocketIsCheckedAgain: the last look is at the address the socket connects to. What this server calls its own changes
// here between the two looks.
func TestTheSocketIsCheckedAgain(t *testing.T) {
	t.Parallel()
	looks := 0
	g := webhook.NewGuard(false, nil, &names{answers: [][]string{{"8.8.4.4"}}}, func() []netip.Addr {
		if looks++; looks == 1 {
			return nil
		}
		return []netip.Addr{netip.MustParseAddr("8.8.4.4")}
	})
	ctx, cancel := context.WithTimeout(t.Context(), 5*time.Second)
	defer cancel()
	conn, err := g.Dial(ctx, "tcp", "kabar.example:443")
	if err == nil || !strings.Contains(err.Error(), "may not be called") || looks != 2 {
		t.Errorf("%v %v after %d looks", conn, err, looks)
	}
	if op, ok := errors.AsType[*net.OpError](err); !ok || op.Op != "dial" {
		t.Errorf("the refusal came before the socket: %v", err)
	}
}
