// A message as it stands in the channel: who, when, its words, embeds, files and controls.

import { h, icon, uniqueId } from "./dom.js";
import { controls } from "./controls.js";
import { openImage } from "./dialogs.js";
import { inline, link, markdown, plain, spoiler } from "./markdown.js";
import { format } from "./time.js";

const CROSSPOSTED = 1;
const SUPPRESS_NOTIFICATIONS = 1 << 12;
const REPLY = 19;
const THREAD_STARTED = 18;

/** Return a message's element. `page` is what it may ask of the page (see main.js). */
export function messageElement(message, grouped, page) {
  const names = page.names(message);
  const posted = new Date(message.posted_at);
  const who = h("span", { class: "author", id: uniqueId("who") }, message.author.username);
  const when = h("time", { class: "when", id: uniqueId("when"), datetime: posted.toISOString(), title: format(posted, "F") }, format(posted, "t"));
  const body = h("div", { class: "body" });
  const article = h("article", { class: `message${grouped ? " grouped" : ""}${message.ephemeral ? " private" : ""}${message.pings_me ? " pinged" : ""}`, id: `m-${message.id}`, tabindex: -1, "aria-labelledby": `${who.id} ${when.id}` });
  const above = context(message, names);
  if (above) article.append(above);
  const head = h("p", { class: "head" }, who, message.author.bot ? h("span", { class: "tag" }, "Bot") : null, when);
  article.append(avatar(message.author), h("div", { class: "side" }, head, body));
  fillBody(body, message, names, page);
  return article;
}

/** Return the mark of who writes: the bot's ballot paper, or a person's initial. */
export function avatar(user) {
  if (user.bot) return h("img", { class: "avatar", src: "/page/icon.svg", alt: "" });
  let shade = 0;
  for (const letter of user.name || user.username) shade = (shade * 31 + letter.codePointAt(0)) % 5;
  return h("span", { class: `avatar shade-${shade}`, "aria-hidden": "true" }, [...(user.name || user.username)][0].toUpperCase());
}

/** Say a message in a few words, for the announcer. */
export function spoken(message, names) {
  if (message.loading) return `${message.author.username} is thinking`;
  const [embed] = message.embeds;
  const text = message.content || embed?.title || embed?.description || message.attachments[0]?.description || "a file";
  const words = plain(text, names);
  return `${message.author.username}: ${words.length > 200 ? `${words.slice(0, 199)}…` : words}`;
}

function context(message, names) {
  if (message.command) {
    const user = message.interaction_metadata.user.username;
    return h("p", { class: "context" }, icon("command"), h("strong", {}, user), " used ", h("span", { class: "used" }, `/${message.command}`));
  }
  if (message.type !== REPLY) return null;
  const original = message.referenced_message;
  return h("p", { class: "context" }, icon("command"), original
    ? [h("strong", {}, original.author.username), ` ${plain(original.content || original.embeds[0]?.title || "", names).slice(0, 120)}`]
    : "The message that this answers was deleted");
}

function fillBody(body, message, names, page) {
  if (message.type === THREAD_STARTED) {
    const thread = message.message_reference.channel_id;
    body.append(h("p", {}, "started a thread: ", h("button", { type: "button", class: "link-button", "data-key": "thread", on: { click: () => names.openChannel(thread) } }, message.content)));
    return;
  }
  if (message.loading) {
    body.append(h("p", { class: "thinking" }, h("span", { class: "dots", "aria-hidden": "true" }, h("i"), h("i"), h("i")), `${message.author.username} is thinking…`));
  }
  const content = message.content ? h("div", { class: "content" }, markdown(message.content, names)) : null;
  const marks = h("p", { class: "marks" });
  if (message.edited_at) marks.append(h("span", { class: "edited", title: `Edited ${format(new Date(message.edited_at), "F")}` }, "(edited)"));
  if (message.flags & CROSSPOSTED) marks.append(h("span", { class: "edited" }, "Published"));
  if (message.flags & SUPPRESS_NOTIFICATIONS) marks.append(h("span", { class: "edited", title: "Posted without a push notification" }, "Silent"));
  body.append(...[content, ...message.attachments.map(attachment), ...message.embeds.map((embed) => embedElement(embed, names))].filter(Boolean));
  if (message.components.length) body.append(controls(message, page));
  if (marks.childElementCount) body.append(marks);
  if (message.ephemeral) {
    body.append(h("p", { class: "only-you" }, icon("eye"), "Only you can see this · ",
      h("button", { type: "button", class: "link-button", "data-key": "dismiss", on: { click: () => page.dismiss(message) } }, "Dismiss")));
  }
}

/** Return the address of a file of the sandbox's own, null for any other: nothing is fetched elsewhere. */
function own(address) {
  const url = new URL(address, location.href);
  const here = url.origin === location.origin || ["127.0.0.1", "localhost"].includes(url.hostname);
  return here && url.pathname.startsWith("/attachments/") ? url.pathname : null;
}

/** Return an image that keeps its place while it loads, and can be opened at full size. */
function image({ url, width, height }, description, kind) {
  const source = own(url);
  if (source === null) return h("p", { class: "elsewhere" }, link(url, "An image elsewhere"));
  const picture = h("div", { class: kind },
    h("img", { src: source, alt: description, decoding: "async" }),
    h("button", { type: "button", class: "enlarge", "aria-label": "Enlarge the image", on: { click: () => openImage(source, description) } }));
  if (width && height) {
    picture.classList.add("measured");
    picture.style.setProperty("--width", `${width}px`);
    picture.style.setProperty("--ratio", width / height);
  }
  return picture;
}

function attachment(file) {
  const description = file.description || file.filename;
  if ((file.content_type || "").startsWith("image/")) {
    const picture = image(file, description, "picture");
    return file.filename.startsWith("SPOILER_") ? spoiler(picture, "div") : picture;
  }
  const source = own(file.url);
  return h("a", { class: "file", href: source, download: file.filename }, icon("file"), h("span", {}, file.filename), h("span", { class: "option-hint" }, `${Math.ceil(file.size / 1024)} kB`));
}

function embedElement(embed, names) {
  const title = embed.title ? h("p", { class: "embed-title", role: "heading", "aria-level": 2 }, embed.url ? link(embed.url, inline(embed.title, names)) : inline(embed.title, names)) : null;
  const element = h("div", { class: `embed${embed.thumbnail ? " with-thumbnail" : ""}${embed.image ? " with-picture" : ""}` });
  if (Number.isInteger(embed.color)) element.style.setProperty("--bar", `#${embed.color.toString(16).padStart(6, "0")}`);
  const text = h("div", { class: "embed-text" });
  if (embed.author) text.append(h("p", { class: "embed-author" }, embed.author.url ? link(embed.author.url, embed.author.name) : embed.author.name));
  if (title) text.append(title);
  if (embed.description) text.append(h("div", { class: "embed-description" }, markdown(embed.description, names)));
  if (embed.fields?.length) {
    text.append(h("div", { class: "fields" }, embed.fields.map((field) =>
      h("div", { class: `field${field.inline ? " inline" : ""}` }, h("p", { class: "field-name" }, inline(field.name, names)), h("div", {}, markdown(field.value, names))))));
  }
  element.append(text);
  if (embed.thumbnail) element.append(image(embed.thumbnail, embed.thumbnail.description || "Thumbnail", "thumbnail"));
  if (embed.image) element.append(image(embed.image, embed.image.description || embed.title || "Image", "picture"));
  const foot = [embed.footer?.text, embed.timestamp ? format(new Date(embed.timestamp), "f") : null].filter(Boolean);
  if (foot.length) element.append(h("p", { class: "embed-foot" }, foot.join(" · ")));
  return element;
}
