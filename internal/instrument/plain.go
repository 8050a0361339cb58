package instrument

import (
	"fmt"

	"github.com/goccy/go-yaml/lexer"
	"github.com/goccy/go-yaml/token"
)

const (
	mostOpen   = 500 // brackets that stand open: far below what keeps a reader busy, far above sentences with "[3,0 sampai 4,0)"
	mostDashes = 16  // lists that begin on one line
)

// plainYAML refuses what could unfold a small file into a huge one or keep its reader busy: anchors, aliases, and brackets
// nested deep. It looks at the marks of the language, so an ampersand in a sentence is text.
func plainYAML(data []byte) error {
	if err := shallow(data); err != nil {
		return err
	}
	for _, t := range lexer.Tokenize(string(data)) {
		if t.Type == token.AnchorType || t.Type == token.AliasType {
			return fmt.Errorf("line %d: anchors and aliases are not used in instrument files", t.Position.Line)
		}
	}
	return nil
}

// shallow counts brackets, and dashes at the beginning of a line, without caring whether they stand in a text: so many in a
// file of sentences would be a mistake as well. It takes one look at each byte.
func shallow(data []byte) error {
	open, dashes, begin, line := 0, 0, true, 1
	for _, c := range data {
		switch {
		case c == '[' || c == '{':
			open++
		case c == ']' || c == '}':
			open = max(0, open-1)
		case c == '-' && begin:
			dashes++
		case c == '\n':
			begin, dashes, line = true, 0, line+1
		}
		begin = begin && (c == '-' || c == ' ' || c == '\n')
		if open > mostOpen || dashes > mostDashes {
			return fmt.Errorf("line %d: brackets or lists stand too deep in each other", line)
		}
	}
	return nil
}
