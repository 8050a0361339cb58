// A form or submit button with data-confirm asks first, in dialog[data-confirm-dialog]: its [data-confirm-text] gets the
// question, [data-confirm-ok] goes on (its words come from data-confirm-verb). Without that dialog the browser asks.
import { on } from "./dom.js";

const agreed = new WeakSet();

document.addEventListener("submit", (event) => {
  const form = event.target;
  const asker = event.submitter?.dataset.confirm ? event.submitter : form.dataset.confirm ? form : null;
  if (!asker || agreed.delete(form)) return;
  const dialog = document.querySelector("dialog[data-confirm-dialog]");
  if (!dialog && window.confirm(asker.dataset.confirm)) return;
  event.preventDefault();
  event.stopImmediatePropagation();
  if (dialog) ask(dialog, asker, () => { agreed.add(form); form.requestSubmit(event.submitter); });
}, true);

function ask(dialog, asker, go) {
  dialog.querySelector("[data-confirm-text]").textContent = asker.dataset.confirm;
  const ok = dialog.querySelector("[data-confirm-ok]");
  ok.dataset.usual ??= ok.textContent;
  ok.textContent = asker.dataset.confirmVerb || ok.dataset.usual;
  ok.onclick = (event) => { event.preventDefault(); dialog.close(); go(); };
  dialog.showModal();
}

// Links that only lead to a confirming page need no question here; the page asks.
on("click", "dialog[data-confirm-dialog] [value=cancel]", (event, el) => { event.preventDefault(); el.closest("dialog").close(); });
