// [data-keys]: an assessor marks without the mouse. 0-4 choose in the current .score, j or n and k or p turn the page
// (a[rel=next], a[rel=prev]), ? opens dialog[data-keys-help]. [data-keys-switch] (a checkbox) turns them off: WCAG 2.1.4.
import { kept, on, ready, typing } from "./dom.js";

const off = () => kept.get("keys") === "off";
let last = null; // the .score used last

on("focusin", ".score", (event, score) => { last = score; });

function current() {
  if (last?.isConnected && last.closest("[data-keys]")) return last;
  return document.querySelector("[data-keys] .score[data-current]") || document.querySelector("[data-keys] .score:has(input:enabled)");
}

function mark(value) {
  const radio = current()?.querySelector(`input[type=radio][value="${value}"]:enabled`);
  radio?.focus();
  radio?.click();
  return radio;
}

const turn = (rel) => { const link = document.querySelector(`a[rel~=${rel}]`); link?.click(); return link; };

document.addEventListener("keydown", (event) => {
  if (event.ctrlKey || event.metaKey || event.altKey || event.isComposing || event.defaultPrevented) return;
  if (!document.querySelector("[data-keys]") || off() || typing(event.target) || document.querySelector("dialog[open]")) return;
  const key = event.key.toLowerCase();
  let done = null;
  if (/^[0-4]$/.test(key)) done = mark(key);
  else if (key === "j" || key === "n") done = turn("next");
  else if (key === "k" || key === "p") done = turn("prev");
  else if (key === "?") { done = document.querySelector("dialog[data-keys-help]"); done?.showModal(); }
  if (done) event.preventDefault();
});

ready("[data-keys-switch]", (box) => { box.checked = !off(); });
on("change", "[data-keys-switch]", (event, box) => kept.set("keys", box.checked ? "on" : "off"));

// [data-either]: a choice and a typed value answer the same question; the later one stays.
on("change", "[data-either] input[type=radio]", (event, radio) => {
  radio.closest("[data-either]").querySelectorAll("input:not([type=radio])").forEach((el) => { el.value = ""; });
});
on("input", "[data-either] input:not([type=radio])", (event, el) => {
  if (el.value.trim()) el.closest("[data-either]").querySelectorAll("input[type=radio]:checked").forEach((radio) => { radio.checked = false; });
});
