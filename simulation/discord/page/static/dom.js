// Small helpers for building the page. Text always goes in as text, never as HTML.

export const $ = (id) => document.getElementById(id);

/** Make an element. `on` holds listeners; an attribute that is false or null is left out. */
export function h(tag, attributes = {}, ...children) {
  const element = document.createElement(tag);
  for (const [name, value] of Object.entries(attributes)) {
    if (name === "on") {
      for (const [event, listener] of Object.entries(value)) element.addEventListener(event, listener);
    } else if (value !== false && value !== null && value !== undefined) {
      element.setAttribute(name, value === true ? "" : String(value));
    }
  }
  element.append(...children.flat(Infinity).filter((child) => child !== null && child !== undefined));
  return element;
}

const ICONS = {
  text: "M9.5 4 7.5 20M16.5 4l-2 16M4.5 9h16M3.5 15h16",
  announcement: "M4 10v4h3l8 4V6L7 10H4zM18.5 9.5a3.5 3.5 0 0 1 0 5M8 14.5l1 5h2.5l-1-4",
  thread: "M6 4v9a4 4 0 0 0 4 4h9M15 13l4 4-4 4",
  forum: "M3.5 5h12v8h-7l-3 3v-3h-2zM18 9h2.5v9h-2v2.5L15.5 18H10v-2",
  pin: "M9 4h6l-1 6 3 3v2H7v-2l3-3-1-6zM12 15v5",
  close: "M6 6l12 12M18 6 6 18",
  eye: "M2.5 12S6 5.5 12 5.5 21.5 12 21.5 12 18 18.5 12 18.5 2.5 12 2.5 12zM12 9.5a2.5 2.5 0 1 0 0 5 2.5 2.5 0 0 0 0-5",
  down: "M12 5v14M6 13l6 6 6-6",
  chevron: "M7 10l5 5 5-5",
  pause: "M8.5 5.5v13M15.5 5.5v13",
  play: "M8 5.5v13l10.5-6.5z",
  speed: "M12 13l4-4M4.5 17.5a8.5 8.5 0 1 1 15 0",
  jump: "M5 6l7 6-7 6zM13 6l7 6-7 6z",
  inject: "M13 3 5 13.5h6L10 21l9-11h-6.5z",
  file: "M7 3h7l4 4v14H7zM14 3v4h4",
  command: "M15 4 9 20",
};

/** Return one of the page's own drawings; it says nothing to a screen reader. */
export function icon(name) {
  const svg = document.createElementNS("http://www.w3.org/2000/svg", "svg");
  svg.setAttribute("viewBox", "0 0 24 24");
  svg.setAttribute("aria-hidden", "true");
  svg.classList.add("icon");
  const path = document.createElementNS("http://www.w3.org/2000/svg", "path");
  path.setAttribute("d", ICONS[name]);
  svg.append(path);
  return svg;
}

/** Order identifiers, which are numbers too large for JavaScript's. */
export const byId = (a, b) => a.length - b.length || (a < b ? -1 : a > b ? 1 : 0);

let shown = 0;

/** Return an id that no other element has. */
export const uniqueId = (stem) => `${stem}-${(shown += 1)}`;

/** Let the arrow keys move the focus among `items()` inside `container`. */
export function arrowKeys(container, items) {
  container.addEventListener("keydown", (event) => {
    const list = items();
    const at = list.findIndex((item) => item.contains(document.activeElement));
    const to = { ArrowDown: at + 1, ArrowUp: at < 0 ? list.length - 1 : at - 1, Home: 0, End: list.length - 1 }[event.key];
    if (to === undefined || !list.length || event.ctrlKey || event.altKey || event.metaKey) return;
    if (["INPUT", "TEXTAREA"].includes(event.target.tagName)) return;
    event.preventDefault();
    list[Math.max(0, Math.min(to, list.length - 1))].focus();
  });
}

let alarmed = 0;

/** Say what went wrong in a sentence, for a while. */
export function alarm(sentence) {
  $("alarm").textContent = sentence;
  clearTimeout(alarmed);
  alarmed = setTimeout(() => ($("alarm").textContent = ""), 8000);
}
