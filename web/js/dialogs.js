// Native dialogs: [data-open=id], [data-close]; dialog[data-show] opens with the page; [data-fill=id][data-value].
import { on, ready } from "./dom.js";

on("click", "[data-open]", (event, el) => {
  const dialog = document.getElementById(el.dataset.open);
  if (!dialog?.showModal) return;
  event.preventDefault();
  if (!dialog.open) dialog.showModal();
});

on("click", "[data-close]", (event, el) => {
  const box = el.closest("dialog,.toast");
  if (!box) return;
  event.preventDefault();
  if (box.close) box.close();
  else box.remove();
});

on("click", "[data-fill]", (event, el) => {
  const field = document.getElementById(el.dataset.fill);
  if (!field) return;
  field.value = el.dataset.value;
  for (const type of ["input", "change"]) field.dispatchEvent(new Event(type, { bubbles: true }));
  field.focus();
});

ready("dialog[data-show]", (dialog) => {
  if (dialog.open) dialog.close();
  dialog.showModal();
});
