package access_test

import (
	"strings"
	"testing"

	"github.com/pendapa/pendapa/internal/access"
)

func TestPasswordsThatAreGuessedFirstAreRefused(t *testing.T) {
	t.Parallel()
	about := []string{"Admin Diskominfo", "admin@jember.example", "Kabupaten Jember", "Jawa Timur"}
	for _, weak := range []string{"password1234", "Password1234!", "P@ssw0rd1234", "qwertyuiop12", "123456789012", "aaaaaaaaaaaaaaa", "jember2026jember", "KabupatenJember2026!",
		"admin@jember.example", "diskominfojember1", "passwordpassword", "Bismillah123456", "indonesia1945", "letmein12345", "iloveyou2020!", "adminadmin2026", "qwerty123456789",
		"pendek", strings.Repeat("kuda baterai ", 12)} {
		if access.Points(weak, about...) == nil {
			t.Errorf("%q was taken", weak)
		}
	}
	for _, good := range []string{"kuda baterai staples benar", "rumah joglo di lereng argopuro", "correct horse battery staple", "X7kQ2vRm9pLz", "hujan turun di atap seng tua", "74209 61835 kopi"} {
		if err := access.Points(good, about...); err != nil {
			t.Errorf("%q was refused: %v", good, err)
		}
	}
}
