// The message box: plain words, commands as typed text, and commands as a form to fill in.

import { $, h, icon, uniqueId } from "./dom.js";
import { BOOLEAN, CHANNEL, INTEGER, MENTIONABLE, NUMBER, OBJECTS, ROLE, USER, matching, parse, valueOf } from "./commands.js";
import { Suggestions } from "./suggestions.js";

const AUTOCOMPLETE_WAIT = 120;
const THINGS = { [USER]: "users", [ROLE]: "roles", [CHANNEL]: "channels", [MENTIONABLE]: "users roles" };
const WANTS = { [INTEGER]: "a whole number", [NUMBER]: "a number", [BOOLEAN]: "yes or no", [USER]: "a person", [ROLE]: "a role", [CHANNEL]: "a channel", [MENTIONABLE]: "a person or a role" };

const brief = (text) => (text.length > 60 ? `${text.slice(0, 59)}…` : text);
const required = (command) => command.options.filter((option) => option.required);

export class Composer {
  /** `ask` asks the sandbox; `things(kinds, channel, types)` tells what can be chosen there. */
  constructor(ask, things) {
    this.ask = ask;
    this.things = things;
    this.input = $("say");
    this.suggestions = new Suggestions();
    this.commands = [];
    this.channel = null;
    this.form = null;
    this.asked = 0;
    this.input.addEventListener("input", () => this.typed());
    this.input.addEventListener("keydown", (event) => this.key(event));
    $("composer").addEventListener("submit", (event) => (event.preventDefault(), this.submit()));
    $("composer").addEventListener("focusout", (event) => event.relatedTarget && !$("composer").contains(event.relatedTarget) && this.quiet());
    document.addEventListener("pointerdown", (event) => $("composer").contains(event.target) || this.quiet());
  }

  /** Write to another channel from now on. */
  open(channel) {
    this.leave();
    this.fail("");
    this.channel = channel;
    this.commands = [];
    const may = channel?.may_send;
    $("say-label").textContent = channel ? `Message ${channel.title}` : "Message";
    this.input.placeholder = channel ? channel.kind === 1 ? "A name, or / for commands" : "A council’s name, or / for commands" : "";
    this.hint(may === false ? "You can read here, and use commands, but not write." : "");
    if (channel) this.refreshCommands();
  }

  async refreshCommands() {
    const { channel } = this;
    try {
      const { commands } = await this.ask("commands", { channel: channel.id });
      if (channel !== this.channel) return;
      this.commands = commands;
      if (!this.form && this.input.value.startsWith("/") && document.activeElement === this.input) this.suggest();
    } catch {
      // The connection says for itself that it is lost.
    }
  }

  /** Begin a command, as if its name had been chosen. */
  async begin(path) {
    if (!this.commands.length) await this.refreshCommands();
    const command = this.commands.find((each) => each.path === path);
    if (command) this.fillIn(command);
    else this.fail(`There is no command /${path} for you here.`);
  }

  fail(sentence) {
    $("composer-error").textContent = sentence;
  }

  hint(sentence) {
    $("say-hint").textContent = sentence;
  }

  quiet() {
    this.asked += 1;
    this.suggestions.close();
  }

  // Plain text, and commands as text.

  typed() {
    this.fail("");
    const text = this.input.value;
    if (text === "/") this.refreshCommands();
    if (text.startsWith("/")) return this.suggest();
    this.quiet();
    this.hint("");
  }

  suggest() {
    const text = this.input.value;
    const parsed = parse(this.commands, text);
    const beyond = parsed && text.length > parsed.command.path.length + 1;
    if (!beyond) {
      const exact = parsed && !required(parsed.command).length;
      const options = matching(this.commands, text).map((command) => ({ label: `/${command.path}`, hint: command.description, mark: signature(command), command }));
      this.asked += 1;
      this.suggestions.show(this.input, "Commands", options, ({ command }) => this.fillIn(command), { first: !exact });
      this.hint(options.length ? "" : "There is no such command here.");
      return;
    }
    const { command, given, current } = parsed;
    const option = command.options.find(({ name }) => name === current);
    this.hint(option ? `${option.name}: ${option.description}. Enter sends, Tab fills in the rest.` : `${command.description}. Enter sends.`);
    if (!option) return this.quiet();
    const others = new Map(given);
    others.delete(option.name);
    this.offer(this.input, command, option, given.get(option.name) || "", others, (chosen) => {
      const form = this.fillIn(command, given);
      form.set(option.name, chosen);
    });
  }

  key(event) {
    if (event.isComposing || this.suggestions.key(event)) return;
    if (event.key === "Tab" && !event.shiftKey && this.input.value.startsWith("/")) {
      const parsed = parse(this.commands, this.input.value);
      if (parsed?.command.options.length) {
        event.preventDefault();
        this.fillIn(parsed.command, parsed.given);
      }
    }
  }

  /** Send a text as if it had been typed. */
  async try(text) {
    this.leave();
    this.input.value = text;
    if (text.startsWith("/") && !this.commands.length) await this.refreshCommands();
    this.quiet();
    await this.submit();
  }

  async submit() {
    this.fail("");
    if (this.form) return void this.form.send();
    const text = this.input.value.trim();
    if (!text) return;
    if (!text.startsWith("/")) return void this.say(text);
    if (!parse(this.commands, text)) await this.refreshCommands();
    const parsed = parse(this.commands, text);
    if (!parsed) return this.fail(`There is no command ${brief(text.split(" ")[0])} for you here. Type / to see those that there are.`);
    const { command, given, surplus } = parsed;
    if (surplus) return this.fail(`/${command.path} takes nothing more: “${brief(surplus)}” is left over.`);
    if (required(command).some(({ name }) => !given.get(name))) return void this.fillIn(command, given);
    this.send(command, given, new Map());
  }

  async say(content) {
    this.input.value = "";
    try {
      const { hint } = await this.ask("say", { channel: this.channel.id, content });
      this.hint(hint || "");
    } catch (refusal) {
      this.input.value ||= content;
      this.fail(refusal.message);
    }
  }

  /** Send a command: texts as typed, and the values of what was chosen from suggestions. */
  async send(command, texts, chosen) {
    const { channel } = this;
    const options = {};
    try {
      for (const option of command.options) {
        const text = texts.get(option.name);
        if (chosen.has(option.name)) options[option.name] = chosen.get(option.name);
        else if (text) options[option.name] = valueOf(option, text, OBJECTS.has(option.type) ? this.thingsFor(option) : []);
      }
    } catch (problem) {
      return this.fail(problem.message);
    }
    const typed = this.input.value;
    const focused = $("composer").contains(document.activeElement);
    this.leave();
    this.input.value = "";
    this.hint("");
    if (focused) this.input.focus();
    try {
      const { failure } = await this.ask("slash", { channel: channel.id, command: command.path, options });
      if (failure) this.fail(`/${command.path}: ${failure}`);
    } catch (refusal) {
      if (channel === this.channel && !this.form && !this.input.value) {
        if (typed) this.input.value = typed;
        else this.fillIn(command, texts).restore(chosen);
      }
      this.fail(refusal.message);
    }
  }

  // What an option can be.

  thingsFor(option) {
    return this.things(THINGS[option.type], this.channel.id, option.channel_types);
  }

  /** Offer suggestions for an option; `take` is called with the one chosen, {label, value}. */
  async offer(input, command, option, text, others, take) {
    const asked = (this.asked += 1);
    const show = (options) => this.suggestions.show(input, `${option.name}: ${option.description}`, options, take);
    const local = option.choices?.map(({ name, value }) => ({ label: name, value }))
      || (option.type === BOOLEAN ? [{ label: "Yes", value: true }, { label: "No", value: false }] : null)
      || (OBJECTS.has(option.type) ? this.thingsFor(option) : null);
    if (local) {
      const wanted = text.toLowerCase();
      const found = local.filter(({ label }) => label.toLowerCase().includes(wanted));
      return void show(found.length === 1 && found[0].label.toLowerCase() === wanted ? [] : found);
    }
    if (!option.autocomplete) return void this.suggestions.close();
    await new Promise((resolve) => setTimeout(resolve, AUTOCOMPLETE_WAIT));
    if (asked !== this.asked) return;
    const options = {};
    for (const [name, value] of others) {
      const other = command.options.find((each) => each.name === name);
      try {
        if (value !== "") options[name] = typeof value === "string" ? valueOf(other, value, OBJECTS.has(other.type) ? this.thingsFor(other) : []) : value;
      } catch {
        // What is not filled in rightly yet does not count yet.
      }
    }
    try {
      const { choices } = await this.ask("autocomplete", { channel: this.channel.id, command: command.path, option: option.name, typed: text, options });
      if (asked === this.asked) show(choices.map(({ name, value }) => ({ label: name, value })));
    } catch (refusal) {
      if (asked === this.asked) this.hint(refusal.message);
    }
  }

  // A command as a form.

  fillIn(command, texts = new Map()) {
    this.leave();
    this.input.value = "";
    this.hint("");
    this.form = new CommandForm(this, command, texts);
    return this.form;
  }

  /** Leave the form for the plain box. */
  leave(text = null) {
    this.quiet();
    if (!this.form) return;
    this.form = null;
    $("command").hidden = true;
    $("command").replaceChildren();
    $("plain").hidden = false;
    if (text !== null) {
      this.input.value = text;
      this.input.focus();
    }
  }
}

function signature(command) {
  return command.options.map(({ name, required: must }) => (must ? name : `[${name}]`)).join(" ");
}

class CommandForm {
  constructor(composer, command, texts) {
    this.composer = composer;
    this.command = command;
    this.fields = new Map();
    this.chosen = new Map();
    const leave = h("button", { type: "button", class: "icon-button", on: { click: () => composer.leave("") } }, icon("close"), h("span", { class: "unseen" }, "Leave the command"));
    const send = h("button", { type: "submit", class: "send" }, "Send");
    const fields = command.options.map((option) => this.field(option, texts.get(option.name) || ""));
    const box = $("command");
    box.setAttribute("aria-label", `/${command.path}`);
    box.replaceChildren(
      h("div", { class: "command-head" }, h("span", { class: "chip" }, `/${command.path}`), h("span", { class: "command-about" }, command.description), leave),
      fields.length ? h("div", { class: "command-fields" }, fields) : h("p", { class: "option-hint" }, "It takes no options."),
      h("div", { class: "command-foot" }, h("span", { class: "option-hint" }, "Enter sends, Escape leaves."), send),
    );
    $("plain").hidden = true;
    box.hidden = false;
    const inputs = [...this.fields.values()];
    const missing = command.options.find((option) => option.required && !texts.get(option.name));
    (missing ? this.fields.get(missing.name) : inputs[0] || send).focus();
    box.onkeydown = (event) => {
      if (event.key !== "Escape" || event.defaultPrevented) return;
      event.preventDefault();
      composer.leave("");
    };
  }

  field(option, text) {
    const id = uniqueId("option");
    const numeric = option.type === INTEGER || option.type === NUMBER;
    const input = h("input", {
      id, type: "text", role: "combobox", "aria-autocomplete": "list", "aria-expanded": "false", "aria-controls": "suggestions",
      "aria-describedby": `${id}-hint`, "aria-required": option.required ? "true" : null, inputmode: numeric ? "numeric" : null,
      enterkeyhint: "send", placeholder: WANTS[option.type], maxlength: option.max_length || 6000, autocapitalize: "none", spellcheck: "false",
    });
    input.value = text;
    const suggest = () => this.composer.offer(input, this.command, option, input.value, this.others(option.name), (chosen) => this.set(option.name, chosen));
    input.addEventListener("input", () => {
      this.chosen.delete(option.name);
      this.composer.fail("");
      suggest();
    });
    input.addEventListener("focus", suggest);
    input.addEventListener("keydown", (event) => {
      if (event.isComposing || this.composer.suggestions.key(event)) return;
      const first = this.fields.values().next().value === input;
      if (event.key === "Backspace" && first && !input.value && !this.others(option.name).size) {
        event.preventDefault();
        this.composer.leave(`/${this.command.path}`);
        this.composer.typed();
      }
    });
    this.fields.set(option.name, input);
    return h("div", { class: "option-field" },
      h("label", { for: id }, option.name, option.required ? h("span", { class: "required" }, " (required)") : null),
      input,
      h("p", { id: `${id}-hint`, class: "option-hint" }, option.description));
  }

  /** Return what the other options say, the values of those chosen. */
  others(name) {
    const values = new Map();
    for (const [other, input] of this.fields) {
      if (other !== name && input.value.trim()) values.set(other, this.chosen.has(other) ? this.chosen.get(other) : input.value.trim());
    }
    return values;
  }

  /** Take a suggestion for an option. */
  set(name, { label, value }) {
    const input = this.fields.get(name);
    input.value = label;
    this.chosen.set(name, value);
    input.focus();
    this.composer.quiet();
  }

  /** Remember which values were chosen, after the form was shown again. */
  restore(chosen) {
    for (const [name, value] of chosen) this.chosen.set(name, value);
  }

  send() {
    const texts = new Map([...this.fields].map(([name, input]) => [name, input.value.trim()]));
    const missing = this.command.options.find(({ name, required: must }) => must && !texts.get(name));
    if (missing) {
      this.composer.fail(`The option ${missing.name} is required.`);
      this.fields.get(missing.name).focus();
      return;
    }
    const chosen = new Map([...this.chosen].filter(([name]) => texts.get(name)));
    this.composer.send(this.command, texts, chosen);
  }
}
