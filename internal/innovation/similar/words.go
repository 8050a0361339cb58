package similar

import (
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"

	"golang.org/x/text/unicode/norm"
)

// longest is how many letters of a word count; what is longer is no word.
const longest = 40

// Part is a piece of a text: a word that was found, or what stands between.
type Part struct {
	Text  string
	Found bool
}

// Terms gives the words of a text in their order, as the index keeps them: small letters and digits without accents, an
// apostrophe inside a word left out (Jum'at is jumat).
func Terms(text string) []string {
	var words []string
	for _, p := range pieces(text) {
		if p.word != "" {
			words = append(words, p.word)
		}
	}
	return words
}

// Mark cuts a text at the words of a hit, so that a page can set them off; the parts one after the other are the text.
func Mark(text string, words []string) []Part {
	var parts []Part
	for _, p := range pieces(text) {
		found := p.word != "" && slices.Contains(words, p.word)
		if last := len(parts) - 1; last >= 0 && !found && !parts[last].Found {
			parts[last].Text += p.text
			continue
		}
		parts = append(parts, Part{p.text, found})
	}
	return parts
}

// piece is a stretch of text and the word in it; there is none in what stands between words.
type piece struct{ text, word string }

// pieces cuts a text where words begin and end.
func pieces(text string) []piece {
	var all []piece
	start, inside := 0, false
	for at, r := range text {
		if now := letter(r) || inside && joins(text[at:]); now != inside {
			all, start, inside = appendPiece(all, text[start:at], inside), at, now
		}
	}
	return appendPiece(all, text[start:], inside)
}

func appendPiece(all []piece, text string, word bool) []piece {
	switch {
	case text == "":
		return all
	case word:
		return append(all, piece{text, folded(text)})
	}
	return append(all, piece{text, ""})
}

func letter(r rune) bool {
	return r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r) || unicode.Is(unicode.Mn, r))
}

// joins tells whether an apostrophe stands here that has a letter behind it.
func joins(text string) bool {
	first, width := utf8.DecodeRuneInString(text)
	next, _ := utf8.DecodeRuneInString(text[width:])
	return (first == '\'' || first == '\u2019') && letter(next)
}

// folded is the word as it is compared: the accents gone, small letters.
func folded(word string) string {
	if small := strings.ToLower(word); len(small) <= longest && plain(small) {
		return small
	}
	var b strings.Builder
	kept := 0
	for _, r := range norm.NFKD.String(word) {
		if kept == longest {
			break
		}
		if r != utf8.RuneError && (unicode.IsLetter(r) || unicode.IsDigit(r)) {
			b.WriteRune(unicode.ToLower(r))
			kept++
		}
	}
	return b.String()
}
