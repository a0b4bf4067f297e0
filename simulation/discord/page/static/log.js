// The messages of the channel that is open. Elements are kept as long as what they show is the same.

import { $, h, icon } from "./dom.js";
import { messageElement } from "./message.js";
import { format } from "./time.js";

const GROUPED_WITHIN = 7 * 60 * 1000;
const NEAR = 80;
const FORUM = 15;

export class Log {
  /** `page` is what messages may ask of the page; `earlier()` fetches what came before. */
  constructor(page, earlier) {
    this.page = page;
    this.log = $("log");
    this.toEnd = $("to-end");
    this.elements = new Map();
    this.channel = null;
    this.atEnd = true;
    this.missed = 0;
    this.asked = this.brought = null;
    this.drawing = 0;
    this.more = h("button", { type: "button", class: "quiet-button earlier", on: { click: earlier } }, "Show earlier messages");
    this.log.addEventListener("scroll", () => this.scrolled(), { passive: true });
    this.log.addEventListener("load", () => this.atEnd && this.settle(), true);
    this.log.addEventListener("keydown", (event) => this.onKey(event));
    this.toEnd.addEventListener("click", () => (this.scrollDown(), $("say").focus()));
    new ResizeObserver(() => this.atEnd && this.settle()).observe(this.log);
  }

  /** Show a channel from its end. */
  show(channel) {
    this.channel = channel;
    this.atEnd = true;
    this.missed = 0;
    this.asked = this.brought = null;
    this.opening = true;
    this.elements.clear();
    this.log.replaceChildren();
    this.draw();
  }

  /** Go to a message that the person asked for, when it is drawn. */
  bring(id) {
    this.brought = id;
    this.change();
  }

  /** Draw soon; many changes are drawn at once. */
  change(added = 0) {
    if (!this.atEnd) this.missed += added;
    if (this.drawing) return;
    this.drawing = document.hidden ? setTimeout(() => this.draw(), 100) : requestAnimationFrame(() => this.draw());
  }

  draw() {
    this.drawing = 0;
    if (!this.channel) return;
    const focused = this.focused();
    const wanted = this.wanted();
    const top = this.log.scrollTop;
    const before = this.log.scrollHeight;
    const keepPlace = !this.atEnd && wanted.length && this.log.firstElementChild && this.prepended(wanted);
    const keep = new Set(wanted);
    for (const child of [...this.log.children]) if (!keep.has(child)) child.remove();
    wanted.forEach((element, at) => {
      if (this.log.children[at] !== element) this.log.insertBefore(element, this.log.children[at] || null);
    });
    if (focused) this.refocus(focused);
    const { messages, loaded } = this.channel;
    if (this.opening && loaded) [this.opening, this.brought] = [false, messages.at(-1)?.id];
    if (this.brought) Object.assign(this, { asked: this.brought, atEnd: true, brought: null });
    if (this.atEnd) this.settle();
    else if (keepPlace) this.log.scrollTop = top + this.log.scrollHeight - before;
    this.showMissed();
  }

  prepended(wanted) {
    const first = this.log.querySelector(".message");
    return first && wanted.find((element) => element.classList.contains("message")) !== first;
  }

  /** Return the elements that are to stand in the log, in order. */
  wanted() {
    const { messages, more, loaded, firstUnread, name, topic } = this.channel;
    const elements = [];
    const kept = new Map();
    if (more) elements.push(this.more);
    const posts = this.channel.kind === FORUM ? this.page.posts(this.channel) : [];
    if (posts.length) elements.push(this.kept(kept, "posts", () => h("ul", { class: "posts", "aria-label": `Posts in ${name}` }, posts.map((post) => h("li", {}, h("button", { type: "button", class: "post", on: { click: () => this.page.open(post) } }, icon("thread"), h("strong", {}, post.name), post.tags.length ? h("span", {}, post.tags.join(", ")) : null, h("span", {}, post.archived ? "closed" : "open"))))), posts.map(({ id, archived }) => `${id}${archived}`).join()));
    else if (loaded && !more) elements.push(this.kept(kept, "beginning", () => h("div", { class: "beginning" }, h("p", {}, messages.length ? `This is where ${name} begins.` : `Nothing has been said in ${name} yet.`), topic ? h("p", {}, topic) : null), name, topic, !messages.length));
    let last = null;
    for (const message of messages) {
      const at = new Date(message.posted_at);
      const day = format(at, "day");
      const newDay = !last || day !== last.day;
      if (newDay) elements.push(this.kept(kept, `day-${day}-${message.id}`, () => h("div", { class: "day", role: "separator", "aria-label": day }, h("span", {}, day))));
      const unread = message.id === firstUnread;
      if (unread) elements.push(this.kept(kept, `new-${message.id}`, () => h("div", { class: "day unread", role: "separator", "aria-label": "New" }, h("span", {}, "New"))));
      const grouped = !newDay && !unread && !message.command && message.type === 0 && !message.ephemeral && !last.message.ephemeral && last.message.author.id === message.author.id && at - last.at < GROUPED_WITHIN && message.pings_me === last.message.pings_me;
      elements.push(this.kept(kept, message.id, () => messageElement(message, grouped, this.page), message, grouped));
      last = { message, at, day };
    }
    this.elements = kept;
    return elements;
  }

  kept(kept, key, make, ...shows) {
    const known = this.elements.get(key);
    const same = known && known.shows.length === shows.length && known.shows.every((each, at) => each === shows[at]);
    const entry = same ? known : { element: make(), shows };
    kept.set(key, entry);
    return entry.element;
  }

  focused() {
    const at = document.activeElement;
    const message = at?.closest?.("#log .message");
    return message && { id: message.id, key: at.dataset.key, whole: at === message };
  }

  /** Give the focus back to what stands in the place of an element that was drawn anew. */
  refocus({ id, key, whole }) {
    if (document.activeElement !== document.body) return;
    const message = $(id);
    const control = key && [...(message?.querySelectorAll("[data-key]") || [])].find((each) => each.dataset.key === key && !each.disabled);
    (control || (message && (whole || key) ? message : this.log)).focus({ preventScroll: true });
  }

  scrollDown() {
    this.asked = null;
    this.settle();
  }

  /** Stand at the end; of what was asked for and is taller than the window, at its beginning. */
  settle() {
    const last = this.log.lastElementChild;
    const beginning = this.asked && last?.id === `m-${this.asked}` ? last.offsetTop : Infinity;
    this.log.scrollTop = Math.min(this.log.scrollHeight, beginning);
    this.atEnd = true;
    this.missed = 0;
    this.showMissed();
  }

  scrolled() {
    const left = this.log.scrollHeight - this.log.scrollTop - this.log.clientHeight;
    this.atEnd = left < NEAR;
    if (this.atEnd) this.missed = 0;
    if (left < 2) this.asked = null;
    this.showMissed();
  }

  showMissed() {
    this.toEnd.hidden = this.atEnd;
    const text = this.missed ? `${this.missed} new ${this.missed === 1 ? "message" : "messages"}` : "To the newest";
    if (this.toEnd.textContent !== text) this.toEnd.replaceChildren(icon("down"), text);
  }

  onKey(event) {
    if (event.key === "Escape") {
      $("say").focus();
      event.preventDefault();
      return;
    }
    if (!["ArrowUp", "ArrowDown", "Home", "End"].includes(event.key) || event.target.closest("input, [role=listbox]")) return;
    const messages = [...this.log.querySelectorAll(".message")];
    if (!messages.length) return;
    const at = messages.findIndex((message) => message.contains(document.activeElement));
    const last = messages.length - 1;
    const to = { ArrowUp: at < 0 ? last : at - 1, ArrowDown: at < 0 ? last : at + 1, Home: 0, End: last }[event.key];
    event.preventDefault();
    const message = messages[Math.max(0, Math.min(to, last))];
    message.focus({ preventScroll: true });
    message.scrollIntoView({ block: "nearest" });
  }
}
