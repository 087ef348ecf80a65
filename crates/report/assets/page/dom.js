// Elements are made here and nowhere else: names from the study only ever become text.
const SVG = "http://www.w3.org/2000/svg";

const fill = (element, attributes, children) => {
  for (const [name, value] of Object.entries(attributes ?? {})) {
    if (value !== null && value !== undefined && value !== false) element.setAttribute(name, value === true ? "" : value);
  }
  element.append(...children.filter((child) => child !== null && child !== undefined));
  return element;
};

const make = (tag, attributes, ...children) => fill(document.createElement(tag), attributes, children);
const makeSvg = (tag, attributes, ...children) => fill(document.createElementNS(SVG, tag), attributes, children);
const byId = (id) => document.getElementById(id);

// A part that fails says so on the console and leaves the others as they are.
const guarded = async (part) => {
  try {
    return await part();
  } catch (error) {
    reportError(error);
    return undefined;
  }
};

let made = 0;
const freshId = () => `made-${(made += 1)}`;

// A label and its control.
const labelled = (words, control) => {
  control.id ||= freshId();
  return make("p", { class: "control" }, make("label", { for: control.id }, words), control);
};

const choice = (options, chosen, change) => {
  const select = make("select", {});
  for (const [value, words] of options) select.append(make("option", { value }, words));
  select.value = String(chosen);
  if (select.selectedIndex < 0) select.selectedIndex = 0;
  select.addEventListener("change", () => change(select.value));
  return select;
};

const tick = (words, checked, change) => {
  const box = make("input", { type: "checkbox", id: freshId() });
  box.checked = checked;
  box.addEventListener("change", () => change(box.checked));
  return make("p", { class: "control tick" }, box, make("label", { for: box.id }, words));
};
