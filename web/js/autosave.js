// Forms with data-autosave are kept while people type. The address is the attribute's value, or the form's action.
// The server answers {rev, saved_at} or, with 409, {message}. [data-save-state] tells the state in the words of its own
// (or the form's) data-saving, data-saved ("Tersimpan {time}"), data-failed, data-conflict.
import { fill, language, on } from "./dom.js";
import { dirty } from "./guard.js";

const pause = 800; // ms after the last key
const retryAfter = [2000, 5000, 15000, 60000]; // ms
const forms = new WeakMap();
const all = new Set();

function stateOf(form) {
  if (!forms.has(form)) {
    forms.set(form, { form, timer: 0, tries: 0, changes: 0, sending: null, stopped: false });
    all.add(form);
  }
  return forms.get(form);
}

function show(form, state, values = {}) {
  const el = form.querySelector("[data-save-state]") || (form.id && document.querySelector(`[data-save-state="${CSS.escape(form.id)}"]`));
  if (!el) return;
  el.dataset.state = state;
  const text = fill(values.message || el.dataset[state] || form.dataset[state], values);
  if (el.textContent !== text) el.textContent = text;
}

function schedule(st, after) {
  clearTimeout(st.timer);
  st.timer = st.stopped ? 0 : setTimeout(() => send(st), after);
}

const send = (st, leaving) => (st.sending ??= post(st, leaving).finally(() => { st.sending = null; }));

// body leaves files out: they go with the form itself.
function body(form) {
  const out = new URLSearchParams();
  for (const [name, value] of new FormData(form)) if (typeof value === "string") out.append(name, value);
  return out;
}

async function post(st, leaving) {
  const { form } = st;
  const mark = st.changes;
  clearTimeout(st.timer);
  st.timer = 0;
  show(form, "saving");
  let reply, data;
  try {
    reply = await fetch(form.dataset.autosave || form.getAttribute("action") || location.href, {
      method: "POST", body: body(form), credentials: "same-origin", keepalive: Boolean(leaving),
      headers: { "X-Pendapa-Autosave": "1", Accept: "application/json" },
    });
    data = await reply.json();
  } catch { data = null; }
  if (reply?.ok && data) return saved(st, data, mark);
  if (reply?.status === 409) return conflict(st, data || {});
  show(form, "failed", { message: reply && reply.status < 500 ? data?.message || data?.detail : "" });
  // A refusal waits for the next key; a missing network or a tired server is asked again.
  if (!reply || reply.status >= 500 || reply.status === 429) schedule(st, retryAfter[Math.min(st.tries++, retryAfter.length - 1)]);
}

function saved(st, data, mark) {
  const { form } = st;
  st.tries = 0;
  const rev = form.elements.namedItem("rev");
  if (rev && data.rev !== undefined) rev.value = data.rev;
  const at = new Date(data.saved_at ?? Date.now());
  const zone = document.documentElement.dataset.tz || undefined;
  show(form, "saved", { time: at.toLocaleTimeString(language(), { hour: "2-digit", minute: "2-digit", timeZone: zone }) });
  if (mark === st.changes) dirty.delete(form);
  else schedule(st, pause);
  form.dispatchEvent(new CustomEvent("pendapa:saved", { bubbles: true, detail: data }));
}

function conflict(st, data) {
  st.stopped = true;
  clearTimeout(st.timer);
  show(st.form, "conflict", { message: data.message || data.detail });
  const choice = "[data-conflict]:not([data-save-state],form)";
  const block = st.form.querySelector(choice) || document.querySelector(choice);
  if (!block) return;
  const text = block.querySelector("[data-conflict-message]");
  if (text && (data.message || data.detail)) text.textContent = data.message || data.detail;
  block.hidden = false;
  block.scrollIntoView({ block: "nearest" });
}

for (const type of ["input", "change"]) {
  on(type, "form[data-autosave]", (event, form) => {
    if (event.target.type === "file" || event.target.closest("[data-autosave-skip]")) return;
    const st = stateOf(form);
    st.changes++;
    st.tries = 0;
    if (!st.sending) schedule(st, pause);
  });
}

// A button pressed while a save is on its way waits for it, else the two would disagree about the revision.
document.addEventListener("submit", (event) => {
  const st = forms.get(event.target);
  if (!st || event.defaultPrevented) return;
  clearTimeout(st.timer);
  if (!st.sending) return;
  event.preventDefault();
  st.sending.then(() => { if (!st.stopped) st.form.requestSubmit(event.submitter); });
}, true);

function flush(leaving) {
  for (const form of all) {
    if (!form.isConnected) { all.delete(form); continue; }
    const st = forms.get(form);
    if (st.timer) send(st, leaving);
  }
}
window.addEventListener("online", () => flush(false));
document.addEventListener("visibilitychange", () => { if (document.visibilityState === "hidden") flush(true); });
