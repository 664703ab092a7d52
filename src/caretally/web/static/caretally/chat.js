// A conversation that is up to date by itself: over a live connection, or by asking every few seconds
// where there is none. Without this script the page is complete: a form, and a link to look again.
"use strict";

const PING_MS = 15000;
const ASK_MS = 4000;
const TYPES_MS = 2000;
const MOST_WAIT_MS = 30000;

function newId() {
  const bytes = crypto.getRandomValues(new Uint8Array(16));
  return `msg_${[...bytes].map((each) => each.toString(16).padStart(2, "0")).join("")}`;
}

class Conversation {
  constructor(box) {
    this.box = box;
    this.list = document.getElementById("chat-messages");
    this.scroll = document.getElementById("chat-scroll");
    this.form = document.getElementById("chat-form");
    this.text = document.getElementById("chat-text");
    this.words = JSON.parse(box.dataset.words);
    this.isStaff = box.dataset.side === "staff";
    this.after = Number(box.dataset.after);
    this.delivered = Number(box.dataset.delivered);
    this.read = Number(box.dataset.read);
    // Message times are those of the server's clock: one's own may be wrong.
    this.ahead = Date.parse(box.dataset.now) - Date.now();
    this.clock = new Intl.DateTimeFormat(box.dataset.language, { timeZone: box.dataset.zone, month: "short", day: "numeric", hour: "2-digit", minute: "2-digit", hour12: false });
    this.waiting = new Map();
    this.socket = null;
    this.wait = 1000;
    this.typedAt = 0;
    this.typesNow = false;
    this.asking = false;
    this.flushing = false;
    this.ended = false;
    this.form.addEventListener("submit", (event) => { event.preventDefault(); this.submit(); });
    this.text.addEventListener("input", () => this.typed());
    this.text.addEventListener("keydown", (event) => {
      if (event.key === "Enter" && (event.ctrlKey || event.metaKey)) { event.preventDefault(); this.submit(); }
    });
    document.addEventListener("visibilitychange", () => this.sign());
    this.scroll.scrollTop = this.scroll.scrollHeight;
    setInterval(() => this.sign(), PING_MS);
    if (box.dataset.live) this.connect(); else this.fallBack();
  }

  get isLive() { return this.socket !== null && this.socket.readyState === WebSocket.OPEN; }
  get isSeen() { return document.visibilityState === "visible"; }

  connect() {
    if (this.ended) return;
    const socket = new WebSocket(`${this.box.dataset.live}?after=${this.after}`);
    this.socket = socket;
    socket.addEventListener("open", () => {
      this.wait = 1000;
      this.box.dataset.state = "live";
      this.say("");
      this.sign();
      this.flush();
    });
    socket.addEventListener("message", (event) => this.hear(JSON.parse(event.data)));
    socket.addEventListener("close", (event) => {
      this.fallBack();
      if (event.code === 4401) { location.reload(); return; }
      setTimeout(() => this.connect(), this.wait);
      this.wait = Math.min(this.wait * 2, MOST_WAIT_MS);
    });
  }

  fallBack() {
    this.box.dataset.state = "asking";
    this.say(this.words.slow);
    this.ask();
  }

  // Asks while there is no live connection, one question at a time.
  async ask() {
    if (this.asking || this.isLive || this.ended) return;
    this.asking = true;
    const told = { after: this.after, seen: this.isSeen ? "1" : "", types: this.typesNow ? "1" : "" };
    this.typesNow = false;
    try {
      const answer = await this.post(this.box.dataset.beat, told);
      if (answer.status === 403 || answer.type === "opaqueredirect") { this.ended = true; location.reload(); return; }
      if (answer.ok) this.hear(await answer.json());
      await this.flush();
    } catch { /* The server is away; it is asked again. */ } finally {
      this.asking = false;
    }
    setTimeout(() => this.ask(), ASK_MS);
  }

  post(address, told) {
    const token = this.form.querySelector("[name=csrfmiddlewaretoken]").value;
    return fetch(address, {
      method: "POST", body: new URLSearchParams(told), redirect: "manual", credentials: "same-origin",
      headers: { "Accept": "application/json", "X-CSRFToken": token, "X-Requested-With": "XMLHttpRequest" },
    });
  }

  tell(message) { if (this.isLive) this.socket.send(JSON.stringify(message)); }

  sign() { this.tell({ kind: this.isSeen ? "ping" : "still" }); this.gotAll(); }

  typed() {
    if (Date.now() - this.typedAt < TYPES_MS || !this.text.value) return;
    this.typedAt = Date.now();
    this.typesNow = true;
    this.tell({ kind: "types" });
  }

  gotAll() { if (this.after) this.tell({ kind: this.isSeen ? "read" : "got", up_to: this.after }); }

  submit() {
    const text = this.text.value.trim();
    if (!text) { this.text.focus(); return; }
    const message = { message: newId(), text, client_at: new Date(Date.now() + this.ahead).toISOString() };
    this.waiting.set(message.message, message);
    this.refuse("");
    this.draw({ ...message, number: 0, name: this.words.you, own: true, automated: false, at: message.client_at });
    this.text.value = "";
    this.typedAt = 0;
    this.text.focus();
    if (this.isLive) this.tell({ kind: "send", ...message }); else this.flush();
  }

  // What waits is sent one by one, so that it is kept in the order in which it was written. The same
  // message may be sent many times; it is stored once.
  async flush() {
    if (this.isLive) {
      for (const each of this.waiting.values()) this.tell({ kind: "send", ...each });
      return;
    }
    if (this.flushing) return;
    this.flushing = true;
    try {
      while (this.waiting.size && !this.isLive) {
        const [message] = this.waiting.values();
        const answer = await this.post(this.box.dataset.send, { ...message, after: this.after });
        if (!answer.ok && answer.status !== 422) break;
        this.hear(await answer.json());
        this.waiting.delete(message.message);
      }
    } catch { /* It waits, and is sent again. */ } finally {
      this.flushing = false;
    }
  }

  hear(told) {
    if (told.kind === "refused") { this.takeBack(told); return; }
    this.delivered = Math.max(this.delivered, told.delivered);
    this.read = Math.max(this.read, told.read);
    for (const each of told.messages) this.draw(each);
    for (const each of this.list.querySelectorAll(".is-own")) this.markOf(each);
    this.showHere(told.here);
    this.showBegun(told.open);
    if (told.messages.length) this.gotAll();
  }

  takeBack(told) {
    const message = this.waiting.get(told.message);
    this.waiting.delete(told.message);
    this.itemOf(told.message)?.remove();
    if (message && !this.text.value) this.text.value = message.text;
    this.refuse(told.says || this.words.refused);
  }

  itemOf(message) { return [...this.list.children].find((each) => each.dataset.message === message); }

  draw(message) {
    const known = this.itemOf(message.message);
    if (message.number) { this.waiting.delete(message.message); this.after = Math.max(this.after, message.number); }
    if (known && known.dataset.number !== "0") return;
    const isLow = this.scroll.scrollHeight - this.scroll.scrollTop - this.scroll.clientHeight < 80;
    const item = this.itemFor(message);
    known?.remove();
    const next = message.number ? [...this.list.children].find((each) => Number(each.dataset.number) > message.number || each.dataset.number === "0") : undefined;
    this.list.insertBefore(item, next ?? null);
    document.getElementById("chat-none").hidden = true;
    if (isLow || message.own) this.scroll.scrollTop = this.scroll.scrollHeight;
  }

  itemFor(message) {
    const item = document.createElement("li");
    item.className = `chat-message${message.own ? " is-own" : ""}${message.automated ? " is-automated" : ""}`;
    item.dataset.number = message.number;
    item.dataset.message = message.message;
    const who = line("chat-who", "");
    const name = document.createElement("span");
    name.className = "chat-name";
    name.textContent = message.automated ? this.words.automatic : message.own && !this.isStaff ? this.words.you : message.name;
    const time = document.createElement("time");
    time.dateTime = message.at;
    time.textContent = this.clock.format(new Date(message.at));
    who.append(name, " ", time);
    const text = line("chat-text", "");
    message.text.split("\n").forEach((each, place) => text.append(...(place ? [document.createElement("br")] : []), each));
    item.append(who, text);
    if (message.automated && !this.isStaff) item.append(line("chat-note", this.words.automatic_more));
    if (message.own) { item.append(line("chat-mark", "")); this.markOf(item); }
    return item;
  }

  markOf(item) {
    const number = Number(item.dataset.number);
    const mark = item.querySelector(".chat-mark");
    if (mark) mark.textContent = !number ? this.words.waiting : number <= this.read ? this.words.read : number <= this.delivered ? this.words.delivered : "";
  }

  showHere(here) {
    const wanted = here.filter((each) => each.staff !== this.isStaff);
    const said = wanted.map((each) => (each.types ? this.words.types : this.words.here).replace("{name}", each.name));
    if (!said.length && !this.isStaff) said.push(this.words.nobody);
    const line = document.getElementById("chat-here");
    if (line.textContent !== said.join(". ")) line.textContent = said.join(". ");
  }

  // A conversation that began while the page was open can be closed once the page is loaded again.
  showBegun(isOpen) {
    const begun = document.getElementById("chat-begun");
    if (!begun || !isOpen) return;
    begun.hidden = false;
    document.getElementById("chat-none-open")?.remove();
  }

  say(text) { const line = document.getElementById("chat-state"); if (line.textContent !== text) line.textContent = text; }
  refuse(text) { document.getElementById("chat-said").textContent = text; }
}

function line(name, text) {
  const found = document.createElement("p");
  found.className = name;
  found.textContent = text;
  return found;
}

const chat = document.getElementById("chat");
if (chat) new Conversation(chat);
