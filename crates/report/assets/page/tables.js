// Sorting and filtering of tables that stand in the page already.
const plain = (cell) => (cell?.textContent ?? "").replaceAll(/[\u2009\u202f]/g, "").replaceAll("\u2212", "-").trim();

const sortable = (table) => {
  const body = table.tBodies[0];
  const original = [...body.rows];
  [...table.tHead.rows[0].cells].forEach((head, column) => {
    const button = make("button", { type: "button", class: "sort" }, ...head.childNodes);
    head.replaceChildren(button);
    button.addEventListener("click", () => sort(column, head.getAttribute("aria-sort") === "ascending" ? "descending" : "ascending", true));
  });
  const sort = (column, direction, isAsked) => {
    const heads = [...table.tHead.rows[0].cells];
    heads.forEach((head) => head.removeAttribute("aria-sort"));
    if (!heads[column]) return;
    heads[column].setAttribute("aria-sort", direction);
    const keys = new Map(original.map((row) => { const text = plain(row.cells[column]); const number = parseFloat(text.replace(/^[<>×[] ?/, "")); return [row, { text, number }]; }));
    const isNumeric = original.some((row) => Number.isFinite(keys.get(row).number)) && heads[column].classList.contains("number");
    const sign = direction === "ascending" ? 1 : -1;
    const rank = (key) => (isNumeric ? !Number.isFinite(key.number) : key.text === "");
    const rows = [...original].sort((a, b) => {
      const [x, y] = [keys.get(a), keys.get(b)];
      if (rank(x) !== rank(y)) return rank(x) ? 1 : -1;
      return rank(x) ? 0 : sign * (isNumeric ? x.number - y.number : x.text < y.text ? -1 : x.text > y.text ? 1 : 0);
    });
    body.append(...rows);
    if (isAsked && table.id === "measurements-table") set({ sort: `${column}.${direction}` });
  };
  // Rows that a link or a key leads to stop below the head.
  new ResizeObserver(() => { table.parentElement.style.scrollPaddingTop = `${table.tHead.offsetHeight + 4}px`; }).observe(table.tHead);
  return { sort, rows: original };
};

const makeComparisons = () => {
  const table = byId("comparisons-table");
  if (!table) return;
  const rows = [...table.tBodies[0].rows];
  const count = make("p", { "aria-live": "polite", class: "count" });
  const apply = () => {
    const only = get("only");
    const stays = (row) => only === "" || (only === "sure" ? ["better", "worse", "different"].includes(row.dataset.verdict) : row.dataset.verdict === only);
    rows.forEach((row) => { row.hidden = !stays(row); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} comparisons are shown.`;
  };
  const options = [["", "all"], ["sure", "significant only"], ["better", "better"], ["worse", "worse"], ["different", "different"], ["equivalent", "equivalent"], ["inconclusive", "inconclusive"]];
  const select = choice(options, get("only"), (value) => { set({ only: value }); apply(); });
  table.parentElement.before(make("div", { class: "controls" }, labelled("Show", select)), count);
  onState(() => { select.value = get("only"); apply(); });
  apply();
};

const makeMeasurements = (open) => {
  const table = byId("measurements-table");
  if (!table) return;
  const { sort, rows } = sortable(table);
  const heads = [...table.tHead.rows[0].cells];
  const texts = new Map(rows.map((row) => [row, [...row.querySelectorAll("th, .key")].map(plain).join(" ").toLowerCase()]));
  const count = make("p", { "aria-live": "polite", class: "count" });
  const filter = make("input", { type: "search", id: freshId(), autocomplete: "off", spellcheck: "false" });
  const apply = () => {
    const words = get("filter").toLowerCase().split(/\s+/).filter(Boolean);
    rows.forEach((row) => { row.hidden = !words.every((word) => texts.get(row).includes(word)); });
    count.textContent = `${rows.filter((row) => !row.hidden).length} of ${rows.length} rows are shown.`;
    focusable();
  };
  filter.addEventListener("input", () => { set({ filter: filter.value }); apply(); });

  // One number takes the focus; arrows go to its neighbours, Enter opens where it comes from.
  let current = null;
  const VALUE = "td:not(.key, :empty)";
  const isNumber = (cell) => cell?.matches(VALUE) && !cell.hidden && !cell.parentElement.hidden;
  const firstNumber = () => {
    for (const row of table.tBodies[0].rows) {
      const found = row.hidden ? undefined : [...row.cells].find(isNumber);
      if (found) return found;
    }
    return null;
  };
  const focusable = () => {
    if (isNumber(current)) return;
    current?.removeAttribute("tabindex");
    current = firstNumber();
    current?.setAttribute("tabindex", "0");
  };
  const move = (cell) => {
    current?.removeAttribute("tabindex");
    current = cell;
    cell.setAttribute("tabindex", "0");
    cell.focus();
  };
  const beside = (cell, rowStep, columnStep) => {
    let row = cell.parentElement;
    let column = cell.cellIndex;
    for (;;) {
      if (rowStep) row = rowStep > 0 ? row.nextElementSibling : row.previousElementSibling;
      column += columnStep;
      const found = row?.cells[column];
      if (!found) return null;
      if (isNumber(found)) return found;
    }
  };
  const steps = { ArrowUp: [-1, 0], ArrowDown: [1, 0], ArrowLeft: [0, -1], ArrowRight: [0, 1] };
  const openCell = (cell) => open(Number(cell.parentElement.dataset.row), heads[cell.cellIndex].dataset);
  table.addEventListener("keydown", (event) => {
    const cell = event.target.closest(VALUE);
    if (!cell) return;
    if (steps[event.key]) {
      const next = beside(cell, ...steps[event.key]);
      if (next) move(next);
      event.preventDefault();
    } else if (event.key === "Enter" || event.key === " ") {
      openCell(cell);
      event.preventDefault();
    }
  });
  table.addEventListener("click", (event) => {
    const cell = event.target.closest(VALUE);
    if (cell) { move(cell); openCell(cell); }
  });

  const columns = make("fieldset", { class: "legend" }, make("legend", {}, "Columns"));
  const show = () => {
    const hidden = new Set(get("columns").split(",").filter(Boolean));
    heads.forEach((head, index) => {
      if (!head.dataset.metric) return;
      const isHidden = hidden.has(String(index));
      if (head.hidden !== isHidden) [head, ...rows.map((row) => row.cells[index])].forEach((cell) => { cell.hidden = isHidden; });
    });
    columns.querySelectorAll("input").forEach((box) => { box.checked = !hidden.has(box.dataset.column); });
    focusable();
  };
  heads.forEach((head, index) => {
    if (!head.dataset.metric) return;
    const control = tick(head.title || head.textContent, true, (on) => {
      const hidden = new Set(get("columns").split(",").filter(Boolean));
      on ? hidden.delete(String(index)) : hidden.add(String(index));
      set({ columns: [...hidden].join(",") });
      show();
    });
    control.querySelector("input").dataset.column = index;
    columns.append(control);
  });
  const restore = () => {
    filter.value = get("filter");
    const [column, direction] = get("sort").split(".");
    if (direction) sort(Number(column), direction, false);
    show();
    apply();
  };
  table.parentElement.before(
    make("p", { class: "hint" }, "A number opens where it comes from: click it, or go to it with the arrow keys and press Enter."),
    make("div", { class: "controls" }, make("p", { class: "control" }, make("label", { for: filter.id }, "Filter"), filter)),
    make("details", {}, make("summary", {}, "Columns on and off"), columns), count);
  onState(restore);
  restore();
};
