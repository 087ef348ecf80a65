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

// Calls a listener when another view is opened, and when one of these names changes elsewhere on the page.
const onState = (listener, ...names) => listeners.push({ listener, names });
const notify = (name) => listeners.filter((one) => one.names.includes(name)).forEach((one) => guarded(one.listener));

// A view that was sent begins with what it shows.
const isView = () => new URLSearchParams(location.hash.slice(1)).has("view");
const goToView = () => { if (isView()) byId("explore").scrollIntoView({ behavior: "instant" }); };

addEventListener("hashchange", () => {
  if (!isView()) return;
  state = readState();
  listeners.forEach((one) => guarded(one.listener));
  goToView();
});

const listOf = (name) => new Set(get(name).split(",").filter((part) => part !== "").map(Number));
