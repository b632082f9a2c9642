/* What a script adds to pages that work without one: toggles at once, more of a list, proposals
   while one types, a preview, and drafts that outlive a closed window. */

const WAIT_DRAFT = 500, WAIT_SUGGEST = 150, RING = 60_000;
const live = document.getElementById("live");
const policy = window.trustedTypes
  ? window.trustedTypes.createPolicy("skiller", { createHTML: (html) => html, createScriptURL: (url) => (url === "/worker.js" ? url : "") })
  : { createHTML: (html) => html };

/* Our own server's HTML: it escapes whatever people write. */
function parsed(html) {
  const template = document.createElement("template");
  template.innerHTML = policy.createHTML(html);
  return template.content;
}

/* What was done is seen at its button, and said; what was not is to be seen as well. */
function say(words, isWrong = false) {
  live.textContent = "";
  live.className = isWrong ? "told note wrong" : "unseen";
  requestAnimationFrame(() => { live.textContent = words; });
}

function piece(url, options = {}) {
  return fetch(url, {
    credentials: "same-origin",
    ...options,
    headers: { "X-Fragment": "1", ...options.headers },
  });
}

/* A TypeError is a network's. */
function complain(error) {
  say(error instanceof TypeError ? document.body.dataset.away : error.message, true);
}

/* Like, follow: the button turns at once, then becomes what the server says; or turns back. */
function flip(button, on) {
  button.setAttribute("aria-pressed", on ? "true" : "false");
  const number = button.querySelector(".num");
  if (number && /^\d+$/.test(number.textContent)) {
    number.textContent = String(Number(number.textContent) + (on ? 1 : -1));
  }
}

async function swap(form) {
  const button = form.querySelector("button");
  if (form.dataset.busy) return;
  form.dataset.busy = "1";
  const on = button.getAttribute("aria-pressed") !== "true";
  const body = new URLSearchParams(new FormData(form));
  flip(button, on);
  try {
    const answer = await piece(form.action, { method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    const fresh = parsed(text).querySelector("form");
    const turned = fresh.querySelector("button"), isThere = form.contains(document.activeElement);
    form.replaceWith(fresh);
    if (isThere) turned.focus(); /* and not where somebody went on meanwhile */
    say(turned.textContent.trim());
  } catch (error) {
    flip(button, !on);
    delete form.dataset.busy;
    complain(error);
  }
}

/* Show more: the next page's list is put under this one. */
async function append(link) {
  link.setAttribute("aria-busy", "true");
  try {
    const answer = await fetch(link.href, { credentials: "same-origin" });
    if (!answer.ok || answer.redirected) throw new Error();
    const next = parsed(await answer.text());
    const lists = document.querySelectorAll("[data-list]"), more = next.querySelectorAll("[data-list]");
    const list = lists[lists.length - 1], found = more[more.length - 1];
    const first = found.firstElementChild;
    list.append(...found.children);
    const onward = next.querySelector("[data-more]");
    if (onward) link.href = onward.href; else link.closest("p").remove();
    if (first) { first.tabIndex = -1; first.focus({ preventScroll: true }); }
  } catch {
    location.assign(link.href);
  } finally {
    link.removeAttribute("aria-busy");
  }
}

/* A combobox (ARIA 1.2) over a plain field; of a list with commas the last word is completed. */
class Suggest {
  constructor(field) {
    this.field = field;
    this.isList = field.name === "keywords";
    this.box = document.createElement("div");
    this.box.className = "suggests";
    field.replaceWith(this.box);
    this.list = document.createElement("ul");
    this.list.id = `list-${field.id}`;
    this.list.className = "list";
    this.list.setAttribute("role", "listbox");
    this.list.hidden = true;
    this.box.append(field, this.list);
    for (const [name, value] of Object.entries({
      role: "combobox", autocomplete: "off", "aria-autocomplete": "list",
      "aria-expanded": "false", "aria-controls": this.list.id,
    })) field.setAttribute(name, value);
    field.addEventListener("input", () => this.later());
    field.addEventListener("keydown", (event) => this.key(event));
    field.addEventListener("blur", () => setTimeout(() => this.close(), 150));
    this.list.addEventListener("mousedown", (event) => {
      event.preventDefault();
      const option = event.target.closest("li");
      if (option) this.take(option);
    });
  }
  get word() {
    return (this.isList ? this.field.value.split(",").pop() : this.field.value).trim();
  }
  later() {
    clearTimeout(this.timer);
    this.timer = setTimeout(() => this.ask(), WAIT_SUGGEST);
  }
  async ask() {
    const word = this.word;
    if (word.length < 2) return this.close();
    try {
      const answer = await piece(`${this.field.dataset.suggest}?q=${encodeURIComponent(word)}`);
      const isHere = document.activeElement === this.field; /* late, it would lie over what is next */
      if (answer.ok && isHere && word === this.word) this.show(await answer.json());
    } catch { this.close(); }
  }
  show(found) {
    this.list.replaceChildren(...found.map((one, n) => {
      const option = document.createElement("li");
      option.id = `${this.list.id}-${n}`;
      option.setAttribute("role", "option");
      option.dataset.value = one.value;
      option.textContent = one.words;
      return option;
    }));
    this.list.hidden = !found.length;
    this.field.setAttribute("aria-expanded", String(Boolean(found.length)));
    this.point(-1);
  }
  point(place) {
    this.place = place;
    [...this.list.children].forEach((option, n) => {
      option.setAttribute("aria-selected", String(n === place));
    });
    const chosen = this.list.children[place];
    if (chosen) this.field.setAttribute("aria-activedescendant", chosen.id);
    else this.field.removeAttribute("aria-activedescendant");
  }
  key(event) {
    if (this.list.hidden) return;
    const last = this.list.children.length - 1;
    if (event.key === "ArrowDown") this.point(this.place < last ? this.place + 1 : 0);
    else if (event.key === "ArrowUp") this.point(this.place > 0 ? this.place - 1 : last);
    else if (event.key === "Enter" && this.place >= 0) this.take(this.list.children[this.place]);
    else if (event.key === "Escape") this.close();
    else return;
    event.preventDefault();
  }
  take(option) {
    const before = this.isList ? this.field.value.split(",").slice(0, -1).map((w) => w.trim()) : [];
    this.field.value = this.isList ? `${[...before, option.dataset.value].join(", ")}, ` : option.dataset.value;
    this.field.dispatchEvent(new Event("change", { bubbles: true }));
    this.close();
    this.field.focus();
  }
  close() {
    this.list.hidden = true;
    this.field.setAttribute("aria-expanded", "false");
    this.field.removeAttribute("aria-activedescendant");
  }
}

/* Drafts: by member and form, on this device; gone once the words are sent. */
const who = document.body.dataset.member || "nobody";
const draftKey = (name) => `draft:${who}:${name}`;
const kept = {
  get(name) { try { return JSON.parse(localStorage.getItem(draftKey(name))); } catch { return null; } },
  set(name, value) { try { localStorage.setItem(draftKey(name), JSON.stringify(value)); } catch { /* full, or forbidden */ } },
  drop(name) { try { localStorage.removeItem(draftKey(name)); } catch { /* forbidden */ } },
};
const isDrafted = (field) => field.name && !["hidden", "password", "file", "checkbox"].includes(field.type);

/* Where a form holds words already, a draft takes their place when it is told to. */
function offer(form, take) {
  const note = document.getElementById("kept").content.cloneNode(true).firstElementChild;
  note.querySelector("button").addEventListener("click", () => {
    take();
    note.remove();
    form.querySelector("textarea").focus();
  });
  form.prepend(note);
}

function draft(form) {
  const name = form.dataset.draft + location.pathname, state = form.querySelector("[data-draft-state]");
  const fields = [...form.elements].filter(isDrafted), key = form.elements["form-key"];
  const found = kept.get(name);
  /* The key under which the words were sent: sent again, because no answer came, they are one. */
  let sentAs = "";
  const take = () => {
    for (const field of fields) if (found[field.name]) field.value = found[field.name];
    if (found[key.name]) sentAs = key.value = found[key.name];
    if (state) state.textContent = document.body.dataset.draft;
  };
  const isOther = (field) => field.tagName !== "SELECT" && field.value.trim() && found[field.name] && found[field.name] !== field.value;
  if (found && !form.querySelector("[role=alert]")) {
    if (fields.some(isOther)) offer(form, take); else take();
  }
  let timer;
  const save = () => {
    const values = Object.fromEntries(fields.map((field) => [field.name, field.value]));
    values[key.name] = sentAs;
    if (fields.some((field) => field.tagName !== "SELECT" && field.value.trim())) kept.set(name, values);
    else kept.drop(name);
    if (state) state.textContent = document.body.dataset.draft;
  };
  form.addEventListener("input", () => { clearTimeout(timer); timer = setTimeout(save, WAIT_DRAFT); });
  form.addEventListener("change", save);
  /* Sent: the page that says so drops it. One that says no shows the words again. */
  form.addEventListener("submit", () => {
    sentAs = key.value;
    save();
    try { sessionStorage.setItem("sent", name); } catch { /* forbidden */ }
  });
}

function dropSent() {
  /* Loaded again, this page sends the form once more. */
  if (document.querySelector("[data-offline]")) return;
  try {
    const sent = sessionStorage.getItem("sent");
    const isDone = new URLSearchParams(location.search).has("said") || document.querySelector("[data-done]");
    if (sent && isDone && !document.querySelector("[role=alert]")) kept.drop(sent);
    if (sent) sessionStorage.removeItem("sent");
  } catch { /* forbidden */ }
}

async function preview(button) {
  const form = button.form, place = form.querySelector("[data-preview-here]");
  const body = new URLSearchParams(new FormData(form));
  button.setAttribute("aria-busy", "true");
  try {
    const answer = await piece("/preview", { method: "POST", body });
    const text = await answer.text();
    if (!answer.ok) throw new Error(text);
    place.replaceChildren(...parsed(text).querySelector("[data-preview-here]").childNodes);
    place.scrollIntoView({ block: "nearest" });
  } catch (error) {
    complain(error);
  } finally {
    button.removeAttribute("aria-busy");
  }
}

/* An end is told in the community's zone; who is elsewhere reads their own hour beside it. */
function tellHere(time) {
  const form = { dateStyle: "medium", timeStyle: "short" }, at = new Date(time.dateTime);
  const say = (zone) => new Intl.DateTimeFormat(document.documentElement.lang, { ...form, timeZone: zone }).format(at);
  const here = say(undefined);
  if (here !== say(time.dataset.zone)) time.append(` (${time.dataset.here.replace("{}", here)})`);
}

/* The zone of this device, for who does not know what theirs is called. */
function proposeZone(button) {
  const zone = Intl.DateTimeFormat().resolvedOptions().timeZone, field = document.getElementById(button.dataset.zoneFor);
  if (!zone || zone === field.value) return;
  button.textContent = button.textContent.replace("{}", zone);
  button.hidden = false;
  button.addEventListener("click", () => { field.value = zone; field.focus(); button.hidden = true; });
}

/* The bell, once a minute while somebody looks: a number that changed is put in its place. */
async function ring() {
  const bell = document.querySelector(".bell");
  if (!bell || document.hidden) return;
  try {
    const answer = await piece("/notices/bell");
    if (answer.status !== 200 || answer.redirected) return;
    const fresh = parsed(await answer.text()).querySelector(".bell");
    if (fresh && bell.hasAttribute("aria-current")) fresh.setAttribute("aria-current", "page");
    if (fresh && fresh.textContent !== bell.textContent && bell !== document.activeElement) bell.replaceWith(fresh);
  } catch { /* the next page tells */ }
}

document.addEventListener("submit", (event) => {
  if (event.target.matches("[data-swap]")) {
    event.preventDefault();
    swap(event.target);
  }
});
document.addEventListener("click", (event) => {
  if (event.ctrlKey || event.metaKey || event.shiftKey) return;
  const more = event.target.closest("[data-more]"), look = event.target.closest("[data-preview]");
  if (more && document.querySelector("[data-list]")) { event.preventDefault(); append(more); }
  if (look) { event.preventDefault(); preview(look); }
});

dropSent();
document.querySelectorAll("[data-suggest]").forEach((field) => new Suggest(field));
document.querySelectorAll("form[data-draft]").forEach(draft);
document.querySelectorAll("[data-preview][hidden]").forEach((button) => { button.hidden = false; });
setInterval(ring, RING);
document.querySelectorAll("time[data-zone]").forEach(tellHere);
document.querySelectorAll("[data-zone-for]").forEach(proposeZone);
document.querySelector("[data-focus]")?.focus();
if ("serviceWorker" in navigator && window.isSecureContext) {
  const url = policy.createScriptURL ? policy.createScriptURL("/worker.js") : "/worker.js";
  navigator.serviceWorker.register(url).catch(() => { /* pages work without it */ });
}
