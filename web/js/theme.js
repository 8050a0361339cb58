// Light or dark: the server's choice wins, then the one kept in this browser, then the device's.
import { kept, on } from "./dom.js";

const root = document.documentElement;
const choice = kept.get("theme");
if (!root.dataset.theme && (choice === "light" || choice === "dark")) root.dataset.theme = choice;

on("click", "[data-theme-switch]", () => {
  const now = root.dataset.theme || (matchMedia("(prefers-color-scheme: dark)").matches ? "dark" : "light");
  const next = now === "dark" ? "light" : "dark";
  root.dataset.theme = next;
  kept.set("theme", next);
  // The cookie lets the server write the theme into the next page, so it does not flash.
  // Over https it is bound to this very host, as every cookie of the house.
  const safe = location.protocol === "https:";
  document.cookie = `${safe ? "__Host-" : ""}theme=${next}; path=/; max-age=31536000; samesite=lax${safe ? "; secure" : ""}`;
});
