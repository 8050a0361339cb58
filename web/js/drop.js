// [data-drop] holds a file input and takes files by drag or paste too. Names and sizes are listed in [data-drop-names].
// data-max is the size limit in bytes, data-too-large the words for it, data-paste-name the name of a pasted picture.
import { language, on } from "./dom.js";

const inputOf = (zone) => zone.querySelector("input[type=file]");
const inWords = (n, per, unit, digits) => (n / per).toLocaleString(language(), { maximumFractionDigits: digits }) + " " + unit;
const sizeOf = (n) => (n < 1e6 ? inWords(Math.max(n, 1000), 1e3, "KB", 0) : inWords(n, 1e6, "MB", 1));

function put(zone, files) {
  const input = inputOf(zone);
  if (!input || !files.length) return;
  const all = new DataTransfer();
  if (input.multiple) for (const file of input.files) all.items.add(file);
  for (const file of input.multiple ? files : [files[files.length - 1]]) all.items.add(file);
  input.files = all.files;
  input.dispatchEvent(new Event("change", { bubbles: true }));
}

function list(zone) {
  const input = inputOf(zone);
  const max = Number(zone.dataset.max) || Infinity;
  let names = zone.querySelector("[data-drop-names]");
  if (!names) {
    names = document.createElement("ul");
    names.className = "file-names";
    names.setAttribute("data-drop-names", "");
    names.setAttribute("aria-live", "polite");
    zone.append(names);
  }
  names.replaceChildren(...[...input.files].map((file) => {
    const row = document.createElement("li");
    const size = document.createElement("span");
    row.append(file.name, size);
    size.textContent = sizeOf(file.size) + (file.size > max ? " · " + (zone.dataset.tooLarge || "") : "");
    row.classList.toggle("bad", file.size > max);
    return row;
  }));
  const bad = [...input.files].some((file) => file.size > max);
  zone.classList.toggle("is-invalid", bad);
  input.setCustomValidity(bad ? zone.dataset.tooLarge || " " : "");
}

on("change", "[data-drop] input[type=file]", (event, input) => list(input.closest("[data-drop]")));

for (const type of ["dragenter", "dragover"]) {
  on(type, "[data-drop]", (event, zone) => {
    if (!event.dataTransfer?.types.includes("Files")) return;
    event.preventDefault();
    zone.classList.add("is-over");
  });
}
on("dragleave", "[data-drop]", (event, zone) => { if (!zone.contains(event.relatedTarget)) zone.classList.remove("is-over"); });
on("drop", "[data-drop]", (event, zone) => {
  zone.classList.remove("is-over");
  if (!event.dataTransfer?.files.length) return;
  event.preventDefault();
  put(zone, [...event.dataTransfer.files]);
});

// A picture in the clipboard, usually a screenshot or one copied from a chat, goes to the zone in view.
document.addEventListener("paste", (event) => {
  const files = [...(event.clipboardData?.files ?? [])];
  if (!files.length || event.clipboardData.types.includes("text/plain")) return;
  const place = document.querySelector("dialog[open]") || document;
  const zone = event.target.closest?.("[data-drop]") || place.querySelector("[data-drop]");
  if (!zone || !inputOf(zone)) return;
  event.preventDefault();
  put(zone, files.map((file) => named(file, zone)));
});

function named(file, zone) {
  if (!/^image\.\w+$/.test(file.name)) return file;
  const at = new Date(Date.now() - new Date().getTimezoneOffset() * 60000).toISOString().slice(0, 19).replace("T", "-").replaceAll(":", "");
  return new File([file], `${zone.dataset.pasteName || "gambar"}-${at}.${file.name.split(".").pop()}`, { type: file.type });
}
