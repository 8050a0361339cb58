package i18n

import (
	"fmt"
	"strconv"
	"strings"
)

// filled writes values where a text names them as {{.Name}}; false when the text asks for more than that. Nearly every text is
// one of these and a page writes hundreds, so they do without a template.
func filled(text string, args map[string]any) (string, bool) {
	before, rest, found := strings.Cut(text, "{{")
	if !found {
		return text, true
	}
	var out strings.Builder
	for found {
		out.WriteString(before)
		name, after, closed := strings.Cut(rest, "}}")
		if name, named := strings.CutPrefix(name, "."); !named || !closed || !isName(name) {
			return "", false
		} else if v, known := args[name]; known && v != nil {
			out.WriteString(written(v))
		} else {
			out.WriteString("<no value>")
		}
		before, rest, found = strings.Cut(after, "{{")
	}
	out.WriteString(before)
	return out.String(), true
}

func isName(text string) bool {
	for _, c := range text {
		if (c < 'a' || c > 'z') && (c < 'A' || c > 'Z') && (c < '0' || c > '9') && c != '_' {
			return false
		}
	}
	return text != ""
}

// written writes a value as a template would.
func written(v any) string {
	switch v := v.(type) {
	case string:
		return v
	case int:
		return strconv.Itoa(v)
	case int64:
		return strconv.FormatInt(v, 10)
	}
	return fmt.Sprint(v)
}
