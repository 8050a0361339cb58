package replica

import (
	"errors"
	"fmt"
	"net/url"
	"os"
	"path/filepath"
	"strings"
)

// Address says where a copy lies and how it is reached: a folder (/mnt/copy), another machine (sftp://user@host:22/folder)
// or a bucket (s3://bucket/prefix).
type Address struct {
	URL string

	Endpoint, Region string // of an S3 server
	Key, Secret      string // of an account there

	KeyFile string // private key for SFTP, as ssh-keygen makes it
	HostKey string // public key of the machine, a line as ssh-keyscan prints it
}

// Check says what is wrong with the address without reaching out, nil when it can be used or is empty.
func (a Address) Check() error {
	u, err := a.parse()
	if err != nil || u == nil {
		return err
	}
	switch u.Scheme {
	case "":
		if !filepath.IsAbs(a.URL) {
			return errors.New("write the whole path of the folder, from / on")
		}
	case "sftp":
		if u.Host == "" || u.User.Username() == "" || u.Path == "" {
			return errors.New("write sftp://user@host/folder")
		}
		if a.KeyFile == "" || a.HostKey == "" {
			return errors.New("sftp also needs copy_key_file and copy_host_key")
		}
	case "s3":
		if u.Host == "" {
			return errors.New("write s3://bucket/prefix")
		}
		if a.Key == "" || a.Secret == "" || a.Endpoint == "" {
			return errors.New("s3 also needs copy_endpoint, copy_key and copy_secret")
		}
	default:
		return errors.New("begin with /, sftp:// or s3://")
	}
	return nil
}

func (a Address) parse() (*url.URL, error) {
	if a.URL == "" {
		return nil, nil
	}
	if filepath.IsAbs(a.URL) {
		return &url.URL{}, nil
	}
	return url.Parse(a.URL)
}

// Open gives the other place. It does not reach out yet, so a house starts also while the place is away.
func (a Address) Open() (Dest, error) {
	if err := a.Check(); err != nil {
		return nil, fmt.Errorf("copy: %w", err)
	}
	u, err := a.parse()
	if err != nil {
		return nil, err
	}
	switch u.Scheme {
	case "sftp":
		private, err := os.ReadFile(a.KeyFile)
		if err != nil {
			return nil, err
		}
		return OpenSFTP(SFTP{Address: u.Host, User: u.User.Username(), Root: u.Path, HostKey: a.HostKey, PrivateKey: private})
	case "s3":
		return OpenS3(S3{Endpoint: a.Endpoint, Region: a.Region, Bucket: u.Host, Prefix: strings.Trim(u.Path, "/"), Key: a.Key, Secret: a.Secret}), nil
	}
	return folder{a.URL}, nil
}
