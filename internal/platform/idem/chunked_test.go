package idem

import (
	"io"
	"net/http/httptest"
	"strings"
	"testing"
	"testing/iotest"

	"github.com/pendapa/pendapa/internal/errs"
)

// A body that does not say its length is compared like any other.
func TestABodyWithoutItsLengthIsCompared(t *testing.T) {
	t.Parallel()
	of := func(body string) string {
		r := httptest.NewRequest("POST", "/api/v1/innovations", strings.NewReader(body))
		r.ContentLength = -1
		got, err := fingerprint(httptest.NewRecorder(), r)
		if err != nil {
			t.Fatal(err)
		}
		return got
	}
	if of(`{"title":"a"}`) == of(`{"title":"b"}`) {
		t.Error("two bodies sent in pieces are taken for one")
	}
	if of(`{"title":"a"}`) != of(`{"title":"a"}`) {
		t.Error("the same body sent twice in pieces is taken for two")
	}
	r := httptest.NewRequest("POST", "/", strings.NewReader(strings.Repeat("x", mostBody+1)))
	r.ContentLength = -1
	if _, err := fingerprint(httptest.NewRecorder(), r); err == nil {
		t.Error("a long body without its length is taken unseen")
	}
}

// TestABodyThatIsCutOffIsNoFaultOfTheHouse: a program whose line broke is told so, and nothing is logged as a failure.
func TestABodyThatIsCutOffIsNoFaultOfTheHouse(t *testing.T) {
	t.Parallel()
	r := httptest.NewRequest("POST", "/", io.MultiReader(strings.NewReader("x"), iotest.ErrReader(io.ErrUnexpectedEOF)))
	if _, err := fingerprint(httptest.NewRecorder(), r); errs.KindOf(err) != errs.Invalid {
		t.Errorf("%v", err)
	}
}
