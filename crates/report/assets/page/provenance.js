// Where a number comes from: all numbers of its row, exactly; its run, file, command; the findings about it.
const makeProvenance = (packed) => {
  const numbers = new Map();
  let rows = [];
  // Thousands of numbers, of which most readers ask for none.
  const readRows = () => {
    rows = rowsOf(packed.rows);
    rowsOf(packed.numbers).forEach((number) => {
      if (!numbers.has(number.row)) numbers.set(number.row, []);
      numbers.get(number.row).push(number);
    });
  };
  const title = make("h2", { id: "provenance-title" });
  const content = make("div", {});
  const close = make("button", { type: "button" }, "Close");
  const dialog = make("dialog", { "aria-labelledby": "provenance-title", id: "provenance" }, title, content, make("p", {}, close));
  close.addEventListener("click", () => dialog.close());
  document.body.append(dialog);

  const concerns = (doubt, row) => doubt.at.some(([system, workload, clients, repetition]) =>
    (system !== null || workload !== null || clients !== null) && (system === null || system === row.system) && (workload === null || workload === row.workload)
    && (clients === null || clients === row.clients) && (repetition === null || repetition === row.repetition));

  const facts = (row) => {
    const run = row.run === null ? null : packed.runs[row.run];
    const list = [["Origin", row.origin]];
    if (row.operation) list.push(["Operation", row.operation]);
    if (run) {
      list.push(["Known of the run", run.fidelity]);
      if (run.file) list.push(["File", `${run.file}${run.line ? `, line ${run.line}` : ""}`], ["Format", run.format], ["SHA-256", run.sha256]);
      if (run.tool) list.push(["Tool", run.tool]);
      if (run.command) list.push(["Command", run.command]);
    }
    return make("dl", { class: "facts" }, ...list.flatMap(([name, value]) => [make("dt", {}, name), make("dd", { dir: "auto" }, value)]));
  };

  const table = (row, chosen) => {
    const body = (numbers.get(row) ?? []).map((number) => {
      const [metric, statistic] = packed.names[number.name];
      const isChosen = metric === chosen?.metric && statistic === chosen?.statistic;
      const remark = [number.status, number.printed ? `printed as ${number.printed}` : null, number.note].filter(Boolean).join("; ");
      return make("tr", { "aria-current": isChosen ? "true" : null }, make("th", { scope: "row" }, `${metric} ${statistic}`), make("td", { class: "number" }, number.value === null ? "lost" : String(number.value)), make("td", {}, packed.units[number.unit]), make("td", { dir: "auto" }, remark));
    });
    return make("div", { class: "wide", tabindex: 0, role: "region", "aria-label": "Numbers" }, make("table", {}, make("thead", {}, make("tr", {}, ...["Number", "Value", "Unit", "Remark"].map((words) => make("th", { scope: "col" }, words)))), make("tbody", {}, ...body)));
  };

  // `chosen` is { metric, statistic } of the number that was asked about.
  return (index, chosen) => {
    if (!rows.length) readRows();
    const row = rows[index];
    title.replaceChildren(...[systemName(row.system), workloadName(row.workload), clientsWords(row.clients), row.repetition === null ? "as published" : `repetition ${row.repetition}`].filter(Boolean).flatMap((words, at) => [at ? ", " : "", make("bdi", {}, words)]));
    const about = packed.doubts.filter((doubt) => concerns(doubt, row));
    const links = about.map((doubt) => {
      const link = make("a", { href: `#finding-${doubt.number}` }, `F${doubt.number}`);
      link.addEventListener("click", () => dialog.close());
      return make("li", { dir: "auto" }, link, ` ${doubt.severity}: ${doubt.text}`);
    });
    content.replaceChildren(facts(row), about.length ? make("ul", { class: "about" }, ...links) : make("p", {}, "No finding is about this run."), table(index, chosen));
    dialog.showModal();
    dialog.scrollTop = 0;
    dialog.querySelector("[aria-current]")?.scrollIntoView({ block: "nearest" });
  };
};
