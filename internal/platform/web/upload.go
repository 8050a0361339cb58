package web

import (
	"errors"
	"io"
	"net/http"

	"github.com/pendapa/pendapa/internal/errs"
)

// Upload reads the file of the field "file" whole; most bounds the request in bytes. missing is the key of what is said beside
// the field when no file was chosen. A request above most is an error of the house, which says how much is taken.
func Upload(w http.ResponseWriter, r *http.Request, most int64, missing string) (data []byte, name string, err error) {
	r.Body = http.MaxBytesReader(w, r.Body, most)
	file, head, err := r.FormFile("file")
	switch {
	case err == nil:
	case bodyFailed(err), errors.Is(err, io.ErrUnexpectedEOF):
		return nil, "", BodyError(err)
	default:
		return nil, "", errs.InvalidFields(map[string]errs.Msg{"file": errs.M(missing)})
	}
	defer file.Close()
	data, err = io.ReadAll(file)
	return data, head.Filename, err
}
