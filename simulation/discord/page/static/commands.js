// Slash commands as text: which are meant, and what `/council name:Oakmere` or `/council Oakmere` says.

const INTEGER = 4, BOOLEAN = 5, USER = 6, CHANNEL = 7, ROLE = 8, MENTIONABLE = 9, NUMBER = 10;
export const OBJECTS = new Set([USER, CHANNEL, ROLE, MENTIONABLE]);
export { BOOLEAN, CHANNEL, INTEGER, MENTIONABLE, NUMBER, ROLE, USER };

/** Return the commands that a beginning may mean, those that begin with it first. */
export function matching(commands, typed) {
  const wanted = typed.slice(1).toLowerCase();
  const starts = commands.filter(({ path }) => path.startsWith(wanted));
  const rest = commands.filter((command) => !starts.includes(command) && (command.path.includes(wanted) || (wanted.length > 2 && command.description.toLowerCase().includes(wanted))));
  return [...starts, ...rest];
}

/** Return what a text that begins with a whole command says: {command, given, current}, else null. */
export function parse(commands, typed) {
  const text = typed.slice(1);
  const lower = text.toLowerCase();
  const [command] = commands
    .filter(({ path }) => lower === path || lower.startsWith(`${path} `))
    .sort((a, b) => b.path.length - a.path.length);
  if (!command) return null;
  const rest = text.slice(command.path.length);
  const given = new Map();
  const names = new Set(command.options.map((option) => option.name));
  const marks = [...rest.matchAll(/(?<=\s)([-_'\p{L}\p{N}]+):/gu)].filter((mark) => names.has(mark[1]));
  let current = null;
  marks.forEach((mark, at) => {
    const value = rest.slice(mark.index + mark[0].length, marks[at + 1]?.index ?? rest.length);
    given.set(mark[1], value.trim());
    current = mark[1];
  });
  const free = rest.slice(0, marks[0]?.index ?? rest.length).trim();
  const first = command.options.find((option) => !given.has(option.name));
  if (free && first) given.set(first.name, free);
  if (!marks.length && rest && first) current = first.name;
  return { command, given, current, surplus: free && !first ? free : "" };
}

/** Return an option's value as the sandbox takes it; breaks with a sentence where it is none. */
export function valueOf(option, text, things) {
  const choice = option.choices?.find(({ name }) => name.toLowerCase() === text.toLowerCase());
  if (choice) return choice.value;
  if (option.type === INTEGER || option.type === NUMBER) {
    const number = Number(text);
    if (Number.isNaN(number) || (option.type === INTEGER && !Number.isInteger(number))) throw new Error(`${option.name} wants a ${option.type === INTEGER ? "whole " : ""}number.`);
    return number;
  }
  if (option.type === BOOLEAN) {
    if (["true", "yes", "1"].includes(text.toLowerCase())) return true;
    if (["false", "no", "0"].includes(text.toLowerCase())) return false;
    throw new Error(`${option.name} wants yes or no.`);
  }
  if (OBJECTS.has(option.type)) {
    const name = text.replace(/^[#@]/, "").toLowerCase();
    const found = things.find((thing) => thing.label.replace(/^[#@]/, "").toLowerCase() === name);
    if (!found) throw new Error(`There is no ${text} to choose for ${option.name}.`);
    return found.value;
  }
  return text;
}
