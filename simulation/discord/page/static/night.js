// The bar over the night that is replayed: its clock, and the hands on it.

import { $, alarm, h, icon } from "./dom.js";
import { pick, pickerButton } from "./picker.js";
import { format, refreshRelative, setNight } from "./time.js";

const SPEEDS = new Map([
  [1, "Real time"],
  [60, "A minute a second"],
  [600, "Ten minutes a second"],
  [3600, "An hour a second"],
  [null, "From event to event, with no wait between them"],
]);

const times = (speed) => (speed === null ? "As fast as it goes" : speed === 1 ? "Real time" : `×${speed.toLocaleString("en-GB")}`);

export class NightBar {
  constructor(ask) {
    this.ask = ask;
    this.state = null;
    this.offered = null;
    this.pause = h("button", { type: "button", class: "night-button", on: { click: () => this.do(this.pause, this.state.paused ? "resume" : "pause") } });
    this.speed = pickerButton("Speed", "speed", { class: "night-button" });
    this.jump = pickerButton("Jump to…", "jump", { class: "night-button" });
    this.inject = pickerButton("Inject…", "inject", { class: "night-button" });
    this.speed.addEventListener("click", () => this.pickSpeed());
    this.jump.addEventListener("click", () => this.pickJump());
    this.inject.addEventListener("click", () => this.pickInjection());
    $("night-buttons").append(this.pause, this.speed, this.jump, this.inject);
  }

  /** Take what the night offers, null where there is none. */
  offer(controls) {
    this.offered = controls;
    $("night").hidden = controls === null;
    document.body.classList.toggle("with-night", controls !== null);
    if (!controls) return;
    this.jump.hidden = !controls.jumps.length;
    this.inject.hidden = !controls.injections.length;
  }

  /** Show how the night stands. */
  show(state) {
    this.state = state;
    setNight(state);
    refreshRelative();
    if (!state) return;
    const now = new Date(state.now);
    $("clock").dateTime = now.toISOString();
    $("clock").textContent = format(now, "T");
    $("clock-day").textContent = format(now, "short");
    $("night-status").textContent = state.status;
    $("night").classList.toggle("standing", state.paused || state.ended);
    const paused = `${state.paused}`;
    if (this.pause.dataset.paused !== paused) {
      this.pause.dataset.paused = paused;
      this.pause.replaceChildren(icon(state.paused ? "play" : "pause"), h("span", {}, state.paused ? "Run on" : "Pause"));
    }
    this.pause.disabled = this.speed.disabled = state.ended;
    const label = this.speed.querySelector(".picker-label");
    const text = times(state.speed);
    if (label.textContent !== text) label.replaceChildren(h("span", { class: "unseen" }, "Speed: "), text);
  }

  async do(button, what, fields = {}) {
    button.setAttribute("aria-busy", "true");
    try {
      await this.ask(what, fields);
    } catch (refusal) {
      alarm(refusal.message);
    } finally {
      button.removeAttribute("aria-busy");
    }
  }

  async pickSpeed() {
    const options = this.offered.speeds.map((speed) => ({ value: speed, label: times(speed), hint: speed === 1 ? null : SPEEDS.get(speed), selected: speed === this.state.speed }));
    const chosen = await pick(this.speed, { label: "Speed of the night", options });
    if (chosen) this.do(this.speed, "speed", { speed: chosen[0] });
  }

  async pickJump() {
    const now = new Date(this.state.now);
    const options = this.offered.jumps.map((jump) => {
      const at = new Date(jump.at);
      return { value: jump.at, label: jump.label, hint: `${format(at, "short")}, ${format(at, "t")}${at <= now ? " · has been" : ""}`, disabled: at <= now };
    });
    const chosen = await pick(this.jump, { label: "Jump to", options });
    if (chosen) this.do(this.jump, "jump", { to: chosen[0] });
  }

  async pickInjection() {
    const options = this.offered.injections.map(({ key, label, hint }) => ({ value: key, label, hint }));
    const chosen = await pick(this.inject, { label: "Inject", options });
    if (chosen) this.do(this.inject, "inject", { key: chosen[0] });
  }
}
