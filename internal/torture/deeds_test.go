package torture

import (
	"bytes"
	"crypto/sha256"
	"encoding/base64"
	"encoding/hex"
	"encoding/json"
	"math"
	"mime/multipart"
	"net/http"
	"net/url"
	"strconv"
	"strings"
)

// idea proposes an innovation: a program with its key, or a browser with the form of the page.
func (p *person) idea(base string, program bool) *deed {
	text := "Usulan " + p.unique()
	fields := map[string]string{"problem": "Antrean terlalu panjang", "sufferer": "Warga", "idea": text,
		"number": "60 -> 10 menit", "origin": "agency"}
	d := &deed{by: p.browser, blind: true, sent: func(l *ledger) { l.idea(text, false) },
		acked: func(l *ledger) { l.idea(text, true) }}
	if program {
		body, _ := json.Marshal(fields) // a map of texts
		d.letter = letter{method: http.MethodPost, path: "/api/v1/innovations", kind: "application/json", key: text, body: body}
		return d
	}
	const page = "/inovasi/ajukan"
	to, _ := p.form(base, page, "form[action^='"+page+"']")
	if to == "" {
		return nil
	}
	d.letter = posted(to, page, fields)
	return d
}

// posted is a form as a browser sends it from a page.
func posted(to, page string, fields map[string]string) letter {
	v := url.Values{}
	for name, value := range fields {
		v.Set(name, value)
	}
	return letter{method: http.MethodPost, path: to, from: page, kind: urlEncoded, body: []byte(v.Encode())}
}

// proof uploads one to three files, of 1 KB to 2 MB each, small ones more often.
func (p *person) proof(base string, program bool) *deed {
	page, d := "/bukti/unggah", &deed{by: p.browser}
	to := "/api/v1/evidence"
	if !program {
		if to, _ = p.form(base, page, "form[action^='/bukti?']"); to == "" {
			return nil
		}
	}
	var body bytes.Buffer
	w, sums := multipart.NewWriter(&body), map[string]string{}
	for range 1 + luck.IntN(3)*luck.IntN(2) {
		title := "Berkas " + p.unique()
		content, ext := p.trial.file(title)
		part, err := w.CreateFormFile("files", title+ext)
		if err == nil {
			_, err = part.Write(content)
		}
		if err != nil {
			return nil
		}
		sum := sha256.Sum256(content)
		sums[title] = hex.EncodeToString(sum[:])
	}
	_ = w.Close() // into memory
	d.letter = letter{method: http.MethodPost, path: to, from: page, kind: w.FormDataContentType(), body: body.Bytes()}
	if program {
		d.letter.key, d.letter.from = p.unique(), ""
	}
	d.sent = func(l *ledger) { l.proof(sums, false) }
	d.acked = func(l *ledger) { l.proof(sums, true) }
	return d
}

// file makes a text of a random size; every tenth is a PDF, which the house reads in the background.
func (tr *trial) file(title string) (content []byte, ext string) {
	size := int(1024 * math.Exp2(float64(luck.IntN(1100))/100)) // 1 KB to 2 MB
	text := base64.StdEncoding.AppendEncode([]byte(title+"\n"), luck.bytes(size*3/4))
	if luck.IntN(10) > 0 {
		return text, ".txt"
	}
	return []byte("%PDF-1.4\n%" + string(text) + "\n1 0 obj<</Type/Catalog/Pages 2 0 R>>endobj\n" +
		"2 0 obj<</Type/Pages/Count 0/Kids[]>>endobj\ntrailer<</Root 1 0 R>>\n%%EOF\n"), ".pdf"
}

// office answers the questions of its agency, hands answers in, and gets them back from its head.
type office struct {
	codes []string
	head  *person
}

func (o *office) next(p *person, base string) *deed {
	code := o.codes[luck.IntN(len(o.codes))]
	page, was := "/evaluasi/"+code, p.trial.ledger.stands(code)
	who, selector, do := p, "form[data-autosave]", "save"
	if was.State == "submitted" {
		who, selector = o.head, "form[action*='/kembalikan?']"
	} else if luck.IntN(3) == 0 {
		do = "submit"
	}
	to, fields := who.form(base, page, selector)
	if to == "" {
		return nil
	}
	if rev := strconv.FormatInt(was.Rev, 10); fields["rev"] != rev {
		p.trial.ledger.fault("answer %s stands at %s, acknowledged was %s", code, fields["rev"], rev)
		return nil
	}
	becomes := standing{was.Rev + 1, was.Answer, "returned"}
	if who == p {
		becomes = p.answers(was, do, fields)
	} else {
		fields["reason"] = "Sebut nomor dokumen " + p.unique()
	}
	return &deed{by: who.browser, letter: posted(to, page, fields),
		sent:  func(l *ledger) { l.may(code, becomes) },
		acked: func(l *ledger) { l.must(code, becomes) }}
}

// answers fills the form of a question. Handing in saves what is typed first, and both count as a change.
func (p *person) answers(was standing, do string, fields map[string]string) standing {
	text := "Jawaban " + p.unique() + " " + strings.Repeat("lengkap dengan bukti ", luck.IntN(100))
	is := standing{was.Rev + 1, strings.TrimSpace(text), was.State}
	if was.State == "empty" {
		is.State = "draft"
	}
	if do == "submit" {
		is.Rev, is.State = was.Rev+2, "submitted"
	}
	fields["answer"], fields["do"] = text, do
	return is
}
