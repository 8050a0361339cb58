// Row menus (details.menu) close on Escape, on a click elsewhere and when the focus leaves.
import { on } from "./dom.js";

const open = "details.menu[open]";

on("keydown", open, (event, menu) => {
  if (event.key !== "Escape") return;
  menu.open = false;
  menu.querySelector("summary").focus();
});

on("focusout", open, (event, menu) => {
  if (event.relatedTarget && !menu.contains(event.relatedTarget)) menu.open = false;
});

document.addEventListener("click", (event) => {
  document.querySelectorAll(open).forEach((menu) => { if (!menu.contains(event.target)) menu.open = false; });
});
