package app

import (
	"fmt"
	"net/http/httptest"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
)

// overlaps names boxes of codes and ornaments of roofs that lie on text which is not theirs. An ornament is drawn before an
// element, so its place is computed from its style.
const overlaps = `(() => {
	const boxes = [];
	for (const e of document.querySelectorAll("main .roofed")) {
		const s = getComputedStyle(e, "::before"), r = e.getBoundingClientRect();
		if (s.content !== "none") boxes.push({e: null, name: "roof of " + e.tagName, x: r.left, y: r.top - parseFloat(s.height) - 3,
			right: r.left + parseFloat(s.width), bottom: r.top - 3});
	}
	for (const e of document.querySelectorAll("main code, main pre")) for (const r of e.getClientRects())
		boxes.push({e, name: "code " + e.textContent.trim().slice(0, 12), x: r.left, y: r.top, right: r.right, bottom: r.bottom});
	const found = [], walk = document.createTreeWalker(document.querySelector("main"), NodeFilter.SHOW_TEXT);
	for (let n = walk.nextNode(); n; n = walk.nextNode()) {
		if (!n.textContent.trim() || n.parentElement.closest(".sr, template, script, option")) continue;
		const range = document.createRange();
		range.selectNodeContents(n);
		for (const r of range.getClientRects()) for (const b of boxes) {
			if (b.e && (b.e.contains(n) || n.contains(b.e))) continue;
			const wide = Math.min(b.right, r.right) - Math.max(b.x, r.left), high = Math.min(b.bottom, r.bottom) - Math.max(b.y, r.top);
			if (wide > 2 && high > 3) found.push(b.name + " lies on: " + n.textContent.trim().slice(0, 40));
		}
	}
	return [...new Set(found)].join("\n");
})()`

// TestNothingLiesOnText measures pages with codes and roofs on a narrow phone and a wide screen.
func TestNothingLiesOnText(t *testing.T) {
	t.Parallel()
	a := sampleHouse(t)
	server := httptest.NewServer(a.Handler())
	t.Cleanup(server.Close)
	chrome, v := browser(t), hostOperator(t, a)
	for _, width := range []int64{360, 1280} {
		b := open(t, chrome, server, v, width, "light", true)
		measure := func(name string) {
			if text := value(b, chromedp.Evaluate[string](overlaps)); text != "" {
				t.Errorf("%s at %d:\n%s", name, width, text)
			}
		}
		for _, path := range []string{"/akun", "/masuk/kode?ke=/akun", "/induk", "/audit", "/kesehatan", "/cadangan", "/kait", "/opd", "/pengguna",
			"/pekerjaan", "/evaluasi", fmt.Sprintf("/hasil/%s", sampleRoundID(time.Now().Year()-1)), "/bukti/bukti-A2/ubah", "/papan", "/bukti", "/inovasi", "/wilayah", "/publik"} {
			if status := b.visit(path); status != 200 && status != 403 {
				t.Fatalf("%s: %d", path, status)
			}
			measure(path)
		}
		b = open(t, chrome, server, signIn(t, a, "Inspektur", "id"), width, "light", true)
		b.visit("/akun")
		b.load(chromedp.Evaluate[chromedp.Void](`document.querySelector("form[action^='/akun/kode-cadangan']").submit()`))
		if b.text("main code") == "" {
			t.Fatal("no codes")
		}
		measure("the recovery codes")
	}
}
