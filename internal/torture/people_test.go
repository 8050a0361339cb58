package torture

import (
	"bytes"
	"fmt"
	"net/http"
	"strings"
	"time"

	"github.com/PuerkitoBio/goquery"
)

// deed is one change that somebody wants done: it is sent until it is acknowledged, always the same.
type deed struct {
	by     *browser
	blind  bool // nothing but its mark tells whether it was done
	letter letter
	sent   func(l *ledger) // it may be in the house from now on
	acked  func(l *ledger) // it must be
}

// person does one deed after the other. What was not answered when the server was killed is sent again afterwards.
type person struct {
	*browser
	as      string // what this person writes is known by
	trial   *trial
	n       int
	next    func(p *person, base string) *deed // nil when nobody answered
	pending *deed
}

func (p *person) unique() string { p.n++; return fmt.Sprintf("%s-%d", p.as, p.n) }

// live does deeds until nobody answers.
func (p *person) live(base string, over func() bool) {
	for !over() {
		if p.pending == nil {
			if p.pending = p.next(p, base); p.pending == nil {
				return
			}
			p.pending.sent(p.trial.ledger)
		} else if p.trial.forgets && p.pending.blind {
			p.pending.letter.forget(p.unique())
		}
		if !p.deliver(base, over) {
			return
		}
	}
}

// forget makes a letter that is sent again look like another one, for the trial that must see work done twice.
func (l *letter) forget(other string) {
	if l.key != "" {
		l.key += other
	}
	path, _, marked := strings.Cut(l.path, "?sekali=")
	if marked {
		l.path = path + "?sekali=" + other
	}
}

// deliver sends what is pending until it is acknowledged.
func (p *person) deliver(base string, over func() bool) bool {
	for {
		a := p.pending.by.send(base, p.pending.letter)
		switch a.means(p.pending.letter) {
		case done:
			p.pending.acked(p.trial.ledger)
			p.pending = nil
			return true
		case nobody:
			return false
		case wrong:
			p.trial.ledger.fault("%s: %s %s was answered %d %s %s %.300s", p.as, p.pending.letter.method,
				p.pending.letter.path, a.status, a.code, a.place, plain(a.body))
			p.pending = nil
			return false
		}
		if over() {
			return false
		}
		time.Sleep(20 * time.Millisecond)
	}
}

// plain is what a page says without its tags.
func plain(page []byte) string {
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(page))
	if err != nil || doc.Find("main").Length() == 0 {
		return string(page)
	}
	return strings.Join(strings.Fields(doc.Find("main").Text()), " ")
}

// form reads a page and gives where its form is sent and what its hidden fields say; "" when nobody answered.
func (p *person) form(base, page, selector string) (to string, fields map[string]string) {
	a := p.get(base, page)
	if a.gone || a.status == http.StatusServiceUnavailable {
		return "", nil
	}
	doc, err := goquery.NewDocumentFromReader(bytes.NewReader(a.body))
	if err != nil {
		return "", nil
	}
	f := doc.Find(selector).First()
	to, _ = f.Attr("action")
	if a.status != http.StatusOK || !strings.Contains(to, "?sekali=") {
		p.trial.ledger.fault("%s: %s was answered %d %s without the form %s: %.300s", p.as, page, a.status, a.place,
			selector, plain(a.body))
		return "", nil
	}
	fields = map[string]string{}
	f.Find("input[type=hidden]").Each(func(_ int, in *goquery.Selection) {
		fields[in.AttrOr("name", "")] = in.AttrOr("value", "")
	})
	if mark := f.Find("input[name=mark]"); mark.AttrOr("type", "") == "radio" {
		fields["mark"] = mark.First().AttrOr("value", "")
	} else if mark.Length() > 0 {
		fields["mark"] = "1"
	}
	return to, fields
}
