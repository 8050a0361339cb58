package web_test

import (
	"errors"
	"io"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/admit"
	"github.com/pendapa/pendapa/internal/platform/web"
)

type broken struct{ err error }

func (b broken) Read([]byte) (int, error) { return 0, b.err }

// TestAnUploadSaysWhatIsWrongWithItsBody: too slow and too large are not "no file was chosen".
func TestAnUploadSaysWhatIsWrongWithItsBody(t *testing.T) {
	t.Parallel()
	const head = "--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"a.csv\"\r\n\r\nisi"
	upload := func(body io.Reader) error {
		r := httptest.NewRequest("POST", "/x", body)
		r.Header.Set("Content-Type", "multipart/form-data; boundary=x")
		_, _, err := web.Upload(httptest.NewRecorder(), r, 1<<10, "x.missing")
		return err
	}
	if err := upload(io.MultiReader(strings.NewReader(head), broken{admit.ErrSlow})); !errors.Is(err, admit.ErrSlow) {
		t.Errorf("too slow: %v", err)
	}
	var large *http.MaxBytesError
	if err := upload(strings.NewReader(head + strings.Repeat("x", 2<<10))); !errors.As(err, &large) {
		t.Errorf("too large: %v", err)
	}
	if err := upload(strings.NewReader("--x--")); errs.KindOf(err) != errs.Invalid {
		t.Errorf("no file: %v", err)
	}
	for name, body := range map[string]string{"in a file": head, "before a file": "--x\r\n"} {
		err := upload(io.MultiReader(strings.NewReader(body), broken{io.ErrUnexpectedEOF}))
		if key, _ := errs.KeyOf(err); key != "web.error.cut" {
			t.Errorf("cut off %s: %q", name, key)
		}
	}
	if err := upload(strings.NewReader(head + "\r\n--x--")); err != nil {
		t.Errorf("a whole one: %v", err)
	}
}
