// Drafts of reports in IndexedDB and the one way in which they are sent; shared by the page and its service worker.
"use strict";
self.Drafts = (() => {
  const TIMEOUT = 30000, DAY = 86400000;
  let opened;
  const done = (request) => new Promise((give, fail) => { request.onsuccess = () => give(request.result); request.onerror = () => fail(request.error); });
  const database = () => (opened ||= new Promise((give, fail) => {
    const request = indexedDB.open("reports", 1);
    request.onupgradeneeded = () => request.result.createObjectStore("drafts", { keyPath: "uuid" });
    request.onsuccess = () => give(request.result);
    request.onerror = () => fail(request.error);
  }));
  const inside = async (mode, work) => {
    const change = (await database()).transaction("drafts", mode), asked = work(change.objectStore("drafts"));
    const ended = new Promise((give, fail) => { change.oncomplete = give; change.onabort = change.onerror = () => fail(change.error); });
    const answer = await done(asked);
    await ended; // kept only when the transaction is
    return answer;
  };
  const news = "BroadcastChannel" in self ? new BroadcastChannel("reports") : null, listeners = [];
  const tell = () => { news?.postMessage("changed"); listeners.forEach((one) => one()); };
  if (news) news.onmessage = () => listeners.forEach((one) => one());
  const all = async () => (await inside("readonly", (store) => store.getAll())).sort((a, b) => b.at - a.at);
  const put = async (draft) => { await inside("readwrite", (store) => store.put(draft)); tell(); };
  const remove = async (uuid) => { await inside("readwrite", (store) => store.delete(uuid)); tell(); };
  const tidy = async (days) => {
    for (const one of await all()) if (one.state === "sent" && Date.now() - one.at > days * DAY) await remove(one.uuid);
  };
  const ask = async (url, options = {}) => {
    const stop = new AbortController(), timer = setTimeout(() => stop.abort(), TIMEOUT);
    try { return await fetch(url, { ...options, signal: stop.signal, redirect: "manual", cache: "no-store", credentials: "same-origin" }); }
    finally { clearTimeout(timer); }
  };
  const sendOne = async (draft, token) => {
    await put({ ...draft, state: "sending", tried: true });
    const body = new FormData();
    body.append("form_key", draft.uuid);
    for (const [name, value] of Object.entries(draft.fields)) body.append(name, value);
    draft.photos.forEach((photo, at) => body.append("files", photo, `photo-${at + 1}.jpg`));
    let answer;
    try { answer = await ask("/report/send/", { method: "POST", headers: { "X-CSRFToken": token, Accept: "application/json" }, body }); }
    catch { await put({ ...draft, state: "waiting", tried: true }); return "lost"; } // perhaps it arrived: the same number is sent again
    const said = await answer.json().catch(() => null);
    if (answer.ok && said) { await put({ ...draft, state: "sent", answer: said, photos: [], errors: null }); return "sent"; }
    if (answer.status === 422 && said) { await put({ ...draft, state: "refused", errors: said.errors, tried: false }); return "refused"; }
    await put({ ...draft, state: "waiting", tried: true });
    return answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect" ? "sign-in" : "lost";
  };
  const round = async () => {
    const open = (await all()).filter((one) => one.state === "waiting" || one.state === "sending").reverse();
    if (!open.length) return "nothing";
    let answer;
    try { answer = await ask("/report/token/"); } catch { return "lost"; }
    if (answer.status === 401 || answer.status === 403 || answer.type === "opaqueredirect") return "sign-in";
    if (!answer.ok) return "lost";
    const { token, owner } = await answer.json();
    let last = "nothing";
    for (const draft of open) {
      if (draft.owner !== owner) continue; // somebody else's, kept for him
      last = await sendOne(draft, token);
      if (last === "lost" || last === "sign-in") return last;
    }
    return last;
  };
  // One sender among all tabs and the worker; what is “sending” when the lock is ours was cut off.
  const sendAll = () => (navigator.locks ? navigator.locks.request("report-send", () => round()) : round());
  return { all, put, remove, tidy, sendAll, listen: (one) => listeners.push(one) };
})();
