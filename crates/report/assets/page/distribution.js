// How long requests took: share that took no longer, or the duration over the percentile, up to 99.99 %.
const makeDistribution = (place, packed) => {
  const curves = packed.curves;
  if (!curves.length) {
    place.append(make("h3", {}, "Distribution"), make("p", { class: "note" }, "No distribution is known: the study has neither requests nor histograms."));
    return;
  }
  const chart = chartBox(320, "the distribution");
  const controls = make("div", { class: "controls" });
  const metrics = [...new Map(curves.map((curve) => [curve.metric, curve.words])).entries()];
  Object.assign(DEFAULTS, { distribution: metrics[0][0], form: "percentiles", durations: "log" });
  // Percentiles stand by how many nines they have.
  const nines = (p) => -Math.log10(Math.max(1 - p, 1e-5));
  const marks = [0, 0.5, 0.9, 0.99, 0.999, 0.9999];

  const chosen = () => {
    const metric = metrics.some(([id]) => id === get("distribution")) ? get("distribution") : metrics[0][0];
    const own = curves.filter((curve) => curve.metric === metric);
    const workloads = [...new Set(own.map((curve) => curve.workload))];
    const workload = get("at-workload") !== "" && workloads.includes(Number(get("at-workload"))) ? Number(get("at-workload")) : workloads[0];
    const clients = [...new Set(own.filter((curve) => curve.workload === workload).map((curve) => curve.clients))].sort((a, b) => a - b);
    const client = clients.find((count) => String(count) === get("clients")) ?? clients.at(-1);
    return { metric, workloads, workload, clients, client, own: own.filter((curve) => curve.workload === workload && curve.clients === client) };
  };

  const redraw = () => {
    const { metric, workload, client, own } = chosen();
    const hidden = listOf("hide");
    const visible = own.filter((curve) => !hidden.has(curve.system));
    if (!visible.length) return chart.draw(null);
    const words = metrics.find(([id]) => id === metric)[1];
    const isShare = get("form") === "share";
    const log = get("durations") === "log";
    const prefix = prefixFor("s", visible.map((curve) => curve.v[Math.floor(curve.v.length / 2)]));
    const title = `${words} of ${workloadName(workload)}${client === null ? "" : ` at ${clientsWords(client)}`}`;
    if (isShare) {
      const scale = (value) => (log ? Math.log10(value) : value);
      const all = visible.flatMap((curve) => curve.v.filter((value) => !log || value > 0).map(scale));
      const [low, high] = [Math.min(...all), Math.max(...all)];
      const x = Array.from({ length: 161 }, (_, at) => low + ((high - low || 1) * at) / 160);
      const back = (at) => (log ? 10 ** at : at);
      const shareAt = (curve, at) => { let share = 0; curve.v.forEach((value, index) => { if (scale(value) <= at + 1e-12) share = curve.p[index]; }); return share * 100; };
      chart.draw({
        title: `Share of the requests that took no longer: ${title}`, x, labels: true, prefix: { factor: 1, symbol: "%" },
        xLabel: `${words}${prefix.symbol ? ` (${prefix.symbol})` : ""}`, xValues: (_, places) => places.map((at) => shown(back(at), prefix)), xWords: (at) => withUnit(back(x[at]), prefix), yLabel: "Requests", yUnit: "%", splits: log ? logSplits : undefined,
        series: visible.map((curve) => ({ label: systemName(curve.system), short: String(curve.system + 1), isNumbered: true, look: curve.system, values: x.map((at) => shareAt(curve, at)), points: false })),
      });
      return;
    }
    const grid = [...new Set(visible.flatMap((curve) => curve.p))].filter((p) => p < 1).sort((a, b) => a - b);
    chart.draw({
      title: `Percentiles: ${title}`, x: grid.map(nines), labels: true, prefix, log,
      xLabel: "Percentile", splits: (low, high) => marks.map(nines).filter((at) => at >= low && at <= high), xValues: (_, places) => places.map((at) => `${Number((marks.find((p) => nines(p) === at) * 100).toFixed(2))}`), xWords: (at) => `percentile ${Number((grid[at] * 100).toFixed(4))}`,
      yLabel: words, yUnit: prefix.symbol,
      series: visible.map((curve) => ({ label: systemName(curve.system), short: String(curve.system + 1), isNumbered: true, look: curve.system, values: grid.map((p) => { const found = curve.p.indexOf(p); return found < 0 ? null : curve.v[found]; }), points: false })),
    });
  };

  const build = () => {
    const { metric, workloads, workload, clients, client } = chosen();
    const change = (name) => (value) => { set({ [name]: value }); build(); };
    const focused = controls.contains(document.activeElement) ? [...controls.querySelectorAll("select, input")].indexOf(document.activeElement) : -1;
    controls.replaceChildren(
      labelled("Measure", choice(metrics, metric, change("distribution"))),
      labelled("Workload", choice(workloads.map((one) => [one, workloadName(one)]), workload, change("at-workload"))),
      labelled("Clients", choice(clients.map((one) => [one, one === null ? "not known" : String(one)]), client, change("clients"))),
      labelled("As", choice([["percentiles", "percentiles"], ["share", "share of requests"]], get("form"), change("form"))),
      tick("Logarithmic", get("durations") === "log", (on) => { set({ durations: on ? "log" : "linear" }); redraw(); }),
    );
    if (focused >= 0) controls.querySelectorAll("select, input")[focused]?.focus();
    redraw();
  };
  place.append(make("h3", {}, "Distribution"), make("p", { class: "hint" }, "Quantiles up to 99.99 %, each the mean over the repetitions. The maximum is in the tables."), controls, chart.box);
  onState(build, "hide");
  build();
};
