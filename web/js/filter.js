// input[data-filter=id] narrows the rows of a table (or the items of a list) while typing. [data-filter-count=id] tells how
// many are left, [data-filter-empty=id] shows when none is.
import { on } from "./dom.js";

const plain = (text) => text.toLowerCase().normalize("NFD").replace(/[\u0300-\u036f]/g, "");

on("input", "[data-filter]", (event, input) => {
  const id = input.dataset.filter;
  const place = document.getElementById(id);
  if (!place) return;
  const words = plain(input.value).split(/\s+/).filter(Boolean);
  let left = 0;
  place.querySelectorAll(place.matches("ul,ol") ? ":scope > li" : "tbody > tr").forEach((row) => {
    const text = plain(row.textContent);
    row.hidden = !words.every((word) => text.includes(word));
    if (!row.hidden) left++;
  });
  document.querySelectorAll(`[data-filter-count="${id}"]`).forEach((el) => { el.textContent = left; });
  document.querySelectorAll(`[data-filter-empty="${id}"]`).forEach((el) => { el.hidden = left > 0; });
});

on("keydown", "[data-filter]", (event, input) => {
  if (event.key === "Enter" && !input.form) event.preventDefault();
  if (event.key !== "Escape" || !input.value) return;
  input.value = "";
  input.dispatchEvent(new Event("input", { bubbles: true }));
});
