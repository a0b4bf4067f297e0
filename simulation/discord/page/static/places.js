// The servers and channels on the left, and what is unread in them.

import { $, arrowKeys, h, icon } from "./dom.js";
import { avatar } from "./message.js";

const DIRECT = 1;
const ICONS = { 5: "announcement", 10: "thread", 11: "thread", 15: "forum" };

export class Places {
  /** `open(channel)` is called when a channel is chosen. */
  constructor(open) {
    this.open = open;
    this.guilds = [];
    this.channels = new Map();
    this.current = null;
    arrowKeys($("places"), () => [...$("places").querySelectorAll("button")]);
  }

  /** Take what the person may see; what is known of channels that stay is kept. */
  take({ guilds, direct }) {
    const before = this.channels;
    this.channels = new Map();
    this.guilds = guilds;
    this.direct = direct;
    for (const guild of [...guilds, { id: null, name: "Direct messages", channels: direct }]) {
      for (const channel of guild.channels) {
        const title = channel.kind === DIRECT ? `@${channel.name}` : channel.parent ? channel.name : `#${channel.name}`;
        const kept = before.get(channel.id) || { messages: [], loaded: false, more: false, unread: 0, pings: 0, pins: 0, firstUnread: null };
        this.channels.set(channel.id, Object.assign(kept, channel, { title, guild }));
      }
    }
    this.draw();
  }

  /** Forget everything: another person looks, or the sandbox has begun again. */
  forget() {
    this.channels = new Map();
    this.current = null;
  }

  path(channel) {
    return `${channel.guild.name}/${channel.name}`;
  }

  byPath(path) {
    return [...this.channels.values()].find((channel) => this.path(channel) === path);
  }

  get first() {
    return this.channels.values().next().value;
  }

  draw() {
    const focused = document.activeElement?.dataset?.channel;
    const sections = this.guilds.map((guild) => this.section(guild.id, guild.name, guild.channels));
    if (this.direct.length) sections.push(this.section("direct", "Direct messages", this.direct));
    $("places").replaceChildren(...sections);
    if (focused) $("places").querySelector(`[data-channel="${focused}"]`)?.focus();
    const unread = [...this.channels.values()].some((channel) => channel.unread);
    $("drawer-badge").hidden = !unread;
  }

  /** Return the threads of a channel, or the posts of a forum, the newest first. */
  threadsOf(id) {
    return [...this.channels.values()].filter(({ parent }) => parent === id).reverse();
  }

  /** Archived threads are hidden until something new is in them. */
  listed(channel) {
    return !channel.archived || channel.unread || channel === this.current;
  }

  section(id, name, channels) {
    return h("section", { "aria-labelledby": `place-${id}` },
      h("h2", { id: `place-${id}` }, name),
      h("ul", {}, channels.map(({ id: channel }) => this.channels.get(channel)).filter((channel) => this.listed(channel)).map((channel) => h("li", {}, this.button(channel)))));
  }

  button(channel) {
    const current = channel === this.current;
    const tabbable = current || (!this.current && channel === this.first);
    const mark = channel.kind === DIRECT ? avatar(channel.people.find((person) => person.name === channel.name) || { name: channel.name }) : icon(ICONS[channel.kind] || "text");
    const count = channel.pings || channel.unread;
    return h("button", {
      type: "button", class: `place${channel.unread ? " unread" : ""}${channel.parent ? " thread" : ""}`, "data-channel": channel.id, tabindex: tabbable ? 0 : -1,
      "aria-label": channel.unread ? `${channel.name}, ${channel.unread} unread${channel.pings ? `, ${channel.pings} to you` : ""}` : null,
      "aria-current": current ? "page" : null, on: { click: () => this.open(channel) },
    }, mark, h("span", { class: "place-name" }, channel.name),
    channel.unread ? h("span", { class: `badge${channel.pings ? " pings" : ""}` }, count > 99 ? "99+" : String(count)) : null);
  }

  /** Return the things of some kinds ("users roles") that can be chosen in a channel. */
  things(kinds, channelId, types) {
    const channel = this.channels.get(channelId);
    const guild = channel?.guild.id ? channel.guild : null;
    const users = guild ? guild.members : channel?.people || [];
    const found = [];
    if (kinds.includes("users")) found.push(...users.map(({ id, name, bot }) => ({ value: id, label: `@${name}`, hint: bot ? "Bot" : null })));
    if (kinds.includes("roles") && guild) found.push(...guild.roles.filter(({ managed }) => !managed).map(({ id, name }) => ({ value: id, label: name.startsWith("@") ? name : `@${name}`, hint: "Role" })));
    if (kinds.includes("channels") && guild) found.push(...guild.channels.filter(({ parent }) => !parent).filter(({ kind }) => !types?.length || types.includes(kind)).map(({ id, name }) => ({ value: id, label: `#${name}` })));
    return found;
  }
}
