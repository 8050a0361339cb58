package instrument

import (
	"fmt"
	"math/big"
	"regexp"
	"strings"
)

var decimalForm = regexp.MustCompile(`^-?[0-9]{1,12}(\.[0-9]{1,12})?$`)

// decimal reads a plain decimal number exactly; nil when it is none.
func decimal(s string) *big.Rat {
	if !decimalForm.MatchString(s) {
		return nil
	}
	r, _ := new(big.Rat).SetString(s)
	return r
}

// ParseMark reads a mark written with a decimal point or comma and checks it against the scale of the pack.
func (p *Pack) ParseMark(text string) (*big.Rat, error) {
	v := decimal(strings.Replace(strings.TrimSpace(text), ",", ".", 1))
	if v == nil {
		return nil, fmt.Errorf("%q is not a number; write for example 2.75", text)
	}
	if v.Cmp(p.min) < 0 || v.Cmp(p.max) > 0 {
		return nil, fmt.Errorf("mark %s is outside the scale %s to %s", text, p.Scale.Min, p.Scale.Max)
	}
	return v, nil
}

// Decimal writes r with exactly that many digits after the point, halves away from zero. "" for nil.
func Decimal(r *big.Rat, digits int) string {
	if r == nil {
		return ""
	}
	return r.FloatString(digits)
}
