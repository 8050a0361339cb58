package score

import (
	"math/big"
	"strings"
)

// trim writes an exact number without needless zeros: 3, 2.75.
func trim(v *big.Rat) string {
	if v == nil {
		return ""
	}
	text := v.FloatString(6)
	return strings.TrimRight(strings.TrimRight(text, "0"), ".")
}

// rat reads a plain decimal; nil when it is none.
func rat(text string) *big.Rat {
	if text == "" {
		return nil
	}
	r, ok := new(big.Rat).SetString(text)
	if !ok {
		return nil
	}
	return r
}
