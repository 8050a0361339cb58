// [data-words] counts the words of the texts inside it while people type; the count is written into its [data-words-count]
// in the words of the attribute, where {n} stands for the number.
import { fill, language, on } from "./dom.js";

on("input", "[data-words] textarea", (event, el) => {
  const block = el.closest("[data-words]");
  const place = block.querySelector("[data-words-count]");
  const words = [...block.querySelectorAll("textarea")].flatMap((one) => one.value.match(/\S+/g) || []);
  if (place) place.textContent = fill(block.dataset.words, { n: words.length.toLocaleString(language()) });
});
