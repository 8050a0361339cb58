package score

import (
	"math/big"
	"strconv"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/instrument"
	"github.com/pendapa/pendapa/internal/platform/i18n"
)

// trim writes an exact number without needless zeros: 3, 2.75.
func trim(v *big.Rat) string {
	return instrument.Plain(v, 6)
}

// whole gives a number of points, days or things as a rational.
func whole[N int | int8 | int64](n N) *big.Rat { return big.NewRat(int64(n), 1) }

// plain is a decimal inside a message. It is written the way of whoever reads the message.
type plain string

func plainInt(n int64) plain { return plain(strconv.FormatInt(n, 10)) }

// why translates a message whose values may be plain decimals or wording of the instrument.
func (s *Service) why(lang string, m errs.Msg) string {
	if m.Key == "" {
		return ""
	}
	out := errs.Msg{Key: m.Key, Args: map[string]any{}}
	for name, v := range m.Args {
		switch v := v.(type) {
		case plain:
			out.Args[name] = i18n.Number(lang, string(v))
		case instrument.Text:
			out.Args[name] = v.In(lang)
		default:
			out.Args[name] = v
		}
	}
	return s.Text(lang, out)
}

// shownNumber writes an exact number with that many digits in the language of the page; "–" for nil.
func shownNumber(lang string, v *big.Rat, digits int) string {
	if v == nil {
		return "–"
	}
	return i18n.Number(lang, instrument.Decimal(v, digits))
}

// signed writes a change with its sign.
func signed(lang string, v *big.Rat, digits int) string {
	text := shownNumber(lang, v, digits)
	if v != nil && v.Sign() > 0 {
		return "+" + text
	}
	return text
}

// share gives a part of a whole in percent, for bars; 0 when there is no whole.
func share(part, of *big.Rat) float64 {
	if part == nil || of == nil || of.Sign() <= 0 {
		return 0
	}
	f, _ := new(big.Rat).Quo(new(big.Rat).Mul(part, whole(100)), of).Float64()
	return f
}

// Shown is a number of the pack's scale for people: "–" while nothing is filled.
func Shown(points int8) string {
	if points == instrument.Unfilled {
		return "–"
	}
	return trim(whole(points))
}
