// Discord's markdown as elements. Nothing of a text ever becomes HTML; a link leads to http(s) only.
//
// `names` tells who is meant: user(id), role(id), channel(id), openChannel(id), useCommand(path).

import { h } from "./dom.js";
import { format } from "./time.js";

/** Return a text with its blocks (headings, lists, quotes, code) as a fragment. */
export function markdown(text, names) {
  const fragment = document.createDocumentFragment();
  const hidden = /^\|\|((?:(?!\|\|)[\s\S])+)\|\|$/.exec(String(text).trim());
  if (hidden) {
    fragment.append(spoiler(markdown(hidden[1], names), "div"));
    return fragment;
  }
  const pieces = String(text).split(/```(?:([a-z0-9_+-]+)\n)?([\s\S]+?)\n?```/gi);
  for (let at = 0; at < pieces.length; at += 3) {
    blocks(pieces[at].replace(/^\n|\n$/g, ""), names, fragment);
    if (at + 2 < pieces.length) {
      fragment.append(h("pre", { tabindex: 0 }, h("code", {}, pieces[at + 2].replace(/^\n/, ""))));
    }
  }
  return fragment;
}

/** Return a text of one line, with its inline marks, as a fragment. */
export function inline(text, names) {
  const fragment = document.createDocumentFragment();
  spans(String(text), names, fragment);
  return fragment;
}

/** Return what a text says without its marks; what is hidden stays hidden. */
export function plain(text, names) {
  return h("p", {}, markdown(String(text).replace(/\|\|(?:(?!\|\|)[\s\S])+\|\|/g, "(hidden)"), names)).textContent.replace(/\s+/g, " ").trim();
}

const ITEM = /^( *)(?:[-*]|(\d{1,9})\.) +(.*)$/;

function blocks(text, names, into) {
  const lines = text.split("\n");
  if (text === "") return;
  let paragraph = [];
  const flush = () => {
    if (paragraph.length) into.append(h("p", {}, withBreaks(paragraph, names)));
    paragraph = [];
  };
  for (let at = 0; at < lines.length; at += 1) {
    const line = lines[at];
    const heading = /^(#{1,3}) +(.+)$/.exec(line);
    if (heading) {
      flush();
      into.append(h("p", { class: `heading heading-${heading[1].length}`, role: "heading", "aria-level": 2 }, inline(heading[2], names)));
    } else if (/^-# +\S/.test(line)) {
      flush();
      into.append(h("p", { class: "subtext" }, inline(line.slice(3).trim(), names)));
    } else if (/^>>> /.test(line)) {
      flush();
      into.append(h("blockquote", {}, markdown([line.slice(4), ...lines.slice(at + 1)].join("\n"), names)));
      return;
    } else if (/^> /.test(line)) {
      flush();
      const quoted = [];
      while (at < lines.length && /^> /.test(lines[at])) quoted.push(lines[at++].slice(2));
      at -= 1;
      into.append(h("blockquote", {}, markdown(quoted.join("\n"), names)));
    } else if (ITEM.test(line)) {
      flush();
      const items = [];
      while (at < lines.length && ITEM.test(lines[at])) items.push(ITEM.exec(lines[at++]));
      at -= 1;
      into.append(list(items, names));
    } else if (line.trim() === "") {
      flush();
    } else {
      paragraph.push(line);
    }
  }
  flush();
}

function withBreaks(lines, names) {
  return lines.map((line, at) => [at ? h("br") : null, inline(line, names)]);
}

function list(items, names) {
  const [, first, number] = items[0];
  const element = number ? h("ol", { start: number }) : h("ul");
  for (let at = 0; at < items.length; at += 1) {
    const item = h("li", {}, inline(items[at][3], names));
    const below = [];
    while (at + 1 < items.length && items[at + 1][1].length > first.length) below.push(items[(at += 1)]);
    if (below.length) item.append(list(below, names));
    element.append(item);
  }
  return element;
}

const within = (tag) => (found, names) => h(tag, {}, inline(found[1], names));

// Each rule: where it matches at the beginning of what is left, and what it makes of that.
const RULES = [
  [/^\\([^0-9A-Za-z\s])/, (found) => found[1]],
  [/^(`+)([\s\S]*?[^`])\1(?!`)/, (found) => h("code", {}, found[2].trim() || found[2])],
  [/^\*\*\*([\s\S]+?)\*\*\*(?!\*)/, (found, names) => h("strong", {}, h("em", {}, inline(found[1], names)))],
  [/^\*\*((?:\\.|[^\\])+?)\*\*(?!\*)/, within("strong")],
  [/^__((?:\\.|[^\\])+?)__(?!_)/, within("u")],
  [/^\*(?!\s)((?:\\.|\*\*|[^*\\])+?)\*(?!\*)/, within("em")],
  [/^_((?:\\.|__|[^_\\])+?)_(?![A-Za-z0-9_])/, within("em"), "word"],
  [/^~~((?:\\.|[^\\])+?)~~/, (found, names) => h("s", {}, inline(found[1], names))],
  [/^\|\|((?:\\.|[^\\])+?)\|\|/, (found, names) => spoiler(inline(found[1], names))],
  [/^\[((?:\\.|[^\]\\])+)\]\(<?(https?:\/\/[^\s)>]+)>?(?:\s+"[^"]*")?\)/i, (found, names) => link(found[2], inline(found[1], names))],
  [/^<(https?:\/\/[^\s>]+)>/i, (found) => link(found[1], found[1])],
  [/^https?:\/\/[^\s<>]*[^\s<>.,:;"'\])!?*_~|]/i, (found) => link(found[0], found[0])],
  [/^<t:(-?\d{1,13})(?::([tTdDfFR]))?>/, (found) => moment(Number(found[1]), found[2])],
  [/^<@!?(\d+)>/, (found, names) => mention("@", names.user(found[1]))],
  [/^<@&(\d+)>/, (found, names) => mention("@", names.role(found[1]))],
  [/^<#(\d+)>/, (found, names) => channelMention(found[1], names)],
  [/^<\/([-_'\p{L}\p{N} ]+):\d+>/u, (found, names) => commandMention(found[1], names)],
  [/^<a?:(\w{2,32}):\d+>/, (found) => `:${found[1]}:`],
  [/^@(everyone|here)\b/, (found) => mention("@", found[1])],
];

function spans(text, names, into) {
  let rest = text;
  let before = "";
  let written = "";
  const flush = () => {
    if (written) into.append(written);
    written = "";
  };
  while (rest) {
    const hit = /[\\`*_~|[<@]|https?:/i.exec(rest);
    if (!hit) break;
    if (hit.index) {
      before = rest[hit.index - 1];
      written += rest.slice(0, hit.index);
      rest = rest.slice(hit.index);
    }
    let found = null;
    for (const [pattern, make, boundary] of RULES) {
      if (boundary && /[A-Za-z0-9_]/.test(before)) continue;
      found = pattern.exec(rest);
      if (!found) continue;
      const made = make(found, names);
      if (made === null) { found = null; continue; }
      if (typeof made === "string") written += made;
      else { flush(); into.append(made); }
      break;
    }
    const taken = found ? found[0] : rest[0];
    if (!found) written += taken;
    before = taken[taken.length - 1];
    rest = rest.slice(taken.length);
  }
  written += rest;
  flush();
}

/** Return a link that opens elsewhere, or its words alone if it leads to no web page. */
export function link(address, label) {
  let url;
  try {
    url = new URL(address);
  } catch {
    return h("span", {}, label);
  }
  if (!["http:", "https:"].includes(url.protocol)) return h("span", {}, label);
  return h("a", { href: url.href, target: "_blank", rel: "noopener noreferrer nofollow", title: url.href }, label);
}

/** Return something that is hidden until it is asked for. */
export function spoiler(content, tag = "span") {
  const hidden = h(tag, { class: "spoiler-text" }, content);
  hidden.inert = true;
  const button = h("button", { type: "button", class: "spoiler-button", "aria-expanded": "false" }, "Show the spoiler");
  const whole = h(tag, { class: "spoiler" }, button, hidden);
  button.addEventListener("click", () => {
    hidden.inert = false;
    whole.classList.add("shown");
    button.remove();
  });
  return whole;
}

function moment(seconds, style = "f") {
  const at = new Date(seconds * 1000);
  if (Number.isNaN(at.getTime())) return null;
  return h("time", { datetime: at.toISOString(), title: format(at, "F"), "data-relative": style === "R" }, format(at, style));
}

const mention = (sign, name) => h("span", { class: "mention" }, `${sign}${name}`);

function channelMention(id, names) {
  const name = names.channel(id);
  if (name === null) return mention("#", "unknown");
  return h("button", { type: "button", class: "mention", on: { click: () => names.openChannel(id) } }, `#${name}`);
}

function commandMention(path, names) {
  return h("button", { type: "button", class: "mention", on: { click: () => names.useCommand(path) } }, `/${path}`);
}
