// [data-check-all=name] ticks all boxes of that name in its form or table; Shift takes a range. The number chosen is
// written into [data-check-count] of the same form, and [data-check-bar] shows only when there is one.
import { on, ready } from "./dom.js";

const scope = (el) => el.closest("form") || el.closest("table") || document;
const boxes = (all) => [...scope(all).querySelectorAll(`input[type=checkbox][name="${CSS.escape(all.dataset.checkAll)}"]:enabled`)]
  .filter((box) => !box.closest("[hidden]"));

function tell(all) {
  const list = boxes(all);
  const n = list.filter((box) => box.checked).length;
  all.checked = n > 0 && n === list.length;
  all.indeterminate = n > 0 && n < list.length;
  scope(all).querySelectorAll("[data-check-count]").forEach((el) => { el.textContent = n; });
  scope(all).querySelectorAll("[data-check-bar]").forEach((el) => { el.hidden = n === 0; });
}

on("change", "[data-check-all]", (event, all) => {
  boxes(all).forEach((box) => { box.checked = all.checked; });
  tell(all);
});

let from = null; // the box clicked last
on("click", "input[type=checkbox]", (event, box) => {
  const all = [...scope(box).querySelectorAll("[data-check-all]")].find((el) => el.dataset.checkAll === box.name);
  if (!all || box === all) return;
  const list = boxes(all);
  const [a, b] = [list.indexOf(from), list.indexOf(box)].sort((x, y) => x - y);
  if (event.shiftKey && a >= 0) list.slice(a, b + 1).forEach((other) => { other.checked = box.checked; });
  from = box;
  tell(all);
});

ready("[data-check-all]", tell);
