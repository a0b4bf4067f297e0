// The one list of suggestions over the message box, for whichever field has the focus.

import { $, h, uniqueId } from "./dom.js";

export class Suggestions {
  constructor() {
    this.box = $("suggestions-box");
    this.list = $("suggestions");
    this.title = $("suggestions-title");
    this.shown = [];
    this.active = -1;
    this.input = null;
    this.list.addEventListener("pointerdown", (event) => event.preventDefault());
  }

  get open() {
    return !this.box.hidden;
  }

  /** Show options ({label, hint, mark}) for an input; `take(option)` is called with the one chosen. */
  show(input, title, options, take, { first = false } = {}) {
    this.close();
    if (!options.length) return;
    this.input = input;
    this.take = take;
    this.title.textContent = title;
    this.shown = options.slice(0, 50).map((option) => ({
      option,
      node: h("li", { role: "option", id: uniqueId("suggestion"), "aria-selected": "false" },
        h("span", { class: "option-label" }, option.label),
        option.mark ? h("span", { class: "option-mark" }, option.mark) : null,
        option.hint ? h("span", { class: "option-hint" }, option.hint) : null),
    }));
    for (const { option, node } of this.shown) node.addEventListener("click", () => this.choose(option));
    this.list.replaceChildren(...this.shown.map(({ node }) => node));
    this.box.hidden = false;
    input.setAttribute("aria-expanded", "true");
    this.mark(first ? 0 : -1);
  }

  close() {
    this.input?.setAttribute("aria-expanded", "false");
    this.input?.removeAttribute("aria-activedescendant");
    this.input = null;
    this.box.hidden = true;
    this.shown = [];
    this.active = -1;
  }

  choose(option) {
    const take = this.take;
    this.close();
    take(option);
  }

  mark(to) {
    this.active = to;
    this.shown.forEach(({ node }, at) => {
      node.setAttribute("aria-selected", String(at === to));
      node.classList.toggle("active", at === to);
    });
    if (to < 0) return void this.input.removeAttribute("aria-activedescendant");
    this.input.setAttribute("aria-activedescendant", this.shown[to].node.id);
    this.shown[to].node.scrollIntoView({ block: "nearest" });
  }

  /** Handle a key of the input; tells whether it was the list's. */
  key(event) {
    if (!this.open) return false;
    const { length } = this.shown;
    if (event.key === "ArrowDown") this.mark((this.active + 1) % length);
    else if (event.key === "ArrowUp") this.mark(this.active <= 0 ? length - 1 : this.active - 1);
    else if (event.key === "Escape") this.close();
    else if ((event.key === "Enter" || event.key === "Tab") && this.active >= 0 && !event.shiftKey) this.choose(this.shown[this.active].option);
    else return false;
    event.preventDefault();
    event.stopPropagation();
    return true;
  }
}
