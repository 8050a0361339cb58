// Forms with data-guard: leaving with words that are not kept asks first.
import { on } from "./dom.js";

// dirty holds the forms whose words are not on the server yet; autosave takes them out again.
export const dirty = new Set();
const guarded = "form[data-guard],form[data-autosave]";

for (const type of ["input", "change"]) on(type, guarded, (event, form) => dirty.add(form));
document.addEventListener("reset", (event) => dirty.delete(event.target));
document.addEventListener("submit", (event) => { if (!event.defaultPrevented) dirty.clear(); });

window.addEventListener("beforeunload", (event) => {
  for (const form of dirty) if (!form.isConnected) dirty.delete(form);
  if (dirty.size) event.preventDefault();
});
