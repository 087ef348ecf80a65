// What is shown, kept in the fragment, so that a view can be sent to somebody: #view=explore&measure=…
const DEFAULTS = {};
const listeners = [];

const readState = () => {
  const fields = new URLSearchParams(location.hash.slice(1));
  return fields.has("view") ? Object.fromEntries(fields) : {};
};

let state = readState();
const get = (name) => state[name] ?? DEFAULTS[name] ?? "";

// Changes some of it; a value that is the default leaves the fragment.
const set = (changes) => {
  state = { ...state, ...changes };
  const fields = new URLSearchParams({ view: "explore" });
  for (const [name, value] of Object.entries(state)) {
    if (name !== "view" && String(value) !== String(DEFAULTS[name] ?? "")) fields.set(name, value);
  }
  history.replaceState(null, "", `#${fields}`);
};

const onState = (listener) => listeners.push(listener);

addEventListener("hashchange", () => {
  if (!new URLSearchParams(location.hash.slice(1)).has("view")) return;
  state = readState();
  listeners.forEach((listener) => listener());
});

const listOf = (name) => new Set(get(name).split(",").filter((part) => part !== "").map(Number));
