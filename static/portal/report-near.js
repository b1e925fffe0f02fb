// Look-alikes while one writes a report: a hint before it is sent, never a hurdle. Without a connection there is none.
(() => {
  "use strict";
  const form = document.querySelector("form[data-near]"), box = form?.querySelector("[data-near-found]"), frame = form?.querySelector("[data-near-box]");
  if (!form || !frame) return;
  const names = ["words", "place", "community", "lon", "lat", "csrfmiddlewaretoken"], value = (name) => form.querySelector(`[name=${name}]`)?.value || "";
  let timer, asked = "", round = 0;
  const show = (found) => {
    if (!found.length) return box.replaceChildren();
    const made = frame.content.cloneNode(true), list = made.querySelector("ul");
    list.append(...found.map((one) => {
      const line = document.createElement("li"), how = document.createElement("span");
      line.append(Object.assign(document.createElement("a"), { href: one.url, target: "_blank", rel: "noopener", textContent: `${one.number} ${one.headline}` }), " ");
      line.append(Object.assign(how, { className: "quiet", textContent: `${one.status}，${one.how}` }));
      return line;
    }));
    box.replaceChildren(made);
  };
  const ask = async () => {
    const body = new URLSearchParams(names.map((name) => [name, value(name)])), mine = ++round;
    if (value("words").trim().length < 4 || !navigator.onLine) { asked = ""; return show([]); }
    if (asked === String(body)) return;
    try {
      const answer = await fetch(form.dataset.near, { method: "POST", body, redirect: "error" });
      if (!answer.ok || mine !== round) return;
      asked = String(body);
      form.querySelector("[name=ask]")?.remove(); // it has been shown; the form need not come back with it
      show((await answer.json()).alike);
    } catch { /* no connection: no hint */ }
  };
  const soon = () => { clearTimeout(timer); timer = setTimeout(ask, 600); };
  form.addEventListener("input", soon);
  form.addEventListener("change", soon);
  form.addEventListener("reset", () => { clearTimeout(timer); round++; asked = ""; show([]); });
  soon();
})();
