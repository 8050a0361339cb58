package innovation

import (
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/pendapa/pendapa/internal/errs"
	"github.com/pendapa/pendapa/internal/platform/i18n"
	"github.com/pendapa/pendapa/internal/tenant"
)

func (r *lineReader) title() {
	i := &r.ready.Record
	i.Title = strings.Join(strings.Fields(r.cell("title")), " ")
	switch n := utf8.RuneCountInString(i.Title); {
	case n == 0:
		r.wrong("title", errs.M("innovation.import.wrong.title"), Fix{Skip: true})
	case n < 3 || n > 200:
		r.wrong("title", errs.M("innovation.error.title"))
	}
}

// agency finds the agency by code, name or short name, or suggests the nearest; nobody imports for an agency they do not
// write for.
func (r *lineReader) agency() {
	if _, ok := r.at["agency"]; !ok {
		r.ready.Record.Agency = r.plan.Agency
		return
	}
	text := r.cell("agency")
	key := titleKey(text)
	if text == "" {
		r.wrong("agency", errs.M("innovation.import.wrong.agency_empty"), r.ownAgency()...)
		return
	}
	at := slices.Index(r.names, key)
	if at < 0 {
		var fixes []Fix
		if n := r.near["agency"].find(text); n >= 0 {
			fixes = append(fixes, Fix{Text: r.agencies[r.owners[n]].Name})
		}
		r.wrong("agency", errs.M("innovation.import.wrong.agency", "Text", text), fixes...)
		return
	}
	a := r.agencies[r.owners[at]]
	if !r.actor.Can(Desk, "") && !r.actor.Can(Write, a.ID) {
		r.wrong("agency", errs.M("innovation.import.wrong.other_agency", "Agency", a.Name), Fix{Skip: true})
		return
	}
	r.ready.Record.Agency = a.ID
}

func (r *lineReader) ownAgency() []Fix {
	if r.plan.Agency == "" {
		return nil
	}
	return []Fix{{Text: r.agencyName(r.plan.Agency)}}
}

func (e *importEnv) agencyBy(id string) tenant.Agency {
	if n := slices.IndexFunc(e.agencies, func(a tenant.Agency) bool { return a.ID == id }); n >= 0 {
		return e.agencies[n]
	}
	return tenant.Agency{ID: id, Name: id}
}

func (e *importEnv) agencyName(id string) string { return e.agencyBy(id).Name }

func (e *importEnv) shortName(id string) string {
	a := e.agencyBy(id)
	if a.Short != "" {
		return a.Short
	}
	return a.Name
}

const mostOwn = 4000 // bytes of the four fields of an idea

// long reads a text. Line breaks are lost in tables; the words stay.
func (r *lineReader) long(f Field, text string) {
	i := &r.ready.Record
	if h, ok := strings.CutPrefix(f.Key, "design_"); ok {
		if i.Profile.Design == nil {
			i.Profile.Design = map[string]string{}
		}
		i.Profile.Design[h] = text
		return
	}
	if slices.Contains([]string{"problem", "sufferer", "idea"}, f.Key) && len(text) > mostOwn {
		r.wrong(f.Key, errs.M("innovation.error.long", "Most", mostOwn))
		return
	}
	if to := i.text(f.Key); to != nil {
		*to = text
	}
}

// word finds the value that a cell names, or says which ones there are.
func (r *lineReader) word(f Field, text string) (string, bool) {
	v, ok := r.words[f.Key][titleKey(text)]
	if ok {
		return v, true
	}
	var all []string
	for _, c := range f.Choices {
		all = append(all, r.said[choiceKey(f.Key, c)])
	}
	var fixes []Fix
	if n := r.near[f.Key].find(text); n >= 0 {
		fixes = append(fixes, Fix{Text: all[n]})
	}
	r.wrong(f.Key, errs.M("innovation.import.wrong.choice", "Text", text, "All", strings.Join(all, ", ")), fixes...)
	return "", false
}

func (r *lineReader) choice(f Field, text string) string {
	v, _ := r.word(f, text)
	return v
}

// several cuts a list at semicolons, or at commas when it has none.
func several(text string) []string {
	sign := ";"
	if !strings.Contains(text, ";") {
		sign = ","
	}
	var out []string
	for part := range strings.SplitSeq(text, sign) {
		if part = strings.TrimSpace(part); part != "" {
			out = append(out, part)
		}
	}
	return out
}

func (r *lineReader) choices(f Field, text string) {
	var out []string
	for _, part := range several(text) {
		v, ok := r.word(f, part)
		if !ok {
			return
		}
		out = append(out, v)
	}
	if f.Key == "sdgs" {
		r.ready.Record.Profile.SDGs = out
		return
	}
	r.ready.Record.Profile.Criteria = out
}

// affair finds a government affair by code or name.
func (r *lineReader) affair(field, text string, alone bool) string {
	if code, ok := r.affairs[titleKey(text)]; ok {
		return code
	}
	var fixes []Fix
	if n := r.near["affair"].find(text); n >= 0 && alone {
		fixes = append(fixes, Fix{Text: r.affairs[r.affairOf[n]]})
	}
	r.wrong(field, errs.M("innovation.import.wrong.affair", "Text", text), fixes...)
	return ""
}

func (r *lineReader) affairList(f Field, text string) {
	parts := several(text)
	if code, ok := r.affairs[titleKey(text)]; ok { // the name of an affair may hold a comma
		r.ready.Record.Profile.Touching = []string{code}
		return
	}
	for _, part := range parts {
		code := r.affair(f.Key, part, len(parts) == 1)
		if code == "" {
			return
		}
		r.ready.Record.Profile.Touching = append(r.ready.Record.Profile.Touching, code)
	}
}

// design reads the design text in one cell: cut at its five headings when it names them, else kept whole under the method.
func (r *lineReader) design(text string) {
	p := &r.ready.Record.Profile
	if p.Design == nil {
		p.Design = map[string]string{}
	}
	parts := cutDesign(text)
	if len(parts) == 0 {
		parts = map[string]string{"method": text}
		r.note("design", errs.M("innovation.import.note.design", "Words", len(strings.Fields(text))))
	}
	for h, part := range parts {
		if p.Design[h] == "" {
			p.Design[h] = part
		}
	}
}

// designMarks are the headings as texts carry them.
func designMarks() map[string][]string {
	return map[string][]string{"law": {"dasar hukum:"}, "problem": {"permasalahan:", "masalah makro dan mikro:", "permasalahan makro dan mikro:"}, "issue": {"isu strategis:"},
		"method": {"metode pembaharuan:", "metode pembaruan:"}, "novelty": {"keunggulan dan kebaharuan:", "keunggulan/kebaharuan:", "keunggulan dan kebaruan:", "kebaharuan:"}}
}

// cutDesign cuts a text at the headings it names; nil when it names less than two.
func cutDesign(text string) map[string]string {
	type cut struct {
		heading  string
		from, to int
	}
	var cuts []cut
	lower := strings.ToLower(text)
	if len(lower) != len(text) { // letters that change their length would move the places
		return nil
	}
	for h, all := range designMarks() {
		for _, mark := range all {
			if at := strings.Index(lower, mark); at >= 0 {
				cuts = append(cuts, cut{h, at, at + len(mark)})
				break
			}
		}
	}
	if len(cuts) < 2 {
		return nil
	}
	slices.SortFunc(cuts, func(a, b cut) int { return a.from - b.from })
	out := map[string]string{}
	for n, c := range cuts {
		end := len(text)
		if n+1 < len(cuts) {
			end = cuts[n+1].from
		}
		if c.to <= end {
			out[c.heading] = strings.TrimSpace(text[c.to:end])
		}
	}
	return out
}

func (r *lineReader) coordinate(text string) {
	lat, long, swapped, ok := readCoordinate(text)
	switch {
	case !ok:
		r.wrong("coordinate", errs.M("innovation.import.wrong.coordinate"))
	case swapped:
		r.wrong("coordinate", errs.M("innovation.import.wrong.swapped"), Fix{Text: lat + ", " + long})
	default:
		r.ready.Record.Profile.Latitude, r.ready.Record.Profile.Longitude = lat, long
	}
}

func (r *lineReader) measure(text string) {
	m, err := ParseMeasure(text)
	if _, fields := errs.MsgOf(err); err != nil {
		r.wrong("measure", fields["number"])
		return
	}
	r.ready.Record.Measure = m
}

// amount reads a whole number, says how an unclear one was read, and offers one for what is none.
func (r *lineReader) amount(field string, column int, text string) (int64, bool) {
	v, ok := whole(text)
	if !ok {
		var fixes []Fix
		if guess, can := guessWhole(text); can {
			fixes = append(fixes, Fix{Text: strconv.FormatInt(guess, 10)})
		}
		r.found(true, field, column, errs.M("innovation.import.wrong.whole", "Text", text), fixes)
		return 0, false
	}
	if singleGroup.MatchString(strings.TrimSpace(text)) {
		r.found(false, field, column, errs.M("innovation.import.note.number", "Value", i18n.Int(r.actor.Lang, v)), nil)
	}
	return v, true
}

func (r *lineReader) budget(column int, c Column, text string) {
	years := map[int]int64{}
	if c.Year != 0 {
		v, ok := r.amount("budget", column, text)
		if !ok {
			return
		}
		years[c.Year] = v
	} else {
		var ok bool
		if years, ok = readBudget(text); !ok {
			var fixes []Fix
			if guess, can := guessWhole(text); can {
				fixes = append(fixes, Fix{Text: writeBudget(r.thisYear(), guess)}, Fix{Text: writeBudget(r.thisYear()-1, guess)})
			}
			r.found(true, "budget", column, errs.M("innovation.import.wrong.budget", "Text", text), fixes)
			return
		}
	}
	for year, amount := range years {
		if year < 2000 || year > r.thisYear()+2 {
			r.found(true, "budget", column, errs.M("innovation.error.year"), nil)
			continue
		}
		r.ready.Budgets = append(r.ready.Budgets, Budget{Year: year, Amount: amount})
	}
}
