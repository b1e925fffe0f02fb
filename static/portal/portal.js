// Small comforts. Every page works without this file.
(() => {
  "use strict";
  const DAY = 86400, HOUR = 3600, MINUTE = 60, KEEP = 14 * DAY * 1000;

  // The same words as formats.duration_cn on the server.
  const duration = (seconds) => {
    const s = Math.floor(Math.abs(seconds));
    if (s < MINUTE) return "不到 1 分钟";
    if (s < HOUR) return `${Math.floor(s / MINUTE)} 分钟`;
    const [big, small, names] = s >= DAY ? [DAY, HOUR, ["天", "小时"]] : [HOUR, MINUTE, ["小时", "分"]];
    const rest = Math.floor((s % big) / small);
    return `${Math.floor(s / big)} ${names[0]}` + (rest ? ` ${rest} ${names[1]}` : "");
  };

  // Rings count down against the server's clock: how long the page has been open is added to the moment it was drawn.
  const drawn = Number(document.documentElement.dataset.now || 0) || Date.now() / 1000;
  const opened = performance.now() / 1000;
  const refresh = (ring) => {
    const now = drawn + performance.now() / 1000 - opened;
    const due = Number(ring.dataset.due), started = Number(ring.dataset.started || 0), left = due - now;
    const text = ring.querySelector("[data-ring-text]"), arc = ring.querySelector("[data-ring-arc]");
    const ratio = started && due > started ? Math.min(1, Math.max(0, left / (due - started))) : 1;
    const tone = left <= 0 ? "overdue" : ratio <= 0.2 ? "orange" : ratio <= 0.5 ? "yellow" : "calm";
    text.textContent = left <= 0 ? `已逾期 ${duration(left)}` : `剩 ${duration(left)}`;
    arc.setAttribute("stroke-dasharray", tone === "overdue" ? "100 0" : `${Math.round(ratio * 100)} ${100 - Math.round(ratio * 100)}`);
    ring.classList.remove("ring-calm", "ring-yellow", "ring-orange", "ring-overdue");
    ring.classList.add(`ring-${tone}`);
  };
  const rings = document.querySelectorAll("[data-ring]");
  if (rings.length) setInterval(() => rings.forEach(refresh), 30000);

  // A form is sent once; the server refuses the second copy anyway (form_key).
  document.addEventListener("submit", (event) => {
    const form = event.target;
    if (!form.matches("[data-once]")) return;
    if (form.dataset.sent) return event.preventDefault();
    form.dataset.sent = "1";
    setTimeout(() => form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = true; }), 0);
  });
  window.addEventListener("pageshow", (event) => {
    if (!event.persisted) return;
    document.querySelectorAll("[data-once]").forEach((form) => {
      delete form.dataset.sent;
      form.querySelectorAll("button[type=submit]").forEach((button) => { button.disabled = false; });
    });
  });

  // Drafts: what was typed stays in this browser until the form has been sent.
  const typed = (form) => Array.from(form.elements).filter((field) => field.name && !["hidden", "password", "file", "submit", "button"].includes(field.type));
  const save = (form, name) => {
    const values = typed(form).map((field) => [field.name, field.value, field.type === "checkbox" || field.type === "radio" ? field.checked : null]);
    try { localStorage.setItem(name, JSON.stringify({ at: Date.now(), values })); } catch { /* storage is full or forbidden: no draft */ }
  };
  const restore = (form, name) => {
    let draft = null;
    try { draft = JSON.parse(localStorage.getItem(name) || "null"); } catch { /* unreadable draft */ }
    if (!draft || Date.now() - draft.at > KEEP) return;
    let changed = false;
    for (const field of typed(form)) {
      const kept = draft.values.find(([key, value, checked]) => key === field.name && (checked === null || value === field.value));
      if (!kept) continue;
      if (kept[2] !== null) { changed ||= field.checked !== kept[2]; field.checked = kept[2]; }
      else if (!field.value && kept[1]) { field.value = kept[1]; changed = true; }
    }
    if (!changed) return;
    const note = document.createElement("p"), drop = document.createElement("button");
    note.className = "draft-note";
    note.textContent = "已恢复上次未提交的内容。";
    Object.assign(drop, { type: "button", className: "btn btn-quiet", textContent: "清空" });
    drop.addEventListener("click", () => { localStorage.removeItem(name); form.reset(); note.remove(); });
    note.append(drop);
    form.prepend(note);
  };
  document.querySelectorAll("form[data-draft]").forEach((form) => {
    const name = `draft:${form.dataset.draft}`;
    // After an error the server has already put everything back; a draft would only compete with it.
    if (!document.getElementById("error-summary")) restore(form, name);
    let wait;
    form.addEventListener("input", () => { clearTimeout(wait); wait = setTimeout(() => save(form, name), 400); });
    form.addEventListener("submit", () => { clearTimeout(wait); save(form, name); sessionStorage.setItem("draft-sent", name); });
  });
  // The next page without an error summary means that the form went through.
  const sent = sessionStorage.getItem("draft-sent");
  if (sent && !document.body.classList.contains("is-problem") && !document.getElementById("error-summary")) { localStorage.removeItem(sent); sessionStorage.removeItem("draft-sent"); }
  document.getElementById("error-summary")?.focus();

  // The reporting page that a telephone keeps for places without a connection goes with the session; drafts stay.
  const forget = async () => { for (const name of await caches.keys()) if (name.startsWith("report-")) caches.delete(name); };
  if (window.caches) {
    document.querySelector("form.sign-out")?.addEventListener("submit", forget);
    if (location.pathname === "/sign-in/") forget();
  }

  // Names of chosen files.
  document.querySelectorAll("[data-file-input]").forEach((box) => {
    box.addEventListener("change", (event) => {
      const list = box.querySelector("[data-file-names]");
      list.replaceChildren(...Array.from(event.target.files || [], (file) => {
        const line = document.createElement("li");
        line.textContent = `${file.name}（${Math.max(1, Math.round(file.size / 1024))} KB）`;
        return line;
      }));
    });
  });
})();
