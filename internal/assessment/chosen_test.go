package assessment

import "testing"

func TestTheLastChoiceCounts(t *testing.T) {
	t.Parallel()
	for _, c := range []struct{ whole, fraction, stored, want string }{
		{"3", "", "", "3"}, {"", "2,5", "", "2,5"}, {"3", "2,5", "2.5", "3"}, {"3", "2,75", "2.5", "2,75"}, {"3", "2.5", "3", "2.5"}, {"", "2.5", "2.5", "2.5"}, {"", "", "2", ""},
	} {
		if got := chosen(c.whole, c.fraction, c.stored); got != c.want {
			t.Errorf("chosen(%q, %q, %q) = %q, want %q", c.whole, c.fraction, c.stored, got, c.want)
		}
	}
}
