// Numbers over numbers of clients, or system by system where no two of them are known.
const makeOverview = (place, { cells: columns, measures }) => {
  const cells = rowsOf(columns);
  const metrics = [...new Map(measures.map((measure) => [measure.metric, measure.words])).entries()];
  const chart = chartBox(340, "the overview");
  const heading = make("h3", {});
  const controls = make("div", { class: "controls" });
  const legend = make("fieldset", { class: "legend" }, make("legend", {}, "Systems"));
  Object.assign(DEFAULTS, { measure: metrics[0]?.[0] ?? "", scale: "linear", intervals: "on", hide: "" });

  const statisticsOf = (metric) => measures.filter((measure) => measure.metric === metric);
  const chosen = () => {
    const metric = metrics.some(([id]) => id === get("measure")) ? get("measure") : metrics[0]?.[0];
    const statistics = statisticsOf(metric);
    const measure = statistics.find((one) => one.statistic === get("statistic")) ?? statistics[0];
    const index = measures.indexOf(measure);
    const workloads = [...new Set(cells.filter((cell) => cell.measure === index).map((cell) => cell.workload))].sort((a, b) => a - b);
    const workload = workloads.includes(Number(get("workload"))) && get("workload") !== "" ? Number(get("workload")) : workloads[0];
    return { metric, statistics, measure, index, workloads, workload };
  };

  const spec = () => {
    const { measure, index, workload } = chosen();
    const hidden = listOf("hide");
    const own = cells.filter((cell) => cell.measure === index && cell.workload === workload && cell.value !== null);
    const present = [...new Set(own.map((cell) => cell.system))].sort((a, b) => a - b);
    const visible = own.filter((cell) => !hidden.has(cell.system));
    if (!visible.length) return null;
    const prefix = prefixFor(measure.unit, visible.map((cell) => cell.value));
    const every = [...new Set(visible.map((cell) => cell.clients))].sort((a, b) => a - b);
    const clients = every.filter((count) => count !== null);
    const isByClients = clients.length > 1;
    const systems = present.filter((system) => !hidden.has(system));
    // System by system each cell has a place of its own; what is known without a number of clients stands beside the rest.
    const places = [...visible].sort((a, b) => a.system - b.system || a.clients - b.clients);
    const x = isByClients ? clients : places.map((_, at) => at);
    const name = (system) => ({ label: systemName(system), short: String(system + 1), isNumbered: true });
    const placeName = ({ system, clients: count }) => [systemName(system), every.length > 1 ? clientsWords(count) : ""].filter(Boolean).join(", ");
    const series = systems.map((system) => {
      const found = x.map((value) => (isByClients ? visible.find((cell) => cell.system === system && cell.clients === value) : places[value].system === system ? places[value] : undefined));
      return {
        ...name(system), look: system, points: true,
        values: found.map((cell) => cell?.value ?? null),
        intervals: get("intervals") === "on" ? found.map((cell) => (cell && cell.low !== null ? [cell.low, cell.high] : null)) : null,
      };
    });
    const words = `${measure.words}, ${measure.statisticWords}`;
    const common = every.length === 1 && clients.length === 1 ? `, ${clientsWords(clients[0])}` : "";
    return {
      title: `${words} of ${workloadName(workload)}${common}, ${systems.length} system${systems.length === 1 ? "" : "s"}. The same numbers are in the tables below.`,
      x, series, prefix, labels: true, log: get("scale") === "log",
      isByClients, counts: { x: isByClients },
      categories: isByClients ? null : places.map((cell) => ({ ...name(cell.system), label: placeName(cell) })),
      xLabel: isByClients ? `Clients${every.length > clients.length ? " (numbers without any are in the tables)" : ""}` : `System${common}`,
      xValues: (_, splits) => splits.map(String),
      xWords: (at) => (isByClients ? clientsWords(x[at]) : placeName(places[at])),
      yLabel: words, yUnit: prefix.symbol,
    };
  };

  const redraw = () => {
    const next = spec();
    if (next) heading.textContent = next.isByClients ? "Over numbers of clients" : "System by system";
    chart.draw(next);
  };
  const change = (changes) => { set(changes); build(); };
  // Controls are made again only where others are on offer, so that the focus stays.
  const build = () => {
    const { metric, statistics, measure, workloads, workload } = chosen();
    const focused = controls.contains(document.activeElement) ? document.activeElement.dataset.name : null;
    const named = (name, control) => { (control.matches("input, select") ? control : control.querySelector("input")).dataset.name = name; return control; };
    controls.replaceChildren(
      labelled("Measure", named("measure", choice(metrics, metric, (value) => change({ measure: value, statistic: "" })))),
      labelled("Statistic", named("statistic", choice(statistics.map((one) => [one.statistic, one.statisticWords]), measure?.statistic, (value) => change({ statistic: value })))),
      labelled("Workload", named("workload", choice(workloads.map((one) => [one, workloadName(one)]), workload, (value) => change({ workload: value })))),
      named("scale", tick("Logarithmic", get("scale") === "log", (on) => change({ scale: on ? "log" : "linear" }))),
      named("intervals", tick("Intervals", get("intervals") === "on", (on) => change({ intervals: on ? "on" : "off" }))),
    );
    if (focused) controls.querySelector(`[data-name="${focused}"]`)?.focus();
    redraw();
  };

  const used = [...new Set(cells.map((cell) => cell.system))].sort((a, b) => a - b);
  const boxes = used.map((system) => {
    const box = make("input", { type: "checkbox", id: freshId() });
    box.addEventListener("change", () => {
      const hidden = listOf("hide");
      box.checked ? hidden.delete(system) : hidden.add(system);
      set({ hide: [...hidden].sort((a, b) => a - b).join(",") });
      notify("hide");
    });
    legend.append(make("p", { class: "control tick" }, box, make("label", { for: box.id }, sample(system), ` ${system + 1} `, make("bdi", {}, systemName(system)))));
    return [system, box];
  });
  const follow = () => { const hidden = listOf("hide"); boxes.forEach(([system, box]) => { box.checked = !hidden.has(system); }); build(); };

  if (!cells.length) return;
  heading.textContent = "Systems";
  place.append(heading, controls, legend, chart.box);
  onState(follow, "hide");
  follow();
};
