// What makes the page feel quick: live updates, completion, dialogs. Without it every form and link still works.
(() => {
  "use strict";
  const $ = (selector, within = document) => within.querySelector(selector);
  const $$ = (selector, within = document) => [...within.querySelectorAll(selector)];
  const meta = (name) => $(`meta[name="${name}"]`)?.content ?? "";
  const csrf = meta("csrf");
  const fresh = () => Array.from(crypto.getRandomValues(new Uint8Array(12)), (b) => b.toString(16).padStart(2, "0")).join("");
  const place = () => {
    const [, channel, thread] = location.pathname.match(/^\/c\/([^/]+)(?:\/t\/([^/]+))?/) ?? [];
    return { channel, thread };
  };

  // --- asking the server -------------------------------------------------------------------------------------------

  class Refused extends Error {}

  async function send(form, extra = {}) {
    const data = new FormData(form);
    for (const [key, value] of Object.entries(extra)) data.set(key, value);
    const files = [...data.values()].some((value) => value instanceof File && value.name);
    if (!files) data.delete("file");
    let response;
    try {
      response = await fetch(form.getAttribute("action"), {
        method: "POST",
        headers: { accept: "application/json", "x-csrf": csrf },
        body: files ? data : new URLSearchParams(data),
      });
    } catch {
      throw new Refused("The server cannot be reached. Your text is kept; send it again when the line is back.");
    }
    const answer = await response.json().catch(() => ({}));
    if (!response.ok) throw Object.assign(new Refused(answer.problem ?? `The server answered ${response.status}. Send it again.`), { status: response.status });
    return answer;
  }

  function toast(text) {
    const note = document.createElement("p");
    note.textContent = text;
    $(".toasts").append(note);
    setTimeout(() => note.remove(), 6000);
  }

  // --- lists of messages -------------------------------------------------------------------------------------------

  const clock = new Intl.DateTimeFormat(undefined, { hour: "2-digit", minute: "2-digit", hourCycle: "h23" });
  const dayName = new Intl.DateTimeFormat(undefined, { weekday: "long", day: "numeric", month: "long" });
  const dayOf = (at) => new Date(at).toDateString();

  function localTimes(within) {
    for (const time of $$("time[datetime]", within)) {
      const at = new Date(time.dateTime);
      const today = at.toDateString() === new Date().toDateString();
      time.textContent = "relative" in time.dataset && !today ? dayName.format(at) : clock.format(at);
      time.title = at.toLocaleString();
    }
  }

  // Days get a line of their own; what one author says within five minutes stands under one head.
  function settle(list) {
    for (const day of $$(":scope > .day", list)) day.remove();
    let before = null;
    for (const item of $$(":scope > .message", list)) {
      const sameDay = before && dayOf(before.dataset.at) === dayOf(item.dataset.at);
      if (!sameDay && !list.classList.contains("root") && (before || list.id === "messages")) list.insertBefore(dayLine(item.dataset.at), item);
      const near = before && new Date(item.dataset.at) - new Date(before.dataset.at) < 300000;
      const kind = (li) => li.dataset.who + li.classList.contains("bot");
      item.classList.toggle("joined", Boolean(sameDay && near && kind(before) === kind(item) && !item.classList.contains("whisper") && !before.classList.contains("whisper")));
      before = item;
    }
    localTimes(list);
  }

  function dayLine(at) {
    const line = document.createElement("li");
    line.className = "day";
    line.setAttribute("role", "separator");
    const label = document.createElement("span");
    const yesterday = new Date(Date.now() - 86400000).toDateString();
    label.textContent = dayOf(at) === new Date().toDateString() ? "Today" : dayOf(at) === yesterday ? "Yesterday" : dayName.format(new Date(at));
    line.append(label);
    return line;
  }

  function item(html) {
    const template = document.createElement("template");
    template.innerHTML = html;
    return template.content.querySelector("li");
  }

  const order = (id) => Number(id.slice(2));

  function show(change) {
    const open = $$(`.message[data-id="${change.id}"]`);
    for (const old of open) {
      const next = item(change.html);
      // A reader's open details and focus survive an edit.
      $$("details", next).forEach((details, index) => { details.open = $$("details", old)[index]?.open ?? false; });
      const held = old.contains(document.activeElement) ? $$("button, a, summary", old).indexOf(document.activeElement) : -1;
      old.replaceWith(next);
      if (held >= 0) $$("button, a, summary", next)[held]?.focus({ preventScroll: true });
      settle(next.parentElement);
    }
    const list = $(`.messages[data-list="${change.root ?? change.channel}"]`);
    if (open.length === 0 && list && !$(".newest")) {
      const next = item(change.html);
      next.classList.add("arrived");
      const after = $$(":scope > .message", list).find((other) => order(other.dataset.id) > order(change.id));
      list.insertBefore(next, after ?? null);
      settle(list);
      if (!change.root) $(".welcome")?.remove();
      if (next.dataset.who === mine()) list.closest(".scroller").scrollTop = 0;
    }
    if (!change.root && change.channel !== place().channel) $(`.rail [data-channel="${change.channel}"]`)?.classList.add("unread");
    else if (!document.hidden) seen();
  }

  const mine = () => $(".me strong")?.textContent;

  let seenSoon = 0;
  function seen() {
    clearTimeout(seenSoon);
    seenSoon = setTimeout(() => fetch(`/c/${place().channel}/read`, { method: "POST", headers: { "x-csrf": csrf, "content-type": "application/x-www-form-urlencoded", accept: "application/json" }, body: "" }).catch(() => {}), 800);
  }

  // --- live --------------------------------------------------------------------------------------------------------

  let after = meta("after");
  let source = null;
  let lostAt = 0;

  function listen() {
    source = new EventSource(`/events?after=${after}`);
    const on = (kind, act) => source.addEventListener(kind, (event) => {
      if (event.lastEventId) after = event.lastEventId;
      act(JSON.parse(event.data));
    });
    on("message", show);
    on("gone", ({ id }) => $$(`.message[data-id="${id}"]`).forEach((old) => old.remove()));
    on("reload", () => location.reload());
    source.onopen = () => { lostAt = 0; document.body.classList.remove("lost"); };
    source.onerror = () => {
      lostAt ||= Date.now();
      setTimeout(() => document.body.classList.toggle("lost", lostAt && Date.now() - lostAt > 2500), 2600);
      if (source.readyState === EventSource.CLOSED) setTimeout(listen, 2000);
    };
  }

  // --- dialogs -----------------------------------------------------------------------------------------------------

  const dialog = $("#dialog");

  function open(html) {
    dialog.innerHTML = html;
    dialog.showModal();
  }

  function ask(question, label, style) {
    open(`<form method="dialog" class="form"><h2 id="dialog-title"></h2><p></p><footer><button class="button quiet" value="" type="submit">Cancel</button><button class="button" value="yes" type="submit" autofocus></button></footer></form>`);
    $("h2", dialog).textContent = label;
    $("p", dialog).textContent = question;
    const yes = $("[value=yes]", dialog);
    yes.textContent = label;
    yes.classList.add(style === "danger" ? "danger" : "primary");
    dialog.returnValue = "";
    yes.focus();
    return new Promise((done) => dialog.addEventListener("close", () => done(dialog.returnValue === "yes"), { once: true }));
  }

  const KEYS = [["/", "Write a command"], ["Enter", "Send"], ["Shift Enter", "New line"], ["Tab", "Take the completion"], ["↑ ↓", "Walk through completions"], ["Alt ↑ ↓", "Previous, next channel"], ["Esc", "Close thread or dialog"], ["?", "This list"]];

  function help() {
    open(`<div class="form"><h2 id="dialog-title">Keyboard</h2><dl class="keys">${KEYS.map(([keys, about]) => `<div><dt>${keys.split(" ").map((key) => `<kbd>${key}</kbd>`).join(" ")}</dt><dd>${about}</dd></div>`).join("")}</dl><p class="hint">Everything Slipway can do: <code>/release help</code></p><footer><button class="button primary" data-close autofocus>Close</button></footer></div>`);
  }

  async function openPage(address) {
    const page = new DOMParser().parseFromString(await (await fetch(address)).text(), "text/html");
    open($("main form", page)?.outerHTML ?? "");
    dialog.querySelector("[autofocus]")?.select?.();
  }

  // --- threads -----------------------------------------------------------------------------------------------------

  async function openThread(address, push = true) {
    const pane = $("#thread");
    const response = await fetch(address);
    if (!response.ok) { location.href = address; return; }
    const page = new DOMParser().parseFromString(await response.text(), "text/html");
    const next = document.adoptNode($("#thread", page));
    pane.replaceWith(next);
    document.body.classList.toggle("threaded", !next.hidden);
    if (push) history.pushState({}, "", address);
    ready(next);
    mark();
    if (matchMedia("(min-width: 700px)").matches) $("textarea", next)?.focus();
  }

  function closeThread(push = true) {
    const pane = $("#thread");
    if (pane.hidden) return;
    pane.hidden = true;
    pane.replaceChildren();
    document.body.classList.remove("threaded");
    if (push) history.pushState({}, "", `/c/${place().channel}`);
    $(".room .composer textarea")?.focus({ preventScroll: true });
  }

  function mark() {
    for (const old of $$(".message.marked")) old.classList.remove("marked");
    const id = location.hash.slice(1);
    if (!/^m-\d+$/.test(id)) return;
    const lists = [place().thread ? $("#thread") : null, document].filter(Boolean);
    const found = lists.map((list) => $(`.message[data-id="${id}"]`, list)).find(Boolean);
    found?.classList.add("marked");
    found?.scrollIntoView({ block: "center" });
  }

  // --- the composer ------------------------------------------------------------------------------------------------

  function composer(form) {
    const text = $("textarea", form);
    const list = $(".completions", form);
    const complaint = $(".complaint", form);
    const id = $("[name=id]", form);
    const picker = $("[type=file]", form);
    const kept = `draft:${form.getAttribute("action")}:${$("[name=thread]", form)?.value ?? ""}`;
    let items = [], chosen = -1, walked = false, asked = 0, busy = false;

    if (!text.value) text.value = sessionStorage.getItem(kept) ?? "";

    const grow = () => { if (!CSS.supports("field-sizing", "content")) { text.style.height = "auto"; text.style.height = `${Math.min(text.scrollHeight, 220)}px`; } };
    const close = () => { items = []; chosen = -1; walked = false; list.hidden = true; list.replaceChildren(); text.removeAttribute("aria-activedescendant"); };

    async function complete() {
      const turn = ++asked;
      const value = text.value;
      if (!value.startsWith("/") || value.includes("\n") || text.selectionStart !== value.length) return close();
      if ("/release".startsWith(value)) return draw([{ full: "/release ", label: "/release", about: "draft, edit and look up deployment notes" }]);
      const words = value.match(/^\/release\s(.*)$/)?.[1];
      if (words === undefined) return close();
      const found = await fetch(`/complete?words=${encodeURIComponent(words)}`, { headers: { accept: "application/json" } }).then((r) => (r.ok ? r.json() : [])).catch(() => []);
      if (turn !== asked || text.value !== value) return;
      draw(found.map((one) => ({ full: `/release ${one.words}`, label: one.label, about: one.about })).filter((one) => one.full.trimEnd() !== value.trimEnd()));
    }

    function draw(found) {
      if (found.length === 0) return close();
      items = found; chosen = 0; walked = false;
      list.replaceChildren(...found.map((one, index) => {
        const row = document.createElement("li");
        row.id = `${list.id}-${index}`;
        row.setAttribute("role", "option");
        const label = document.createElement("b");
        label.textContent = one.label;
        const about = document.createElement("span");
        about.textContent = one.about;
        row.append(label, about);
        row.addEventListener("mousedown", (event) => { event.preventDefault(); take(index); });
        return row;
      }));
      list.hidden = false;
      point();
    }

    function point() {
      $$("li", list).forEach((row, index) => row.setAttribute("aria-selected", String(index === chosen)));
      text.setAttribute("aria-activedescendant", `${list.id}-${chosen}`);
      list.children[chosen]?.scrollIntoView({ block: "nearest" });
    }

    function take(index) {
      const full = items[index].full;
      text.value = full.endsWith(" ") ? full : `${full} `;
      text.focus();
      text.setSelectionRange(text.value.length, text.value.length);
      grow();
      complete();
    }

    async function submit() {
      if (busy || (!text.value.trim() && !picker.files.length)) return;
      busy = true;
      close();
      form.classList.add("sending");
      complaint.hidden = true;
      try {
        await send(form);
        text.value = "";
        picker.value = "";
        id.value = fresh();
        sessionStorage.removeItem(kept);
        picked();
      } catch (problem) {
        if (problem.status === 409) id.value = fresh();
        complaint.textContent = problem.message;
        complaint.hidden = false;
      } finally {
        busy = false;
        form.classList.remove("sending");
        grow();
        text.focus();
      }
    }

    function picked() {
      $(".picked", form).replaceChildren(...[...picker.files].map((file) => {
        const chip = document.createElement("li");
        chip.textContent = file.name;
        return chip;
      }));
    }

    text.addEventListener("input", () => { sessionStorage.setItem(kept, text.value); complaint.hidden = true; grow(); complete(); });
    text.addEventListener("blur", close);
    picker.addEventListener("change", () => { picked(); text.focus(); });
    text.addEventListener("paste", (event) => { if (event.clipboardData.files.length) { picker.files = event.clipboardData.files; picked(); event.preventDefault(); } });
    form.addEventListener("submit", (event) => { event.preventDefault(); submit(); });
    text.addEventListener("keydown", (event) => {
      if (event.isComposing) return;
      const listed = !list.hidden;
      if (listed && (event.key === "ArrowDown" || event.key === "ArrowUp")) {
        chosen = (chosen + (event.key === "ArrowDown" ? 1 : items.length - 1)) % items.length;
        walked = true;
        point();
      } else if (listed && event.key === "Tab" && !event.shiftKey) take(chosen);
      else if (listed && event.key === "Enter" && walked) take(chosen);
      else if (listed && event.key === "Escape") { close(); event.stopPropagation(); }
      else if (event.key === "Enter" && !event.shiftKey && !event.altKey) submit();
      else return;
      event.preventDefault();
    });
    form.fill = (value) => { text.value = value; text.focus(); text.setSelectionRange(value.length, value.length); grow(); complete(); };
    id.value = fresh();
    grow();
  }

  // --- everything a person can do ----------------------------------------------------------------------------------

  async function press(form) {
    const button = $("button", form);
    let extra = { id: fresh() };
    if (form.dataset.confirm) {
      if (!(await ask(form.dataset.confirm, button.textContent, form.dataset.style))) return;
      extra.confirmed = "1";
    }
    button.disabled = true;
    button.setAttribute("aria-busy", "true");
    try {
      const answer = await send(form, extra);
      if (answer.form) open(answer.form);
    } catch (problem) {
      toast(problem.message);
    } finally {
      button.disabled = false;
      button.removeAttribute("aria-busy");
    }
  }

  async function submit(form) {
    const button = $("button.primary", form);
    const wrong = $$("input, textarea, select", form).find((field) => !field.checkValidity());
    if (wrong) { wrong.closest(".field").classList.add("wrong"); wrong.focus(); wrong.reportValidity(); return; }
    button.disabled = true;
    try {
      const answer = await send(form);
      if (answer.form) { dialog.innerHTML = answer.form; $(".wrong input, .wrong textarea", dialog)?.focus(); } else dialog.close();
    } catch (problem) {
      const complaint = $(".complaint", form);
      complaint.textContent = problem.message;
      complaint.hidden = false;
    } finally {
      button.disabled = false;
    }
  }

  document.addEventListener("submit", (event) => {
    const form = event.target;
    const act = "press" in form.dataset ? press : "submit" in form.dataset ? submit : null;
    if (!act) return;
    event.preventDefault();
    act(form);
  });

  document.addEventListener("click", (event) => {
    if (event.metaKey || event.ctrlKey || event.shiftKey) return;
    const hit = (selector) => event.target.closest(selector);
    const on = (selector, act) => { const found = hit(selector); if (found) { event.preventDefault(); act(found); } return found; };
    if (event.target === dialog) { dialog.close(); return; }
    on("[data-close]", () => dialog.open && dialog.close())
      || on("[data-thread]", (link) => openThread(link.href))
      || on("[data-close-thread]", () => closeThread())
      || on("[data-dialog]", (link) => openPage(link.href))
      || on("[data-help]", help)
      || on("[data-fill]", (link) => $(".room .composer").fill(link.dataset.fill))
      || on("[data-command]", () => $(".room .composer").fill("/"))
      || on("[data-copy]", (link) => navigator.clipboard.writeText(link.href).then(() => toast("The link is in your clipboard."), () => { location.href = link.href; }));
  });

  document.addEventListener("keydown", (event) => {
    const typing = event.target.closest("input, textarea, select, dialog");
    if (event.key === "Escape" && !dialog.open) {
      if (location.hash === "#rail") location.hash = "";
      else closeThread();
    } else if (event.altKey && (event.key === "ArrowUp" || event.key === "ArrowDown")) {
      const links = $$(".rail [data-channel]");
      const now = links.findIndex((link) => link.hasAttribute("aria-current"));
      links[(now + (event.key === "ArrowDown" ? 1 : links.length - 1)) % links.length]?.click();
      event.preventDefault();
    } else if (!typing && !event.metaKey && !event.ctrlKey && !event.altKey && event.key === "/") {
      $(".room .composer").fill($(".room .composer textarea").value || "/");
      event.preventDefault();
    } else if (!typing && event.key === "?") help();
  });

  function ready(within) {
    for (const form of $$("form[data-say]", within)) composer(form);
    for (const list of $$(".messages", within)) settle(list);
  }

  addEventListener("popstate", () => (place().thread ? openThread(location.href, false) : closeThread(false)));
  addEventListener("hashchange", mark);
  document.addEventListener("visibilitychange", () => { if (!document.hidden) seen(); });
  addEventListener("pagehide", () => source?.close());
  addEventListener("pageshow", (event) => { if (event.persisted) listen(); });

  ready(document);
  mark();
  listen();
  if (!place().thread && !matchMedia("(pointer: coarse)").matches) {
    const text = $(".room .composer textarea");
    text?.focus({ preventScroll: true });
    if (text?.value) $(".room .composer").fill(text.value);
  }
})();
