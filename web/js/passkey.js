// Passkeys: forms with data-passkey ask the server what to ask the device, and send the answer as a plain form. Without script,
// or in a browser that knows no passkeys, they stay hidden and the other ways of signing in remain.
import { on, ready } from "./dom.js";

const keys = window.PublicKeyCredential;

ready("[data-passkey]", (form) => { form.hidden = !keys?.parseRequestOptionsFromJSON; });

on("submit", "[data-passkey]", async (event, form) => {
  event.preventDefault();
  const failed = form.querySelector("[data-passkey-failed]");
  failed.hidden = true;
  try {
    const asked = await fetch(form.dataset.passkey, { method: "POST" });
    if (asked.redirected) return location.assign(asked.url);
    if (!asked.ok) throw new Error(asked.status);
    const { publicKey } = await asked.json();
    const made = "passkeyMake" in form.dataset
      ? await navigator.credentials.create({ publicKey: keys.parseCreationOptionsFromJSON(publicKey) })
      : await navigator.credentials.get({ publicKey: keys.parseRequestOptionsFromJSON(publicKey) });
    form.elements.answer.value = JSON.stringify(made.toJSON());
    form.submit();
  } catch {
    failed.hidden = false;
  }
});
