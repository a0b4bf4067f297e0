// What opens over the page: the bot's forms, an image at full size, the pinned messages.

import { h, icon, uniqueId } from "./dom.js";
import { markdown } from "./markdown.js";

const TEXT_INPUT = 4;
const TEXT_DISPLAY = 10;
const PARAGRAPH = 2;

function open(title, ...content) {
  const id = uniqueId("dialog");
  const close = h("button", { type: "button", class: "icon-button close" }, icon("close"), h("span", { class: "unseen" }, "Close"));
  const dialog = h("dialog", { "aria-labelledby": id }, h("div", { class: "dialog-head" }, h("h2", { id }, title), close), ...content);
  const before = document.activeElement;
  close.addEventListener("click", () => dialog.close());
  dialog.addEventListener("click", (event) => event.target === dialog && dialog.close());
  dialog.addEventListener("close", () => {
    dialog.remove();
    if (before?.isConnected) before.focus();
  });
  document.body.append(dialog);
  dialog.showModal();
  return dialog;
}

/** Show the bot's form; `submit(values)` breaks with a sentence where it is refused. */
export function openForm(modal, names, submit) {
  const inputs = [];
  const rows = modal.components.map((component) => {
    if (component.type === TEXT_DISPLAY) return h("div", {}, markdown(component.content, names));
    const field = component.component || component.components[0];
    const label = component.label || field.label;
    if (field.type !== TEXT_INPUT) return h("p", { class: "error" }, `${label}: this page cannot fill this in.`);
    const id = uniqueId("field");
    const described = component.description ? `${id}-hint` : null;
    const required = field.required !== false;
    const shared = { id, required, minlength: field.min_length, maxlength: field.max_length || 4000, placeholder: field.placeholder, "aria-describedby": described };
    const input = field.style === PARAGRAPH ? h("textarea", { rows: 5, ...shared }) : h("input", { type: "text", ...shared });
    input.value = field.value || "";
    inputs.push([field.custom_id, input]);
    return h("div", { class: "form-row" },
      h("label", { for: id }, label, required ? h("span", { class: "required" }, " (required)") : null),
      described ? h("p", { id: described, class: "option-hint" }, component.description) : null,
      input);
  });
  const problem = h("p", { class: "error", role: "alert" });
  const send = h("button", { type: "submit", class: "button primary" }, "Submit");
  const cancel = h("button", { type: "button", class: "button secondary" }, "Cancel");
  const form = h("form", {}, ...rows, problem, h("div", { class: "dialog-foot" }, cancel, send));
  const dialog = open(modal.title, form);
  cancel.addEventListener("click", () => dialog.close());
  form.addEventListener("submit", async (event) => {
    event.preventDefault();
    send.disabled = true;
    problem.textContent = "";
    try {
      await submit(Object.fromEntries(inputs.map(([name, input]) => [name, input.value])));
      dialog.close();
    } catch (error) {
      problem.textContent = error.message;
      send.disabled = false;
    }
  });
  inputs[0]?.[1].focus();
}

/** Show an image as large as there is room, with its description. */
export function openImage(source, description) {
  open("Image", h("figure", { class: "viewer" }, h("img", { src: source, alt: description }), h("figcaption", {}, description), h("a", { href: source, target: "_blank", rel: "noopener" }, "Open it by itself"))).classList.add("wide");
}

/** Show the pinned messages, each as `render` shows it. */
export function openPins(messages, render) {
  const content = messages.length
    ? h("div", { class: "pinned" }, messages.map(render))
    : h("p", { class: "empty" }, "Nothing is pinned here.");
  open("Pinned messages", content).classList.add("wide");
}
