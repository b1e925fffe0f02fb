// Brings the figures up to date every few seconds while the page is looked at. Without it, reloading does the same.
(() => {
  "use strict";
  const live = document.getElementById("dash-live");
  if (!live || !window.fetch || !window.URL) return;
  const every = 1000 * (Number(live.dataset.every) || 10);
  const idle = 20 * 60 * 1000; // a page that nobody touches stops asking, so that the session can end
  let touched = Date.now();
  ["pointerdown", "keydown", "scroll"].forEach((name) => addEventListener(name, () => { touched = Date.now(); }, { passive: true }));

  const busy = () => document.hidden || Date.now() - touched > idle || live.contains(document.activeElement);

  async function refresh() {
    if (busy()) return;
    const url = new URL(live.dataset.live, location.href);
    url.searchParams.set("part", "live");
    const answer = await fetch(url, { credentials: "same-origin", redirect: "error" });
    if (!answer.ok || busy()) return;
    const open = new Map([...live.querySelectorAll("section")].map((node) => [node.id, node.querySelector("details")?.open]));
    const fresh = new DOMParser().parseFromString(await answer.text(), "text/html");
    fresh.querySelectorAll("section").forEach((node) => {
      const details = node.querySelector("details");
      if (details && open.has(node.id)) details.open = Boolean(open.get(node.id));
    });
    live.replaceChildren(...fresh.body.childNodes);
  }

  setInterval(() => refresh().catch(() => {}), every);
})();
