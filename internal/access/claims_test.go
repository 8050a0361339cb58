package access

import (
	"encoding/json"
	"testing"
	"time"
)

// TestWhatAProviderSaysOfItsQuestions in the forms that providers use; what is no word counts for nothing and refuses nobody.
func TestWhatAProviderSaysOfItsQuestions(t *testing.T) {
	t.Parallel()
	for said, want := range map[string]bool{
		`{"amr":["pwd","mfa"]}`: true, `{"amr":"mfa"}`: true, `{"acr":"gold"}`: true, `{"acr":["gold"]}`: true,
		`{"amr":["pwd"]}`: false, `{"acr":"silver"}`: false, `{"amr":[],"acr":""}`: false, `{}`: false,
		`{"amr":7,"acr":{"x":1}}`: false, `{"amr":[1,"mfa"]}`: false, `{"amr":null}`: false, `{"amr":["MFA"]}`: false,
	} {
		var c claims
		if err := json.Unmarshal([]byte(said), &c); err != nil {
			t.Errorf("%s: %v", said, err)
		}
		f := c.factors([]string{"mfa", "gold"}, time.UnixMilli(7))
		if f.second() != want || f[byProvider] != 7 {
			t.Errorf("%s: %v, want a second factor %v", said, f, want)
		}
	}
}
