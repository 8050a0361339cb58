package innovation

import (
	"math/big"
	"regexp"
	"strconv"
	"strings"

	"github.com/pendapa/pendapa/internal/instrument"
)

var (
	figureInText = regexp.MustCompile(`\d[\d.,]*`)
	yearAmount   = regexp.MustCompile(`\b(20\d{2})\b\s*[:=]\s*(?:[Rr]p\.?\s*)?([\d.,]+)`)
	pairOfReals  = regexp.MustCompile(`^([-−+]?\d{1,3}(?:[.,]\d+)?)\s*[;,/ ]\s*([-−+]?\d{1,3}(?:[.,]\d+)?)$`)
	singleGroup  = regexp.MustCompile(`^\d{1,3}[.,]\d{3}$`)
)

// blank reports whether a cell says that there is nothing.
func blank(text string) bool {
	switch strings.ToLower(strings.TrimSpace(text)) {
	case "", "-", "–", "—", "n/a", "na", "nihil", "tidak ada", "none":
		return true
	}
	return false
}

// guessWhole offers a whole number for a cell that is none by itself: "± 1.250 orang", "Rp 150 juta", "1,5 M",
// "1.500.000,-". Nothing is taken for granted: the person accepts it.
func guessWhole(text string) (int64, bool) {
	s := strings.ToLower(strings.TrimSpace(text))
	found := figureInText.FindString(s)
	if found == "" || strings.Count(s, found) == 0 {
		return 0, false
	}
	at := strings.Index(s, found)
	number, rest := strings.TrimRight(found, ".,"), strings.Trim(s[at+len(found):], " .,-")
	factor := factorOf(rest)
	v, err := instrument.Figure(number, factor.Cmp(big.NewRat(1, 1)) > 0)
	if err != nil {
		return 0, false
	}
	if factor.Cmp(big.NewRat(1, 1)) == 0 && !v.IsInt() {
		if !singleGroup.MatchString(number) {
			return 0, false
		}
		v, _ = new(big.Rat).SetString(strings.NewReplacer(".", "", ",", "").Replace(number))
	}
	v = v.Mul(v, factor)
	if !v.IsInt() || v.Sign() < 0 || v.Num().BitLen() > 53 {
		return 0, false
	}
	return v.Num().Int64(), true
}

func factorOf(rest string) *big.Rat {
	word, _, _ := strings.Cut(rest, " ")
	switch strings.Trim(word, ".,-") {
	case "ribu", "rb", "k":
		return big.NewRat(1_000, 1)
	case "juta", "jt", "million":
		return big.NewRat(1_000_000, 1)
	case "miliar", "milyar", "m", "mlyr", "billion":
		return big.NewRat(1_000_000_000, 1)
	case "triliun", "trilyun", "t":
		return big.NewRat(1_000_000_000_000, 1)
	}
	return big.NewRat(1, 1)
}

// readCoordinate reads latitude and longitude in one cell. swapped is set when only the other order exists on earth, as
// everywhere in Indonesia.
func readCoordinate(text string) (lat, long string, swapped, ok bool) {
	m := pairOfReals.FindStringSubmatch(strings.Join(strings.Fields(text), " "))
	if m == nil {
		m = pairOfReals.FindStringSubmatch(strings.ReplaceAll(strings.Join(strings.Fields(text), " "), ", ", ";"))
	}
	if m == nil {
		return "", "", false, false
	}
	lat, long = tidyReal(m[1]), tidyReal(m[2])
	if !within(lat, 90) && within(lat, 180) && within(long, 90) {
		return long, lat, true, true
	}
	return lat, long, false, within(lat, 90) && within(long, 180)
}

func tidyReal(text string) string {
	return strings.NewReplacer(",", ".", "−", "-", "+", "").Replace(text)
}

// readBudget reads "2024: 50.000.000; 2025: 75.000.000".
func readBudget(text string) (map[int]int64, bool) {
	out := map[int]int64{}
	left := yearAmount.ReplaceAllStringFunc(text, func(part string) string {
		m := yearAmount.FindStringSubmatch(part)
		v, ok := whole(strings.TrimRight(m[2], ".,"))
		if year := atoi(m[1]); ok && out[year] == 0 {
			out[year] = v
			return ""
		}
		return part
	})
	return out, len(out) > 0 && strings.Trim(left, " ;,.-\n") == ""
}

// writeBudget is the other way round.
func writeBudget(year int, amount int64) string {
	return strconv.Itoa(year) + ": " + strconv.FormatInt(amount, 10)
}
