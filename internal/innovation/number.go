package innovation

import (
	"math/big"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
)

// plain writes a number without needless zeros: 3, 2.75.
func plain(v *big.Rat) string {
	return instrument.Plain(v, 6)
}

// within reports whether a text is a number between -most and most.
func within(text string, most float64) bool {
	v, err := strconv.ParseFloat(text, 64)
	return err == nil && v >= -most && v <= most
}

// wordsIn counts the words of a text.
func wordsIn(text string) int { return len(strings.Fields(text)) }

// comma writes a plain decimal with a comma before its fraction.
func comma(text string) string { return strings.Replace(text, ".", ",", 1) }

// joined puts two words together with one space; either may be empty.
func joined(a, b string) string { return strings.TrimSpace(a + " " + b) }
