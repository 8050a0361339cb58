package replica

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"path"
	"slices"
	"strings"
	"sync"
	"time"

	"github.com/pkg/sftp"
	"golang.org/x/crypto/ssh"
)

// SFTP names a folder on another machine. HostKey is the line of its public key, as ssh-keyscan prints it; a machine with
// another key is refused. PrivateKey is the key of this house in the form of OpenSSH.
type SFTP struct {
	Address, User, Root string
	HostKey             string
	PrivateKey          []byte
}

// sftpDest connects when it is needed and again after a connection was lost.
type sftpDest struct {
	SFTP
	config *ssh.ClientConfig
	mu     sync.Mutex
	line   *ssh.Client
	client *sftp.Client
}

// OpenSFTP gives a folder on another machine as the other place. It does not connect yet.
func OpenSFTP(s SFTP) (Dest, error) {
	signer, err := ssh.ParsePrivateKey(s.PrivateKey)
	if err != nil {
		return nil, fmt.Errorf("the private key for the copy: %w", err)
	}
	host, err := parseHostKey(s.HostKey)
	if err != nil {
		return nil, err
	}
	if _, _, err := net.SplitHostPort(s.Address); err != nil {
		s.Address = net.JoinHostPort(s.Address, "22")
	}
	return &sftpDest{SFTP: s, config: &ssh.ClientConfig{User: s.User, Auth: []ssh.AuthMethod{ssh.PublicKeys(signer)},
		HostKeyCallback: ssh.FixedHostKey(host), HostKeyAlgorithms: algorithms(host), Timeout: 20 * time.Second}}, nil
}

// algorithms asks the machine for the kind of key that is known; RSA keys sign in newer ways than their name says.
func algorithms(k ssh.PublicKey) []string {
	if k.Type() == ssh.KeyAlgoRSA {
		return []string{ssh.KeyAlgoRSASHA512, ssh.KeyAlgoRSASHA256}
	}
	return []string{k.Type()}
}

// parseHostKey reads "ssh-ed25519 AAAA..." with or without the name of the machine before it.
func parseHostKey(text string) (ssh.PublicKey, error) {
	fields := strings.Fields(text)
	if len(fields) > 2 {
		fields = fields[1:3]
	}
	k, _, _, _, err := ssh.ParseAuthorizedKey([]byte(strings.Join(fields, " ")))
	if err != nil {
		return nil, fmt.Errorf("the host key of the copy is a line as ssh-keyscan prints it: %w", err)
	}
	return k, nil
}

func (d *sftpDest) connect(ctx context.Context) (c *sftp.Client, old bool, err error) {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.client != nil {
		return d.client, true, nil
	}
	c, err = d.dial(ctx)
	return c, false, err
}

func (d *sftpDest) dial(ctx context.Context) (*sftp.Client, error) {
	conn, err := (&net.Dialer{Timeout: d.config.Timeout}).DialContext(ctx, "tcp", d.Address)
	if err != nil {
		return nil, err
	}
	c, channels, requests, err := ssh.NewClientConn(conn, d.Address, d.config)
	if err != nil {
		return nil, errors.Join(err, conn.Close())
	}
	line := ssh.NewClient(c, channels, requests)
	client, err := sftp.NewClient(line)
	if err != nil {
		return nil, errors.Join(err, line.Close())
	}
	d.line, d.client = line, client
	return client, nil
}

// with runs f on a connection and drops the connection when it failed for another reason than a missing file; a connection
// that was opened earlier may have been lost since, so f runs once more on a new one.
func (d *sftpDest) with(ctx context.Context, f func(c *sftp.Client) error) error {
	stop := context.AfterFunc(ctx, func() { _ = d.Close() }) // the only way to end a request that hangs
	defer stop()
	for {
		c, old, err := d.connect(ctx)
		if err != nil {
			return err
		}
		if err = f(c); err == nil || errors.Is(err, fs.ErrNotExist) {
			return err
		}
		_ = d.Close() // of no more use
		if !old || ctx.Err() != nil {
			return err
		}
	}
}

func (d *sftpDest) Put(ctx context.Context, name string, body io.ReadSeeker, _ int64) error {
	return d.with(ctx, func(c *sftp.Client) (err error) {
		if _, err := body.Seek(0, io.SeekStart); err != nil {
			return err
		}
		to := path.Join(d.Root, name)
		if err := c.MkdirAll(path.Dir(to)); err != nil {
			return err
		}
		part := path.Join(path.Dir(to), ".part-"+path.Base(to))
		f, err := c.Create(part)
		if err != nil {
			return err
		}
		_, err = f.ReadFrom(body)
		if failed := f.Sync(); failed != nil && !unknown(failed) {
			err = errors.Join(err, failed)
		}
		if err = errors.Join(err, f.Close()); err != nil {
			return err
		}
		return c.PosixRename(part, to)
	})
}

// unknown reports a server that knows no fsync: it keeps what it has by its own rules.
func unknown(err error) bool {
	var status *sftp.StatusError
	return errors.As(err, &status) && status.Code == 8 // SSH_FX_OP_UNSUPPORTED
}

func (d *sftpDest) Get(ctx context.Context, name string) (r io.ReadCloser, err error) {
	err = d.with(ctx, func(c *sftp.Client) error {
		r, err = c.Open(path.Join(d.Root, name))
		return err
	})
	return r, err
}

func (d *sftpDest) List(ctx context.Context, prefix string) (out []Object, err error) {
	err = d.with(ctx, func(c *sftp.Client) error {
		out = nil
		for w := c.Walk(path.Join(d.Root, prefix)); w.Step(); {
			if err := w.Err(); errors.Is(err, fs.ErrNotExist) {
				continue
			} else if err != nil {
				return err
			}
			if w.Stat().IsDir() || strings.HasPrefix(path.Base(w.Path()), ".part-") {
				continue
			}
			name := strings.TrimPrefix(strings.TrimPrefix(w.Path(), path.Clean(d.Root)), "/")
			out = append(out, Object{Name: name, Size: w.Stat().Size(), At: w.Stat().ModTime().UnixMilli()})
		}
		return nil
	})
	slices.SortFunc(out, func(a, b Object) int { return strings.Compare(a.Name, b.Name) })
	return out, err
}

func (d *sftpDest) Remove(ctx context.Context, name string) error {
	err := d.with(ctx, func(c *sftp.Client) error { return c.Remove(path.Join(d.Root, name)) })
	if errors.Is(err, fs.ErrNotExist) {
		return nil
	}
	return err
}

func (d *sftpDest) Close() error {
	d.mu.Lock()
	defer d.mu.Unlock()
	if d.client == nil {
		return nil
	}
	err := errors.Join(d.client.Close(), d.line.Close())
	d.client, d.line = nil, nil
	if errors.Is(err, net.ErrClosed) || errors.Is(err, io.EOF) {
		return nil
	}
	return err
}
