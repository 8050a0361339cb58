// Entry grid: Enter and arrow keys move between value cells; a number is said back as it was understood.
// The words come from the nearest data-read ("Dibaca {n} {unit}") and data-wrong.
import { fill, language, on } from "./dom.js";

// parse reads a number written the Indonesian way; null when empty, NaN when it is none.
export function parse(text) {
  let s = text.trim().replace(/\s|Rp|%/g, "").replace("−", "-");
  if (!s) return null;
  if (/^-?\d{1,3}(\.\d{3})+(,\d+)?$/.test(s)) s = s.replace(/\./g, "");
  s = s.replace(",", ".");
  return /^-?\d+(\.\d+)?$/.test(s) ? Number(s) : NaN;
}

on("keydown", "[data-grid] input.n", (event, el) => {
  const step = { Enter: 1, ArrowDown: 1, ArrowUp: -1 }[event.key];
  if (!step || event.ctrlKey || event.metaKey) return;
  event.preventDefault();
  const all = [...el.closest("[data-grid]").querySelectorAll("input.n:not([disabled])")];
  const next = all[all.indexOf(el) + step];
  if (next) { next.focus(); next.select(); }
});

on("change", "[data-echo]", (event, el) => {
  const out = document.getElementById(el.dataset.echo);
  const n = parse(el.value);
  const words = (name) => el.closest(`[data-${name}]`)?.dataset[name];
  el.classList.toggle("is-invalid", Number.isNaN(n));
  if (Number.isNaN(n)) el.setAttribute("aria-invalid", "true");
  else el.removeAttribute("aria-invalid");
  if (!out) return;
  const said = { n: n?.toLocaleString(language(), { maximumFractionDigits: 9 }), unit: el.dataset.unit || "" };
  out.textContent = n === null ? "" : Number.isNaN(n) ? words("wrong") || "" : fill(words("read") || "= {n} {unit}", said).trim();
});
