// Times as the page shows them: in London, and of the night where there is one.

const london = (options) => new Intl.DateTimeFormat("en-GB", { timeZone: "Europe/London", ...options });

const FORMATS = {
  t: london({ hour: "2-digit", minute: "2-digit" }),
  T: london({ hour: "2-digit", minute: "2-digit", second: "2-digit" }),
  d: london({ day: "2-digit", month: "2-digit", year: "numeric" }),
  D: london({ day: "numeric", month: "long", year: "numeric" }),
  f: london({ day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  F: london({ weekday: "long", day: "numeric", month: "long", year: "numeric", hour: "2-digit", minute: "2-digit" }),
  day: london({ weekday: "long", day: "numeric", month: "long", year: "numeric" }),
  short: london({ weekday: "short", day: "numeric", month: "short" }),
};

let night = null;

/** Take the night's time, null without one. */
export function setNight(state) {
  night = state && new Date(state.now);
}

export const now = () => night || new Date();

/** Write a moment in one of Discord's styles (t, T, d, D, f, F, R), or `day` or `short`. */
export function format(moment, style) {
  return style === "R" ? relative(moment) : (FORMATS[style] || FORMATS.f).format(moment);
}

const UNITS = [["year", 31557600], ["month", 2629800], ["day", 86400], ["hour", 3600], ["minute", 60], ["second", 1]];
const words = new Intl.RelativeTimeFormat("en-GB", { numeric: "always" });

/** Write how far a moment is, to the nearest: "in 3 hours" of 2 h 53, and no "60 minutes". */
export function relative(moment) {
  const seconds = (moment - now()) / 1000;
  const finer = (place) => (UNITS[place + 1] || UNITS.at(-1))[1];
  const reaches = ([, length], place) => Math.round(Math.abs(seconds) / finer(place)) * finer(place) >= length;
  const [unit, length] = UNITS.find(reaches) || ["second", 1];
  return words.format(Math.sign(seconds) * Math.round(Math.abs(seconds) / length), unit);
}

/** Write the relative times that stand on the page anew. */
export function refreshRelative() {
  for (const element of document.querySelectorAll("time[data-relative]")) {
    const text = relative(new Date(element.dateTime));
    if (element.textContent !== text) element.textContent = text;
  }
}
