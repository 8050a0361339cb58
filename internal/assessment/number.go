package assessment

import (
	"math/big"

	"github.com/pendapa/pendapa/internal/instrument"
)

// Number is an exact value as pages show it. Rounding happens here and nowhere else.
type Number struct{ r *big.Rat }

func num(r *big.Rat) Number { return Number{r} }

// Known reports whether there is a value.
func (n Number) Known() bool { return n.r != nil }

// D2 gives two digits after the point, for headings.
func (n Number) D2() string { return instrument.Decimal(n.r, 2) }

// D3 gives three digits after the point, for tables.
func (n Number) D3() string { return instrument.Decimal(n.r, 3) }

// D4 gives four digits after the point, for differences.
func (n Number) D4() string { return instrument.Decimal(n.r, 4) }

// Short drops zeros at the end: 3, 2.75.
func (n Number) Short() string {
	return instrument.Plain(n.r, 3)
}

// Full gives every digit, or twelve of them when the decimal never ends.
func (n Number) Full() string {
	if n.r == nil {
		return ""
	}
	return exact(n.r)
}

// Fraction gives the value as a fraction when its decimal never ends, else "".
func (n Number) Fraction() string {
	if n.r == nil {
		return ""
	}
	if _, finite := n.r.FloatPrec(); finite {
		return ""
	}
	return n.r.RatString()
}

// Negative reports a value below zero.
func (n Number) Negative() bool { return n.r != nil && n.r.Sign() < 0 }

// Positive reports a value above zero.
func (n Number) Positive() bool { return n.r != nil && n.r.Sign() > 0 }

// Signed gives two digits with a sign, for changes.
func (n Number) Signed() string { return sign(n, n.D2()) }

// Signed3 gives three digits with a sign.
func (n Number) Signed3() string { return sign(n, n.D3()) }

func sign(n Number, text string) string {
	if n.Positive() {
		return "+" + text
	}
	return text
}

// Boxes gives the four boxes of a mark from 0 to 4: "on", "half" or "".
func (n Number) Boxes() []string {
	out := make([]string, 4)
	if n.r == nil {
		return out
	}
	for i := range out {
		left := new(big.Rat).Sub(n.r, big.NewRat(int64(i), 1))
		switch {
		case left.Cmp(big.NewRat(3, 4)) >= 0:
			out[i] = "on"
		case left.Cmp(big.NewRat(1, 4)) >= 0:
			out[i] = "half"
		}
	}
	return out
}

// float is for drawing only.
func (n Number) float() float64 {
	if n.r == nil {
		return 0
	}
	f, _ := n.r.Float64()
	return f
}
