package replica_test

import (
	"context"
	"crypto/ed25519"
	"crypto/rand"
	"crypto/sha256"
	"encoding/hex"
	"encoding/pem"
	"encoding/xml"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"net/http"
	"net/http/httptest"
	"os"
	"path/filepath"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"

	"github.com/pendapa/pendapa/internal/platform/replica"
)

// bucket is a server of the S3 API in memory, with answers of two names each so that lists go on.
type bucket struct {
	mu      sync.Mutex
	objects map[string][]byte
	away    bool
	refused int
}

func (b *bucket) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	b.mu.Lock()
	defer b.mu.Unlock()
	body, _ := io.ReadAll(r.Body)
	sum := sha256.Sum256(body)
	signed := strings.HasPrefix(r.Header.Get("Authorization"), "AWS4-HMAC-SHA256 Credential=who/") && r.Header.Get("X-Amz-Content-Sha256") == hex.EncodeToString(sum[:])
	key, ok := strings.CutPrefix(r.URL.Path, "/house/")
	if b.away || !signed || !ok && r.URL.Path != "/house" {
		b.refused++
		http.Error(w, "<Error><Code>AccessDenied</Code></Error>", http.StatusForbidden)
		return
	}
	switch {
	case r.Method == http.MethodPut:
		b.objects[key] = body
	case r.Method == http.MethodDelete:
		delete(b.objects, key)
	case r.URL.Query().Get("list-type") == "2":
		b.list(w, r)
	case b.objects[key] == nil:
		http.Error(w, "<Error><Code>NoSuchKey</Code></Error>", http.StatusNotFound)
	default:
		_, _ = w.Write(b.objects[key])
	}
}

func (b *bucket) list(w http.ResponseWriter, r *http.Request) {
	type content struct {
		Key          string
		Size         int
		LastModified time.Time
	}
	out := struct {
		XMLName               xml.Name `xml:"ListBucketResult"`
		Contents              []content
		IsTruncated           bool
		NextContinuationToken string
	}{}
	var names []string
	for name := range b.objects {
		if strings.HasPrefix(name, r.URL.Query().Get("prefix")) && name > r.URL.Query().Get("continuation-token") {
			names = append(names, name)
		}
	}
	slices.Sort(names)
	for n, name := range names {
		if out.IsTruncated = n == 2; out.IsTruncated {
			break
		}
		out.NextContinuationToken = name
		out.Contents = append(out.Contents, content{name, len(b.objects[name]), time.Now()})
	}
	_ = xml.NewEncoder(w).Encode(out)
}

func s3(t *testing.T) (replica.Dest, *bucket) {
	t.Helper()
	b := &bucket{objects: map[string][]byte{}}
	server := httptest.NewServer(b)
	t.Cleanup(server.Close)
	return replica.OpenS3(replica.S3{Endpoint: server.URL, Bucket: "house", Prefix: "jember/satu", Key: "who", Secret: "secret"}), b
}

// machine is an SSH server on this computer that gives files to one key.
type machine struct {
	address, host string
	private       []byte
	mu            sync.Mutex
	lines         []net.Conn
}

func key(t *testing.T) (ssh.Signer, []byte) {
	t.Helper()
	_, private, err := ed25519.GenerateKey(rand.Reader)
	if err != nil {
		t.Fatal(err)
	}
	signer, err := ssh.NewSignerFromKey(private)
	if err != nil {
		t.Fatal(err)
	}
	block, err := ssh.MarshalPrivateKey(private, "")
	if err != nil {
		t.Fatal(err)
	}
	return signer, pem.EncodeToMemory(block)
}

func serve(t *testing.T) *machine {
	t.Helper()
	host, _ := key(t)
	client, private := key(t)
	config := &ssh.ServerConfig{PublicKeyCallback: func(_ ssh.ConnMetadata, k ssh.PublicKey) (*ssh.Permissions, error) {
		if string(k.Marshal()) != string(client.PublicKey().Marshal()) {
			return nil, errors.New("another key")
		}
		return nil, nil
	}}
	config.AddHostKey(host)
	listener, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { _ = listener.Close() })
	m := &machine{address: listener.Addr().String(), host: "[" + listener.Addr().String() + "] " + string(ssh.MarshalAuthorizedKey(host.PublicKey())), private: private}
	go func() {
		for {
			conn, err := listener.Accept()
			if err != nil {
				return
			}
			m.mu.Lock()
			m.lines = append(m.lines, conn)
			m.mu.Unlock()
			go session(conn, config)
		}
	}()
	return m
}

func session(conn net.Conn, config *ssh.ServerConfig) {
	_, channels, requests, err := ssh.NewServerConn(conn, config)
	if err != nil {
		return
	}
	go ssh.DiscardRequests(requests)
	for c := range channels {
		channel, in, err := c.Accept()
		if err != nil {
			return
		}
		go func() {
			for r := range in {
				_ = r.Reply(r.Type == "subsystem", nil)
			}
		}()
		if server, err := sftp.NewServer(channel); err == nil {
			go func() { _ = server.Serve() }()
		}
	}
}

// drop cuts all connections.
func (m *machine) drop() {
	m.mu.Lock()
	defer m.mu.Unlock()
	for _, c := range m.lines {
		_ = c.Close()
	}
	m.lines = nil
}

func TestEveryKindOfPlace(t *testing.T) {
	t.Parallel()
	folder, _ := other(t)
	bucket, _ := s3(t)
	m := serve(t)
	far, err := replica.OpenSFTP(replica.SFTP{Address: m.address, User: "copy", Root: t.TempDir(), HostKey: m.host, PrivateKey: m.private})
	if err != nil {
		t.Fatal(err)
	}
	for name, dest := range map[string]replica.Dest{"folder": folder, "s3": bucket, "sftp": far} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			ctx := context.Background()
			if err := replica.Probe(ctx, dest); err != nil {
				t.Fatal(err)
			}
			if _, err := dest.Get(ctx, "log/none"); !errors.Is(err, fs.ErrNotExist) {
				t.Errorf("what is not there: %v", err)
			}
			if err := dest.Remove(ctx, "log/none"); err != nil {
				t.Errorf("removing what is not there: %v", err)
			}
			h := build(t, dest)
			for i := range 5 {
				h.keep(fmt.Sprint("bukti + dukung ", i))
				h.write(300)
				h.ship()
				m.drop() // the connection is lost between two of them
			}
			h.must(h.AllFiles(ctx))
			if p := h.same(replica.Trust{}); len(p.Missing) > 0 || p.Segments != 5 {
				t.Errorf("%+v", p)
			}
			all, err := dest.List(ctx, "files/")
			if err != nil || len(all) != 5 || all[0].Size != 16 || all[0].At == 0 || !slices.IsSortedFunc(all, func(a, b replica.Object) int { return strings.Compare(a.Name, b.Name) }) {
				t.Errorf("%v %v", all, err)
			}
			var got string
			sum := sha256.Sum256([]byte("bukti + dukung 3"))
			hash := hex.EncodeToString(sum[:])
			err = replica.Copies{Dest: dest}.Fetch(ctx, hash, func(r io.Reader, _ string) error { b, err := io.ReadAll(r); got = string(b); return err })
			if err != nil || got != "bukti + dukung 3" {
				t.Errorf("one file: %q %v", got, err)
			}
		})
	}
}

func TestAStrangeMachineIsRefused(t *testing.T) {
	t.Parallel()
	m, other := serve(t), serve(t)
	for name, s := range map[string]replica.SFTP{
		"another host key": {Address: m.address, HostKey: other.host, PrivateKey: m.private},
		"another user key": {Address: m.address, HostKey: m.host, PrivateKey: other.private},
	} {
		d, err := replica.OpenSFTP(s)
		if err != nil {
			t.Fatal(err)
		}
		if err := replica.Probe(context.Background(), d); err == nil {
			t.Errorf("%s was taken", name)
		}
	}
	if _, err := replica.OpenSFTP(replica.SFTP{Address: m.address, PrivateKey: m.private}); err == nil {
		t.Error("no host key was taken")
	}
}

func TestARefusalIsNoMissingFile(t *testing.T) {
	t.Parallel()
	d, b := s3(t)
	b.away = true
	if _, err := d.Get(context.Background(), "x"); err == nil || errors.Is(err, fs.ErrNotExist) || !strings.Contains(err.Error(), "AccessDenied") {
		t.Errorf("%v", err)
	}
	if _, err := replica.OpenFolder(filepath.Join(t.TempDir(), "not", "mounted")); !os.IsNotExist(err) {
		t.Errorf("a folder that is not there: %v", err)
	}
}
