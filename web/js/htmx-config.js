// Settings of htmx, put in place before it starts: no style sheet of its own (the policy forbids it, ours has the
// classes), no extensions, requests to this server only. A page may bring its own meta element instead.
if (!document.querySelector('meta[name="htmx-config"]')) {
  const meta = document.createElement("meta");
  meta.name = "htmx-config";
  meta.content = JSON.stringify({ includeIndicatorCSS: false, extensions: "none", mode: "same-origin", defaultTimeout: 30000 });
  document.head.append(meta);
}
