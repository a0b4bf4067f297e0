// The chat page: it shows what the sandbox tells it, and asks for what the person does.

import { Composer } from "./composer.js";
import { Connection } from "./connection.js";
import { openForm, openPins } from "./dialogs.js";
import { $, alarm, byId, h, icon } from "./dom.js";
import { Log } from "./log.js";
import { avatar, messageElement, spoken } from "./message.js";
import { NightBar } from "./night.js";
import { closePicker, pick } from "./picker.js";
import { Places } from "./places.js";

const KEPT = 200;
const CHOSEN = { 5: "users", 6: "roles", 7: "users roles", 8: "channels" };

const state = { as: null, me: null, bot: null, personas: [], online: true, wanted: null };
const connection = new Connection(onEvent, () => tellConnection("Reconnecting…"));
const ask = (what, fields) => connection.ask(what, fields);

// What messages may ask of the page.
const page = {
  names(message) {
    const guild = places.channels.get(message.channel_id)?.guild;
    const known = [...(guild?.members || []), state.me, state.bot];
    return {
      user: (id) => message.mentions.find((user) => user.id === id)?.username || known.find((user) => user?.id === id)?.name || "unknown",
      role: (id) => (guild?.roles?.find((role) => role.id === id)?.name || "unknown role").replace(/^@/, ""),
      channel: (id) => places.channels.get(id)?.name ?? null,
      openChannel: (id) => places.channels.has(id) && openChannel(places.channels.get(id)),
      useCommand: (path) => composer.begin(path),
    };
  },
  async use(message, what, fields) {
    await follow(() => ask(what, { channel: message.channel_id, message: message.id, ...fields }), message);
  },
  posts: (forum) => places.threadsOf(forum.id),
  open: (channel) => openChannel(channel),
  choosable: (menu, channel) => places.things(CHOSEN[menu.type], channel, menu.channel_types),
  async dismiss(message) {
    try {
      await ask("dismiss", { channel: message.channel_id, message: message.id });
      remove(message.channel_id, [message.id]);
      $("say").focus();
    } catch (refusal) {
      alarm(refusal.message);
    }
  },
};

const places = new Places((channel) => (openChannel(channel), openDrawer(false), $("say").focus()));
const composer = new Composer(ask, (kinds, channel, types) => places.things(kinds, channel, types));
const log = new Log(page, showEarlier);
const night = new NightBar(ask);

/** Do something that the bot answers; show its form, or say why nothing came. */
async function follow(act, message) {
  try {
    const { modal, failure } = await act();
    if (failure) alarm(failure);
    if (modal) openForm(modal, page.names(message), async (values) => {
      const told = await ask("submit", { modal: modal.key, values });
      if (told.failure) throw new Error(told.failure);
    });
  } catch (refusal) {
    alarm(refusal.message);
  }
}

// What the sandbox tells.

function onEvent(event) {
  if (event.event === "state") begin(event);
  else if (event.event === "pulse") pulse(event);
  else if (event.event === "message") take(event.message, event.new);
  else if (event.event === "gone") remove(event.channel, event.ids);
  else if (event.event === "pins") {
    const channel = places.channels.get(event.channel);
    if (channel) channel.pins = event.pins;
    showPins();
  } else if (event.event === "places") {
    places.take(event.places);
    if (!places.channels.has(places.current?.id)) openChannel(places.first);
    else (showHead(), log.change());
  }
}

function begin(event) {
  const current = places.current ? places.path(places.current) : state.wanted;
  Object.assign(state, { as: event.as, me: event.me, bot: event.bot, personas: event.personas });
  closePicker();
  said = [];
  $("announcer").replaceChildren();
  places.forget();
  night.offer(event.controls);
  pulse(event);
  showPersona();
  showPrompts(event.prompts);
  places.take(event.places);
  openChannel(places.byPath(current) || places.first);
}

function pulse(event) {
  state.online = event.online;
  night.show(event.night);
  tellConnection(state.online ? "" : `${state.bot.name} is not connected. It will be back by itself when it is started.`);
}

function tellConnection(sentence) {
  const notice = $("connection");
  if (notice.textContent !== sentence) notice.textContent = sentence;
  notice.classList.toggle("lost", sentence === "Reconnecting…");
}

function take(message, isNew) {
  const channel = places.channels.get(message.channel_id);
  if (!channel) return;
  const known = channel.messages.findIndex(({ id }) => id === message.id);
  const mine = message.author.id === state.me.id || message.interaction_metadata?.user.id === state.me.id || message.referenced_message?.author.id === state.me.id;
  const answered = isNew || channel.messages[known]?.loading || log.atEnd;
  if (known >= 0) channel.messages[known] = message;
  else if (isNew && channel.loaded) insert(channel, message);
  if (isNew && message.author.id !== state.me.id) heard(channel, message);
  if (channel === places.current) {
    if (mine && answered) log.bring(message.id);
    else log.change(isNew ? 1 : 0);
  }
}

function insert(channel, message) {
  const { messages } = channel;
  let at = messages.length;
  while (at > 0 && byId(messages[at - 1].id, message.id) > 0) at -= 1;
  messages.splice(at, 0, message);
  if (messages.length > KEPT && (channel !== places.current || log.atEnd)) {
    messages.splice(0, messages.length - KEPT);
    channel.more = true;
  }
}

function heard(channel, message) {
  const here = channel === places.current;
  if (here || message.pings_me) announce(here ? spoken(message, page.names(message)) : `In ${channel.title}, ${spoken(message, page.names(message))}`);
  if (here && !document.hidden) return;
  channel.firstUnread ??= message.id;
  if (here) return;
  channel.unread += 1;
  channel.pings += message.pings_me ? 1 : 0;
  redrawPlaces();
}

let redrawing = 0;

function redrawPlaces() {
  redrawing ||= setTimeout(() => ((redrawing = 0), places.draw()), 150);
}

function remove(id, ids) {
  const channel = places.channels.get(id);
  if (!channel) return;
  channel.messages = channel.messages.filter((message) => !ids.includes(message.id));
  if (channel === places.current) log.change();
}

// Messages are read out as they come, but a burst of them as a number.
let said = [];
let saying = 0;

function announce(sentence) {
  said.push(sentence);
  saying ||= setTimeout(() => {
    saying = 0;
    const lines = said.length > 3 ? [`${said.length} new messages. The last: ${said.at(-1)}`] : said;
    $("announcer").replaceChildren(...lines.map((line) => h("p", {}, line)));
    said = [];
  }, 700);
}

// The channel that is open.

async function openChannel(channel) {
  const before = places.current;
  if (before && before !== channel) before.firstUnread = null;
  places.current = channel || null;
  if (!channel) {
    log.show(null);
    composer.open(null);
    places.draw();
    $("channel-name").textContent = "No channel";
    return;
  }
  Object.assign(channel, { unread: 0, pings: 0 });
  places.draw();
  showHead();
  if (before !== channel) composer.open(channel);
  log.show(channel);
  remember();
  if (!channel.loaded) await load(channel);
}

async function load(channel, before) {
  try {
    const told = await ask("history", { channel: channel.id, before });
    channel.messages = before ? [...told.messages, ...channel.messages] : told.messages;
    Object.assign(channel, { more: told.more, pins: told.pins, loaded: true });
    if (channel !== places.current) return;
    log.change();
    showPins();
  } catch (refusal) {
    if (places.channels.get(channel.id) === channel && before) alarm(refusal.message);
  }
}

function showEarlier() {
  const channel = places.current;
  log.atEnd = false;
  load(channel, channel.messages[0]?.id);
}

function showHead() {
  const channel = places.current;
  $("channel-name").textContent = channel.title;
  const parent = places.channels.get(channel.parent);
  const state = channel.locked ? ", locked" : channel.archived ? ", closed" : "";
  $("channel-topic").textContent = parent ? `In ${parent.title}${state}` : channel.topic || "";
  $("log").setAttribute("aria-label", `Messages in ${channel.title}`);
  document.title = `${channel.title} · Election Night`;
  showPins();
}

function showPins() {
  const pins = places.current?.pins || 0;
  $("pins").hidden = !pins;
  $("pins").replaceChildren(icon("pin"), `${pins} pinned`);
}

$("pins").addEventListener("click", async () => {
  try {
    const { messages } = await ask("pins", { channel: places.current.id });
    openPins(messages, (message) => {
      const element = messageElement(message, false, page);
      element.removeAttribute("id");
      return element;
    });
  } catch (refusal) {
    alarm(refusal.message);
  }
});

// Whom one acts as.

function showPersona() {
  const own = state.personas.find(({ key }) => key === state.as);
  $("persona").setAttribute("aria-label", `Acting as ${own.name}, ${own.description}. Change`);
  $("persona").replaceChildren(avatar({ name: own.name }), h("span", { class: "persona-text" }, h("strong", {}, own.name), h("span", {}, own.description)), icon("chevron"));
}

$("persona").addEventListener("click", async () => {
  const options = state.personas.map(({ key, name, description }) => ({ value: key, label: name, hint: description, selected: key === state.as }));
  const chosen = await pick($("persona"), { label: "Act as", options });
  if (!chosen || chosen[0] === state.as) return;
  connection.as(chosen[0]);
  openDrawer(false);
});

// What a newcomer can press, until it is put away.

function showPrompts(prompts) {
  const box = $("prompts");
  box.hidden = !prompts.length || box.dataset.away === "true";
  const away = h("button", { type: "button", class: "icon-button", "aria-label": "Put the suggestions away", on: { click: () => ((box.dataset.away = "true"), (box.hidden = true), $("say").focus()) } }, icon("close"));
  box.replaceChildren(h("p", {}, "New here? Press one, or type a name:"),
    ...prompts.map(({ label, text }) => h("button", { type: "button", class: "prompt", on: { click: () => composer.try(text) } }, label)), away);
}

function remember() {
  const query = new URLSearchParams({ as: state.as, in: places.path(places.current) });
  history.replaceState(null, "", `?${query}`);
}

// The drawer of a narrow screen, and keys that work everywhere.

const narrow = matchMedia("(max-width: 759px)");

function openDrawer(open) {
  const drawn = open && narrow.matches;
  document.body.classList.toggle("drawn", drawn);
  $("drawer-button").setAttribute("aria-expanded", String(drawn));
  $("veil").hidden = !drawn;
  $("sidebar").inert = narrow.matches && !drawn;
  if (drawn) ($("places").querySelector("[aria-current]") || $("persona")).focus();
}

narrow.addEventListener("change", () => openDrawer(false));
openDrawer(false);
$("drawer-button").addEventListener("click", () => openDrawer(!document.body.classList.contains("drawn")));
$("veil").addEventListener("click", () => openDrawer(false));

document.addEventListener("keydown", (event) => {
  if (event.key === "Escape" && document.body.classList.contains("drawn")) {
    openDrawer(false);
    $("drawer-button").focus();
  }
  const elsewhere = event.target === document.body || event.target.closest?.("#log, #places");
  if (event.key === "/" && elsewhere && !event.ctrlKey && !event.metaKey && !document.querySelector("dialog[open]")) {
    event.preventDefault();
    $("say").focus();
    $("say").value = "/";
    $("say").dispatchEvent(new Event("input"));
  }
});

const query = new URLSearchParams(location.search);
state.wanted = query.get("in");
connection.as(query.get("as") || "");
