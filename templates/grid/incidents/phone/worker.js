"use strict";
importScripts("{{ drafts }}");
const KEPT = {{ kept|safe }}, SHELL = "/report/shell/", NAME = `report-${KEPT.version}`, PATIENCE = 4000;
const drop = async (but) => { for (const name of await caches.keys()) if (name.startsWith("report-") && name !== but) await caches.delete(name); };
// Kept only for somebody who is signed in: the sign-in page that a redirect would bring is not.
const keep = async () => {
  const shell = await fetch(SHELL, { redirect: "manual" });
  if (!shell.ok) return;
  const cache = await caches.open(NAME);
  await cache.addAll(KEPT.assets);
  await cache.put(SHELL, shell);
  await drop(NAME);
};
const page = async (request) => {
  const kept = await caches.match(SHELL);
  const late = kept && new Promise((_, give) => setTimeout(give, PATIENCE));
  try {
    const answer = await (late ? Promise.race([fetch(request), late]) : fetch(request));
    if (answer.type === "opaqueredirect") await drop();
    return answer;
  } catch (error) {
    if (kept) return kept;
    throw error;
  }
};
self.addEventListener("install", () => self.skipWaiting());
self.addEventListener("activate", (event) => event.waitUntil(self.clients.claim()));
self.addEventListener("message", (event) => { if (event.data === "keep") event.waitUntil(keep().catch(() => {})); });
self.addEventListener("sync", (event) => { if (event.tag === "reports") event.waitUntil(Drafts.sendAll()); });
self.addEventListener("fetch", (event) => {
  const { request } = event, { pathname, origin } = new URL(request.url);
  if (request.method !== "GET" || origin !== self.location.origin) return;
  if (request.mode === "navigate" && pathname === "/report/") event.respondWith(page(request));
  else if (KEPT.assets.includes(pathname)) event.respondWith(caches.match(pathname).then((kept) => kept || fetch(request)));
});
