package access

import (
	"context"
	"strings"
	"sync"
	"unicode"
	"unicode/utf8"

	"github.com/trustelem/zxcvbn/frequency"

	"github.com/pendapa/pendapa/internal/errs"
)

// enough is how many points a password needs: a letter that belongs to no known piece counts one, a word of the
// list of common passwords three, a word about the person or the house, a year, a row of keys or a repeated sign
// one, and the same piece again nothing.
const enough = 9

// houseWords are tried first by whoever knows where the house stands (ASVS 5.0, 6.1.2).
const houseWords = "pendapa indonesia kabupaten kota provinsi pemerintah pemkab pemkot pemda daerah dinas badan diskominfo kominfo " +
	"bappeda brida admin administrator operator koordinator kepala bupati walikota sekda opd asn pns evaluasi inovasi " +
	"bismillah rahasia katasandi sandi merdeka pancasila garuda nusantara selamat datang masuk"

// keyRows are rows of keys, forward and backward.
const keyRows = "1234567890 0987654321 qwertyuiop poiuytrewq asdfghjkl lkjhgfdsa zxcvbnm mnbvcxz abcdefghijklmnopqrstuvwxyz"

// common is the list of passwords that people really use, made once when the first password is chosen.
func common() map[string]bool { return commonOnce() }

var commonOnce = sync.OnceValue(func() map[string]bool { //nolint:gochecknoglobals // thirty thousand words, once
	list := frequency.FrequencyLists["passwords"]
	out := make(map[string]bool, len(list))
	for _, word := range list {
		if len(word) >= 4 {
			out[word] = true
		}
	}
	return out
})

// checkPassword asks for length and for something that is not guessed first (ASVS 5.0, 6.2.1, 6.2.4, 6.2.11): no
// rules about kinds of signs. about holds what everybody knows of the person: name, e-mail, regency, agency.
func checkPassword(password string, about ...string) error {
	n := utf8.RuneCountInString(password)
	switch {
	case n < shortest || n > longest || !utf8.ValidString(password):
		return errs.InvalidFields(map[string]errs.Msg{"password": errs.M("access.error.password_length", "Shortest", shortest, "Longest", longest)})
	case points(password, about) < enough:
		return errs.InvalidFields(map[string]errs.Msg{"password": errs.M("access.error.password_easy")})
	}
	return nil
}

// aboutOf gathers what is known of a person in a regency.
func (s *Service) aboutOf(ctx context.Context, regency int64, u User) []string {
	b, err := s.Brand(ctx, regency)
	if err != nil || regency == 0 {
		return []string{u.Name, u.Email}
	}
	return []string{u.Name, u.Email, b.Name}
}

// points weighs a password as it stands and with figures read as letters, and takes the worse.
func points(password string, about []string) int {
	plain := strings.ToLower(password)
	read := strings.NewReplacer("0", "o", "1", "i", "3", "e", "4", "a", "5", "s", "7", "t", "@", "a", "$", "s", "!", "i").Replace(plain)
	known := map[string]bool{}
	for _, text := range append(about, houseWords) {
		for _, w := range strings.FieldsFunc(strings.ToLower(text), func(r rune) bool { return !unicode.IsLetter(r) && !unicode.IsDigit(r) }) {
			if len(w) >= 3 {
				known[w] = true
			}
		}
	}
	return min(weigh([]rune(plain), known), weigh([]rune(read), known))
}

func weigh(text []rune, known map[string]bool) int {
	sum, used := 0, map[string]bool{}
	for i := 0; i < len(text); {
		n, worth := piece(text[i:], known)
		if word := string(text[i : i+n]); !used[word] || n == 1 {
			used[word] = true
			sum += worth
		}
		i += n
	}
	return sum
}

// piece finds the longest known piece at the beginning of a text and what it is worth.
func piece(text []rune, known map[string]bool) (n, worth int) {
	if !unicode.IsLetter(text[0]) && !unicode.IsDigit(text[0]) {
		return 1, 0
	}
	if n = repeated(text); n >= 3 {
		return n, 1
	}
	for n = min(len(text), 24); n >= 3; n-- {
		word := string(text[:n])
		switch {
		case known[word], strings.Contains(keyRows, word) && !strings.Contains(word, " "), n == 4 && year(word):
			return n, 1
		case common()[word]:
			return n, 3
		}
	}
	return 1, 1
}

func repeated(text []rune) int {
	n := 1
	for n < len(text) && text[n] == text[0] {
		n++
	}
	return n
}

func year(word string) bool {
	return (strings.HasPrefix(word, "19") || strings.HasPrefix(word, "20")) && strings.Trim(word, "0123456789") == ""
}
