// Copy, print, submit on change, messages that leave, and the sign that the network is gone.
import { on, ready } from "./dom.js";

// [data-copy="text"] or [data-copy-from=id]; data-copied replaces the words of the button for two seconds.
on("click", "[data-copy],[data-copy-from]", async (event, el) => {
  event.preventDefault();
  const from = document.getElementById(el.dataset.copyFrom || "");
  if (!(await copy(el.dataset.copy || (from?.value ?? from?.textContent ?? "").trim()))) return;
  const label = el.querySelector("[data-copy-label]") || el;
  if (!el.dataset.copied || label.dataset.was) return;
  label.dataset.was = label.textContent;
  label.textContent = el.dataset.copied;
  label.setAttribute("aria-live", "polite");
  setTimeout(() => { label.textContent = label.dataset.was; delete label.dataset.was; }, 2000);
});

// The clipboard needs https or localhost; on a plain office network the old way still works.
async function copy(text) {
  try {
    await navigator.clipboard.writeText(text);
    return true;
  } catch {
    const box = document.createElement("textarea");
    box.value = text;
    box.className = "sr";
    (document.querySelector("dialog[open]") || document.body).append(box);
    box.select();
    const done = document.execCommand("copy");
    box.remove();
    return done;
  }
}

on("click", "[data-print]", (event) => { event.preventDefault(); window.print(); });
on("change", "[data-submit]", (event, el) => el.form?.requestSubmit());

// A toast leaves after data-hide milliseconds (6000 when empty), never while it is read with pointer or keyboard.
ready(".toast[data-hide]", (toast) => {
  const hide = () => {
    if (toast.matches(":hover,:focus-within")) return setTimeout(hide, 1000);
    toast.classList.add("is-gone");
    setTimeout(() => toast.remove(), 300);
  };
  setTimeout(hide, Number(toast.dataset.hide) || 6000);
});

const network = () => document.querySelectorAll("[data-offline]").forEach((el) => { el.hidden = navigator.onLine; });
addEventListener("online", network);
addEventListener("offline", network);
ready("[data-offline]", network);
