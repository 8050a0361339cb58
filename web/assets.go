package web

import (
	"bytes"
	"compress/gzip"
	"crypto/sha256"
	"encoding/hex"
	"fmt"
	"io/fs"
	"net/http"
	"path"
	"strconv"
	"strings"
	"sync"
)

// Prefix is the path under which Assets must be mounted: mux.Handle("GET "+Prefix, assets).
const Prefix = "/a/"

// required are the files without which pages are bare; Built looks for them.
var required = [...]string{"app.css", "app.js", "ikon.svg", "logo.svg"}

// Assets serves the bundled files. It is safe for concurrent use.
type Assets struct {
	files map[string]*file
}

type file struct {
	hash   string
	kind   string
	body   []byte
	packed func() []byte // gzip, made once when first asked for; nil when packing does not help
}

// New reads all files of a folder without subfolders. Names beginning with a dot are left out.
func New(from fs.FS) (*Assets, error) {
	entries, err := fs.ReadDir(from, ".")
	if err != nil {
		return nil, fmt.Errorf("read assets: %w", err)
	}
	a := &Assets{files: make(map[string]*file, len(entries))}
	for _, e := range entries {
		if e.IsDir() || strings.HasPrefix(e.Name(), ".") {
			continue
		}
		body, err := fs.ReadFile(from, e.Name())
		if err != nil {
			return nil, fmt.Errorf("read asset %s: %w", e.Name(), err)
		}
		sum := sha256.Sum256(body)
		a.files[e.Name()] = &file{
			hash:   hex.EncodeToString(sum[:])[:12],
			kind:   contentType(e.Name()),
			body:   body,
			packed: sync.OnceValue(func() []byte { return pack(body) }),
		}
	}
	return a, nil
}

// Built reports whether the bundle is there. A program built without it works, but its pages have no style.
func (a *Assets) Built() bool {
	for _, name := range required {
		if a.files[name] == nil {
			return false
		}
	}
	return true
}

// Path gives the address of a file, for example "/a/3f2a…/app.css". A file that is not there gets an address that
// answers 404, so that templates need no case for it.
func (a *Assets) Path(name string) string {
	f := a.files[name]
	if f == nil {
		return Prefix + "0/" + name
	}
	return Prefix + f.hash + "/" + name
}

// Icon gives the address of one symbol of the sprite for <use href>: "cari" and "i-cari" mean the line icon,
// "m-good" a status shape.
func (a *Assets) Icon(name string) string {
	if !strings.HasPrefix(name, "i-") && !strings.HasPrefix(name, "m-") {
		name = "i-" + name
	}
	return a.Path("ikon.svg") + "#" + name
}

// ServeHTTP answers Prefix + hash + "/" + name. An address with the hash of another version gets the present file
// without the right to keep it: a page from before an upgrade still looks right.
func (a *Assets) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodGet && r.Method != http.MethodHead {
		w.Header().Set("Allow", "GET, HEAD")
		http.Error(w, http.StatusText(http.StatusMethodNotAllowed), http.StatusMethodNotAllowed)
		return
	}
	hash, name, _ := strings.Cut(strings.TrimPrefix(r.URL.Path, Prefix), "/")
	f := a.files[name]
	h := w.Header()
	h.Set("X-Content-Type-Options", "nosniff")
	if f == nil {
		h.Set("Cache-Control", "no-store")
		http.Error(w, http.StatusText(http.StatusNotFound), http.StatusNotFound)
		return
	}
	h.Set("Cache-Control", "no-cache")
	if hash == f.hash {
		h.Set("Cache-Control", "public, max-age=31536000, immutable")
	}
	f.serve(w, r)
}

func (f *file) serve(w http.ResponseWriter, r *http.Request) {
	h := w.Header()
	body, tag := f.body, `"`+f.hash+`"`
	h.Set("Content-Type", f.kind)
	h.Set("Vary", "Accept-Encoding")
	if strings.HasPrefix(f.kind, "image/svg") {
		// The logo holds its own two colours in a style element; nothing else may run or load when it is opened alone.
		h.Set("Content-Security-Policy", "default-src 'none'; style-src 'unsafe-inline'; sandbox")
	}
	if acceptsGzip(r.Header.Values("Accept-Encoding")) {
		if packed := f.packed(); packed != nil {
			body, tag = packed, `"`+f.hash+`-gz"`
			h.Set("Content-Encoding", "gzip")
		}
	}
	h.Set("ETag", tag)
	if strings.Contains(r.Header.Get("If-None-Match"), f.hash) {
		h.Del("Content-Encoding")
		w.WriteHeader(http.StatusNotModified)
		return
	}
	h.Set("Content-Length", strconv.Itoa(len(body)))
	if r.Method == http.MethodHead {
		return
	}
	_, _ = w.Write(body) // the reader has gone when this fails
}

// contentType does not ask the operating system, whose tables differ.
func contentType(name string) string {
	switch path.Ext(name) {
	case ".css":
		return "text/css; charset=utf-8"
	case ".js":
		return "text/javascript; charset=utf-8"
	case ".svg":
		return "image/svg+xml; charset=utf-8"
	case ".txt":
		return "text/plain; charset=utf-8"
	}
	return "application/octet-stream"
}

// acceptsGzip reads Accept-Encoding: RFC 9110, 12.5.3. Gzip counts unless it is absent or has a weight of zero.
func acceptsGzip(values []string) bool {
	for _, part := range strings.Split(strings.Join(values, ","), ",") {
		coding, weight, _ := strings.Cut(part, ";")
		coding = strings.ToLower(strings.TrimSpace(coding))
		if coding != "gzip" && coding != "x-gzip" {
			continue
		}
		q, given := strings.CutPrefix(strings.ReplaceAll(strings.ToLower(weight), " ", ""), "q=")
		n, err := strconv.ParseFloat(q, 64)
		return !given || (err == nil && n > 0)
	}
	return false
}

// pack gives the gzip form, or nil when it is not smaller.
func pack(body []byte) []byte {
	var out bytes.Buffer
	w, err := gzip.NewWriterLevel(&out, gzip.BestCompression)
	if err != nil {
		return nil
	}
	if _, err := w.Write(body); err != nil || w.Close() != nil || out.Len() >= len(body) {
		return nil
	}
	return out.Bytes()
}
