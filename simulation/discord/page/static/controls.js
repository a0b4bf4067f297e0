// Buttons and menus under a message.

import { h } from "./dom.js";
import { link } from "./markdown.js";
import { pick, pickerButton } from "./picker.js";

const ROW = 1, BUTTON = 2, STRING = 3, USER = 5, ROLE = 6, MENTIONABLE = 7, CHANNEL = 8;
const LINK = 5;
const STYLES = { 1: "primary", 2: "secondary", 3: "success", 4: "danger" };

/** Return a message's controls; `page.use` does what they are for. */
export function controls(message, page) {
  return h("div", { class: "controls" }, message.components.map((each) => component(each, message, page)));
}

function component(each, message, page) {
  switch (each.type) {
    case ROW:
      return h("div", { class: "row" }, each.components.map((child) => component(child, message, page)));
    case BUTTON:
      return button(each, message, page);
    default:
      return [STRING, USER, ROLE, MENTIONABLE, CHANNEL].includes(each.type) ? menu(each, message, page) : null;
  }
}

function face(each) {
  const name = each.emoji?.name;
  return [name ? h("span", { class: "emoji", "aria-hidden": each.label ? "true" : null }, name) : null, each.label ? h("span", {}, each.label) : null];
}

function button(each, message, page) {
  if (each.style === LINK) {
    const anchor = link(each.url, face(each));
    anchor.className = "button secondary";
    return anchor;
  }
  const element = h("button", { type: "button", class: `button ${STYLES[each.style] || "secondary"}`, disabled: each.disabled, "data-key": each.custom_id }, face(each));
  element.addEventListener("click", () => used(element, () => page.use(message, "press", { component: each.custom_id })));
  return element;
}

function menu(each, message, page) {
  const preset = new Set((each.default_values || []).map(({ id }) => id));
  const offering = () => (each.type === STRING ? each.options.map(offered) : page.choosable(each, message.channel_id).map((option) => ({ ...option, selected: preset.has(option.value) })));
  const chosen = offering().filter((option) => option.selected).map((option) => option.label);
  const label = each.placeholder || "Choose";
  const element = pickerButton(chosen.join(", ") || label, null, { class: "menu", disabled: each.disabled, "data-key": each.custom_id });
  element.addEventListener("click", async () => {
    const values = await pick(element, { label, options: offering(), least: each.min_values, most: each.max_values });
    if (values !== null) used(element, () => page.use(message, "select", { component: each.custom_id, values }));
  });
  return element;
}

const offered = (option) => ({ value: option.value, label: `${option.emoji?.name ? `${option.emoji.name} ` : ""}${option.label}`, hint: option.description, selected: option.default });

/** Let a control be busy until what it is for is done. */
async function used(element, use) {
  if (element.getAttribute("aria-busy") === "true") return;
  element.setAttribute("aria-busy", "true");
  try {
    await use();
  } finally {
    element.removeAttribute("aria-busy");
  }
}
