// Shows what would be stripped while one ticks; the button 看看会剔除什么 does the same without this file.
(() => {
  "use strict";
  const form = document.querySelector("form[data-preview]");
  if (!form) return;
  const side = document.getElementById(form.dataset.preview);
  let timer = 0, running = null;
  const draw = async () => {
    if (running) running.abort();
    running = new AbortController();
    const body = new FormData(form);
    if (!body.getAll("elements").length || !(body.getAll("places").length || body.get("codes"))) return;
    body.set("do", "preview");
    try {
      const answer = await fetch(form.action || location.href, { method: "POST", body, signal: running.signal });
      const page = new DOMParser().parseFromString(await answer.text(), "text/html");
      const fresh = page.getElementById(form.dataset.preview);
      if (fresh) side.replaceChildren(...fresh.childNodes);
    } catch { /* without a connection the button remains */ }
  };
  form.addEventListener("change", () => { clearTimeout(timer); timer = setTimeout(draw, 500); });
})();
