// Helpers shared by the other files.

// language is the language of the page, used for numbers and times.
export const language = () => (document.documentElement.lang === "en" ? "en-GB" : "id-ID");

// on listens on the whole document, so that parts swapped in later are heard too.
export function on(type, selector, handler, options) {
  document.addEventListener(type, (event) => {
    const el = event.target instanceof Element && event.target.closest(selector);
    if (el) handler(event, el);
  }, options);
}

// ready runs a function for every match, now and after a part of the page is replaced.
export function ready(selector, handler) {
  const seen = new WeakSet();
  const scan = () => document.querySelectorAll(selector).forEach((el) => {
    if (!seen.has(el)) { seen.add(el); handler(el); }
  });
  if (document.readyState === "loading") document.addEventListener("DOMContentLoaded", scan);
  else scan();
  document.addEventListener("htmx:after:swap", scan);
}

// typing tells whether a key pressed here belongs to a text.
export function typing(el) {
  if (!(el instanceof Element)) return false;
  if (el.closest("textarea,select,[contenteditable]:not([contenteditable=false])")) return true;
  return el.matches("input:not([type=radio],[type=checkbox],[type=button],[type=submit],[type=reset],[type=file])");
}

// fill replaces {name} in a text that the page brought along.
export const fill = (text, values) => (text || "").replace(/\{(\w+)\}/g, (all, name) => values[name] ?? all);

// kept reads and writes small settings of this browser; storage may be blocked.
export const kept = {
  get(name) { try { return localStorage.getItem(name); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(name, value); } catch { /* keep for this page only */ } },
};
