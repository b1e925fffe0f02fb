// Reporting on a telephone: every report is a draft first, then it is sent. Without this file the form posts as it is.
(() => {
  "use strict";
  const form = document.querySelector("form[data-report]");
  if (!form) return;
  const $ = (name) => form.querySelector(`[name=${name}]`), rule = (name) => Number(form.dataset[name]);
  const note = document.querySelector("[data-report-note]"), list = document.querySelector("[data-report-drafts]");
  const say = (words) => { note.textContent = words; };

  // Chips from the words; the longer words weigh more, as on the server.
  const chips = JSON.parse(document.getElementById("report-words").textContent), row = form.querySelector("[data-report-chips]");
  const suggest = () => {
    const text = $("words").value.replace(/\s/g, "");
    const found = chips.map((one) => ({ ...one, score: one.words.filter((word) => text.includes(word)).join("").length }))
      .filter((one) => one.score).sort((a, b) => b.score - a.score).slice(0, 3);
    row.replaceChildren(...found.map((one) => {
      const chip = document.createElement("button");
      Object.assign(chip, { type: "button", className: "btn report-chip", textContent: one.name });
      chip.setAttribute("aria-pressed", String($("category").value === String(one.id)));
      chip.addEventListener("click", () => { $("category").value = String(one.id); suggest(); });
      return chip;
    }));
  };
  $("words").addEventListener("input", suggest);
  $("category").addEventListener("change", suggest);
  suggest();

  // The place, only when tapped.
  const here = form.querySelector("[data-report-here]"), where = form.querySelector("[data-report-where]");
  if (navigator.geolocation) {
    here.hidden = false;
    here.addEventListener("click", () => {
      where.textContent = "正在取得位置……";
      navigator.geolocation.getCurrentPosition(({ coords }) => {
        $("lon").value = coords.longitude.toFixed(6);
        $("lat").value = coords.latitude.toFixed(6);
        where.textContent = `已记下位置（误差约 ${Math.round(coords.accuracy)} 米）。`;
        form.dispatchEvent(new Event("change"));
      }, () => { where.textContent = "没有取得位置，请写明地点。"; }, { timeout: 10000, maximumAge: 60000 });
    });
  }
  if (!("indexedDB" in window) || !window.isSecureContext) return;

  if (form.dataset.owner) localStorage.setItem("report-owner", form.dataset.owner);
  const owner = localStorage.getItem("report-owner") || "";
  if (!owner) return;
  if ("serviceWorker" in navigator) {
    navigator.serviceWorker.register("/report/worker.js").catch(() => {});
    if (form.dataset.owner) navigator.serviceWorker.ready.then((ready) => ready.active.postMessage("keep"));
  }

  const shrink = async (file) => {
    try {
      const image = await createImageBitmap(file), ratio = Math.min(1, rule("photoEdge") / Math.max(image.width, image.height));
      const canvas = Object.assign(document.createElement("canvas"), { width: Math.round(image.width * ratio), height: Math.round(image.height * ratio) });
      canvas.getContext("2d").drawImage(image, 0, 0, canvas.width, canvas.height);
      return (await new Promise((give) => canvas.toBlob(give, "image/jpeg", 0.82))) || file;
    } catch { return file; } // the server says what is wrong with it
  };

  // Sending: at once, when the connection is back, with a growing pause after a failure, by hand.
  let pause = 2000, timer;
  const send = async () => {
    clearTimeout(timer);
    if (!navigator.onLine) return say("现在没有网络，草稿保存在本机，联网后自动发送。");
    const result = await Drafts.sendAll();
    if (result !== "lost") document.querySelector("[data-report-offline]")?.remove();
    if (result === "lost") {
      say("暂时没有送达，稍后自动再试。");
      timer = setTimeout(send, pause + Math.random() * 500);
      pause = Math.min(pause * 2, 300000);
    } else {
      pause = 2000;
      if (result === "sign-in") {
        const link = Object.assign(document.createElement("a"), { href: "/sign-in/?next=/report/", textContent: "登录" });
        note.replaceChildren("登录已过期，草稿还在本机，请", link, "后发送。");
      } else say(result === "sent" ? "已送达。" : result === "refused" ? "有一条需要修改，请看下面的说明。" : "");
    }
  };
  window.addEventListener("online", () => { pause = 2000; send(); });
  document.addEventListener("visibilitychange", () => { if (!document.hidden) send(); });

  let saving = false;
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    if (saving) return;
    const files = Array.from($("files").files), words = $("words").value.trim();
    if (!words && !files.length) { say("请写一句发生了什么，或者拍一张照片。"); $("words").focus(); return; }
    if (files.length > rule("photosMost")) return say(`最多 ${rule("photosMost")} 张照片。`);
    saving = true;
    try {
      const waiting = (await Drafts.all()).filter((one) => one.state !== "sent");
      if (waiting.length >= rule("draftsMost")) return say(`本机已有 ${waiting.length} 条草稿，请联网发送后再写。`);
      const fields = {};
      for (const name of ["words", "place", "community", "category", "lon", "lat"]) if ($(name)?.value) fields[name] = $(name).value;
      await Drafts.put({ uuid: crypto.randomUUID(), owner, at: Date.now(), state: "waiting", fields, photos: await Promise.all(files.map(shrink)), errors: null });
    } catch { return say("本机存不下这条草稿，内容还在上面；请联网后再试或减少照片。"); }
    finally { setTimeout(() => { saving = false; }, 700); } // the second half of a double tap
    form.reset();
    $("lon").value = $("lat").value = where.textContent = "";
    suggest();
    navigator.serviceWorker?.ready.then((ready) => ready.sync?.register("reports")).catch(() => {});
    send();
  });

  const STATES = { waiting: "待发送", sending: "发送中", sent: "已送达", refused: "需要修改" };
  const button = (words, act) => {
    const made = Object.assign(document.createElement("button"), { type: "button", className: "btn", textContent: words });
    made.addEventListener("click", act);
    return made;
  };
  const line = (draft) => {
    const item = document.createElement("li"), head = document.createElement("strong"), text = document.createElement("p");
    item.className = `report-draft is-${draft.state}`;
    head.textContent = STATES[draft.state];
    text.textContent = draft.fields.words || "（只有照片）";
    item.append(head, text);
    if (draft.state === "sent") {
      const link = Object.assign(document.createElement("a"), { href: draft.answer.url, textContent: draft.answer.number }), more = document.createElement("p");
      more.textContent = `网格：${draft.answer.grid}；由${draft.answer.handler}办理；依据：${draft.answer.rule}`;
      item.append(link, more);
    }
    if (draft.state === "waiting") item.append(button("立即发送", send));
    if (draft.state === "refused") {
      const why = document.createElement("p");
      why.className = "report-why";
      why.textContent = Object.values(draft.errors).join("；");
      item.append(why, button("修改", async () => {
        for (const [name, value] of Object.entries(draft.fields)) if ($(name)) $(name).value = value;
        await Drafts.remove(draft.uuid);
        if (draft.photos.length) {
          const kept = new DataTransfer();
          draft.photos.forEach((photo, at) => kept.items.add(new File([photo], `photo-${at + 1}.jpg`, { type: photo.type })));
          $("files").files = kept.files;
        }
        suggest();
        $("words").focus();
      }));
    }
    return item;
  };
  const draw = async () => {
    const mine = (await Drafts.all()).filter((one) => one.owner === owner);
    list.replaceChildren(...mine.map(line));
    list.closest("section").hidden = !mine.length;
  };
  Drafts.listen(draw);
  Drafts.tidy(rule("keepDays")).then(draw).then(send);
})();
