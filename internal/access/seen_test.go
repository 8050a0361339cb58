package access_test

import (
	"bytes"
	"context"
	"log/slog"
	"strings"
	"testing"
	"time"

	"github.com/pendapa/pendapa/internal/platform/db"
	"github.com/pendapa/pendapa/internal/storetest"
	"github.com/pendapa/pendapa/internal/tenant"
)

// TestAStoreThatTakesNoLastUseEndsNoRequest: sessions and tokens go on, and the log is told once until it works again.
func TestAStoreThatTakesNoLastUseEndsNoRequest(t *testing.T) {
	t.Parallel()
	h := open(t, storetest.SQLite(t))
	var said bytes.Buffer
	h.Log = slog.New(slog.NewTextHandler(&said, nil))
	ctx := h.begin(t)
	h.person(t, ctx, "op@jember.example", tenant.RoleOperator, "dinas")
	a, secret := h.enter(t, "op@jember.example")
	token := h.token(t, a)
	change := func(sql string) {
		t.Helper()
		err := h.d.Tx(context.Background(), func(tx *db.Tx) error { _, err := tx.Exec(sql); return err })
		if err != nil {
			t.Fatal(err)
		}
	}
	use := func() {
		t.Helper()
		for range 3 {
			h.clock.at = h.clock.at.Add(2 * time.Minute)
			if by := h.actor(t, secret); by.UserID != a.UserID || !by.SignedIn() {
				t.Errorf("a session: %+v", by)
			}
			if by, err := h.program(token); err != nil || by.UserID != a.UserID {
				t.Errorf("a token: %+v %v", by, err)
			}
		}
	}
	for _, table := range []string{"access_session", "access_token"} {
		change(`CREATE TRIGGER no_` + table + ` BEFORE UPDATE ON ` + table + ` BEGIN SELECT RAISE(ABORT, 'the disk is full'); END`)
	}
	use()
	if n := strings.Count(said.String(), "last use of sessions"); n != 1 || !strings.Contains(said.String(), "disk is full") {
		t.Errorf("the log was told %d times: %s", n, &said)
	}
	for _, table := range []string{"access_session", "access_token"} {
		change(`DROP TRIGGER no_` + table)
	}
	use()
	change(`CREATE TRIGGER again BEFORE UPDATE ON access_session BEGIN SELECT RAISE(ABORT, 'full again'); END`)
	h.clock.at = h.clock.at.Add(2 * time.Minute)
	if h.actor(t, secret); strings.Count(said.String(), "last use of sessions") != 2 {
		t.Errorf("a new failure is not told: %s", &said)
	}
}
