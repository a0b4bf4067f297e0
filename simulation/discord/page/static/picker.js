// A list to choose from that opens beside a button: menus of messages, of the night and of people.

import { $, h, icon, uniqueId } from "./dom.js";

let closeOpen = null;

/**
 * Open a list beside `anchor` and return a promise of the values chosen, null if none were.
 * Options are {value, label, hint, disabled, selected}. With `most` above 1 there is a button Done.
 */
export function pick(anchor, { label, options, least = 1, most = 1, empty = "There is nothing to choose from." }) {
  closeOpen?.(null);
  return new Promise((resolve) => {
    const several = most > 1;
    const chosen = new Set(options.filter((option) => option.selected).map((option) => option.value));
    const list = h("ul", { role: "listbox", id: uniqueId("list"), tabindex: 0, "aria-label": label, "aria-multiselectable": several });
    const filter = options.length > 12 ? h("input", { type: "text", role: "combobox", "aria-label": `${label}: filter`, placeholder: "Filter", "aria-controls": list.id, "aria-expanded": "true", "aria-autocomplete": "list" }) : null;
    const done = several ? h("button", { type: "button", class: "button primary" }, "Done") : null;
    const problem = h("p", { class: "error", role: "alert" });
    const box = h("div", { class: "picker", role: "dialog", "aria-label": label }, h("p", { class: "picker-title", "aria-hidden": "true" }, label), filter, list, problem, done);
    const focus = filter || list;
    if (filter) list.tabIndex = -1;
    let active = -1;
    let shown = [];

    const close = (value) => {
      if (closeOpen !== close) return;
      closeOpen = null;
      const inside = box.contains(document.activeElement);
      box.remove();
      anchor.setAttribute("aria-expanded", "false");
      document.removeEventListener("pointerdown", outside, true);
      if (inside && anchor.isConnected) anchor.focus();
      resolve(value);
    };
    const outside = (event) => box.contains(event.target) || close(null);
    const mark = (to) => {
      active = Math.max(-1, Math.min(to, shown.length - 1));
      shown.forEach(({ node }, at) => node.classList.toggle("active", at === active));
      if (active >= 0) {
        focus.setAttribute("aria-activedescendant", shown[active].node.id);
        shown[active].node.scrollIntoView({ block: "nearest" });
      } else focus.removeAttribute("aria-activedescendant");
    };
    const take = ({ option, node }) => {
      if (option.disabled) return;
      if (!several) return void close([option.value]);
      if (chosen.has(option.value)) chosen.delete(option.value);
      else if (chosen.size < most) chosen.add(option.value);
      else return void (problem.textContent = `Choose at most ${most}.`);
      problem.textContent = "";
      node.setAttribute("aria-selected", String(chosen.has(option.value)));
    };
    const finish = () => {
      if (chosen.size < least) problem.textContent = `Choose at least ${least}.`;
      else close([...chosen]);
    };
    const fill = () => {
      const wanted = filter ? filter.value.trim().toLowerCase() : "";
      shown = options
        .filter((option) => option.label.toLowerCase().includes(wanted))
        .map((option) => ({ option, node: row(option, chosen.has(option.value)) }));
      shown.forEach((entry, at) => {
        entry.node.addEventListener("click", () => (mark(at), take(entry)));
      });
      list.replaceChildren(...shown.map(({ node }) => node));
      problem.textContent = shown.length ? "" : empty;
      const first = (wanted) => shown.findIndex(({ option }) => wanted(option));
      mark([first((option) => chosen.has(option.value)), first((option) => !option.disabled)].find((at) => at >= 0) ?? -1);
    };
    box.addEventListener("keydown", (event) => {
      const step = { ArrowDown: active + 1, ArrowUp: Math.max(0, active - 1), PageDown: active + 8, PageUp: Math.max(0, active - 8) }[event.key];
      if (step !== undefined) mark(step);
      else if (event.key === "Home" && !filter) mark(0);
      else if (event.key === "End" && !filter) mark(shown.length - 1);
      else if (event.key === "Escape") close(null);
      else if (event.target === done) return;
      else if (event.key === "Tab" && !several) return void close(null);
      else if ((event.key === "Enter" || (event.key === " " && !filter)) && shown[active]) take(shown[active]);
      else if (!filter && event.key.length === 1 && /\S/.test(event.key)) {
        const key = event.key.toLowerCase();
        const after = [...shown.keys()].sort((a, b) => (a <= active) - (b <= active) || a - b);
        const found = after.find((at) => shown[at].option.label.replace(/^[#@]/, "").toLowerCase().startsWith(key));
        if (found !== undefined) mark(found);
      } else return;
      event.preventDefault();
      event.stopPropagation();
    });
    filter?.addEventListener("input", fill);
    done?.addEventListener("click", finish);
    document.body.append(box);
    document.addEventListener("pointerdown", outside, true);
    closeOpen = close;
    anchor.setAttribute("aria-expanded", "true");
    fill();
    place(box, anchor);
    focus.focus();
  });
}

function row(option, selected) {
  return h(
    "li",
    { role: "option", id: uniqueId("option"), "aria-selected": String(selected), "aria-disabled": option.disabled ? "true" : null },
    h("span", { class: "option-label" }, option.label),
    option.hint ? h("span", { class: "option-hint" }, option.hint) : null,
  );
}

/** Put the list below its button, or above where there is more room; on a phone at the bottom. */
function place(box, anchor) {
  if (window.innerWidth < 560) return;
  const { top, bottom, left } = anchor.getBoundingClientRect();
  const below = window.innerHeight - bottom;
  const width = box.offsetWidth;
  box.style.left = `${Math.max(8, Math.min(left, window.innerWidth - width - 8))}px`;
  if (below > 280 || below > top) {
    box.style.top = `${bottom + 6}px`;
    box.style.maxHeight = `${below - 16}px`;
  } else {
    box.style.bottom = `${window.innerHeight - top + 6}px`;
    box.style.maxHeight = `${top - 16}px`;
  }
}

/** Close the list that is open, if any. */
export const closePicker = () => closeOpen?.(null);

/** Return a button that opens a list. */
export function pickerButton(label, name, attributes = {}) {
  return h("button", { type: "button", "aria-haspopup": "listbox", "aria-expanded": "false", ...attributes }, name ? icon(name) : null, h("span", { class: "picker-label" }, label), icon("chevron"));
}
