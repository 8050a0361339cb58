package evaluation

import (
	"database/sql"
	"math/big"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
)

// trimDecimal writes a mark without needless zeros: 3, 2.75.
func trimDecimal(v *big.Rat) string {
	return instrument.Plain(v, 6)
}

func scanInt(r *sql.Rows) (n int64, err error) { return n, r.Scan(&n) }

// whole gives the mark rounded down, for the four squares.
func whole(text string) int {
	if text == "" {
		return 0
	}
	return int(text[0] - '0')
}

// number reads a whole number from a form; 0 when it is none.
func number(text string) int64 {
	n, err := strconv.ParseInt(strings.TrimSpace(text), 10, 64)
	if err != nil {
		return 0
	}
	return n
}
