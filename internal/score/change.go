package score

import (
	"strconv"
	"strings"
)

// String writes a change the way the address of a simulation holds it: "ENTRY:ITEM:POINTS".
func (c Change) String() string { return c.Entry + ":" + c.Item + ":" + strconv.Itoa(int(c.Points)) }

// ParseChange reads "ENTRY:ITEM:POINTS"; the entry is empty for an item of the regency.
func (b *Board) ParseChange(text string) (Change, bool) {
	rest, level, ok := cutLast(text)
	if !ok {
		return Change{}, false
	}
	points, err := strconv.Atoi(level)
	entry, item, ok := cutLast(rest)
	if err != nil || !ok || points < 0 || points > levels {
		return Change{}, false
	}
	c := Change{Entry: entry, Item: b.Pack.Canonical(item), Points: int8(points)}
	_, ok = b.item(c.Entry, c.Item)
	return c, ok
}

// cutLast cuts at the last colon.
func cutLast(text string) (before, after string, ok bool) {
	at := strings.LastIndexByte(text, ':')
	if at < 0 {
		return text, "", false
	}
	return text[:at], text[at+1:], true
}
