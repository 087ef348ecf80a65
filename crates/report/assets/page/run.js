// One run over its time: shortest, mean and longest in each window, requests per second, and what was used meanwhile.
const makeRun = (place, packed) => {
  const runs = packed.runs.map((run, index) => ({ ...run, index })).filter((run) => run.pulse && (run.pulse.count.length || run.pulse.usages.length || run.pulse.histogram.length));
  if (!runs.length) {
    const why = DATA.windows === 0 && DATA.hasTraces ? "The page would be too large with every run over time." : "No request of this study is known one by one: there is no run to show over time.";
    place.append(make("h3", {}, "One run over time"), make("p", { class: "note" }, why));
    return;
  }
  const durations = chartBox(260, "the durations of the run");
  const rates = chartBox(150, "the rate of the run");
  const bins = chartBox(180, "the bins of durations");
  const loads = make("div", { class: "loads" });
  const boxes = new Map();
  const boxOf = (kind) => { if (!boxes.has(kind)) boxes.set(kind, chartBox(150, kind === "memory" ? "the memory used" : "the processors used")); return boxes.get(kind); };
  const from = make("input", { type: "number", step: "any", min: 0 });
  const to = make("input", { type: "number", step: "any", min: 0 });
  const status = make("p", { class: "visually-hidden", "aria-live": "polite" });
  const whole = make("button", { type: "button" }, "Whole run");
  const controls = make("div", { class: "controls" });
  const words = (run) => [systemName(run.system), workloadName(run.workload), clientsWords(run.clients), `repetition ${run.repetition}`].filter(Boolean).join(", ");
  const first = runs.find((run) => run.pulse.count.length) ?? runs[0];
  DEFAULTS.run = first.index;

  const chosen = () => runs.find((run) => String(run.index) === String(get("run"))) ?? first;
  const range = () => {
    const ends = [get("from"), get("to")].map(Number);
    return get("from") !== "" && get("to") !== "" && ends[1] > ends[0] ? ends : null;
  };
  // As fine as a thousandth of what is shown, however late in the run that is.
  const rounded = ([low, high]) => {
    const decimals = Math.min(9, Math.max(0, Math.ceil(3 - Math.log10(high - low))));
    return [low, high].map((end) => Number(end.toFixed(decimals)));
  };
  const zoom = (low, high) => {
    const ends = rounded([Math.max(0, low), high]);
    set({ from: ends[0], to: ends[1] });
    status.textContent = `${get("from")} to ${get("to")} seconds are shown`;
    redraw();
  };

  const redraw = () => {
    const run = chosen();
    const pulse = run.pulse;
    const ends = pulse.count.map((_, at) => (at + 1) * pulse.window);
    const last = Math.max(ends.at(-1) ?? 0, ...pulse.usages.map((usage) => usage.t.at(-1) ?? 0));
    const shownRange = range() ?? [0, last || 1];
    [from.value, to.value] = rounded(shownRange);
    whole.disabled = range() === null;
    const seconds = (values) => values.map((ns, at) => (pulse.count[at] ? ns / 1e9 : null));
    const [low, mean, high] = [pulse.min, pulse.mean, pulse.max].map(seconds);
    const log = get("timescale") === "log";
    const prefix = prefixFor("s", mean.filter((value) => value !== null));
    const common = { x: ends, labels: true, xLabel: "Time since the start of the run (s)", xValues: (_, places) => places.map((at) => shown(at)), zoom, range: shownRange };
    const until = (at) => `until ${shown(ends[at])} s`;
    const name = `${words(run)}`;
    durations.box.hidden = !ends.length && pulse.usages.length > 0;
    durations.draw(ends.length ? {
      ...common, prefix, log, title: `${pulse.words} of ${name} over time: shortest, mean and longest in each window`, xWords: until,
      yLabel: pulse.words, yUnit: prefix.symbol,
      series: [
        { label: "Longest", short: "max", look: run.system, values: high, thin: true, points: false },
        { label: "Mean", short: "mean", look: run.system, values: mean, points: false },
        { label: "Shortest", short: "min", look: run.system, values: low, thin: true, points: false },
      ],
      bands: [[1, 3]],
    } : null);
    const rate = pulse.count.map((count) => count / pulse.window);
    const ratePrefix = prefixFor("1/s", rate);
    rates.box.hidden = !ends.length;
    if (ends.length) {
      rates.draw({
        ...common, prefix: ratePrefix, title: `Requests answered per second of ${name} over time`, xWords: until, yLabel: "Rate", yUnit: ratePrefix.symbol,
        series: [{ label: "Answered", short: "rate", look: run.system, values: rate, points: false }],
      });
    }
    const [first, end] = [pulse.histogram[0]?.[0] ?? 0, pulse.histogram.at(-1)?.[0] ?? 0];
    const counts = new Map(pulse.histogram);
    const places = Array.from({ length: end - first + 1 }, (_, at) => first + at);
    // Bin 8e + k begins at 2^e (1 + k/8) nanoseconds.
    const edge = (bin) => (2 ** Math.floor(bin / 8) * (1 + (bin % 8) / 8)) / 1e9;
    const edgePrefix = prefixFor("s", [edge(first), edge(Math.floor((first + end) / 2))]);
    bins.box.hidden = !pulse.histogram.length;
    if (pulse.histogram.length) {
      bins.draw({
        x: places.map((bin) => Math.log10(edge(bin))), prefix: { factor: 1, symbol: "" }, counts: { y: true }, splits: logSplits, title: `How many requests of ${name} took how long, in bins of an eighth of a power of two`,
        xLabel: `${pulse.words}${edgePrefix.symbol ? ` (${edgePrefix.symbol})` : ""}, from`, xValues: (_, at) => at.map((log) => shown(10 ** log, edgePrefix)), xWords: (at) => `from ${withUnit(edge(places[at]), edgePrefix)}`,
        yLabel: "Requests", series: [{ label: "Requests", look: run.system, values: places.map((bin) => counts.get(bin) ?? 0), points: false }],
      });
    }
    const kinds = [...new Set(pulse.usages.map((usage) => usage.metric))];
    const wanted = kinds.map((kind) => boxOf(kind).box);
    if (wanted.length !== loads.children.length || wanted.some((box, at) => box !== loads.children[at])) loads.replaceChildren(...wanted);
    for (const kind of kinds) {
      const [usages, box] = [pulse.usages.filter((usage) => usage.metric === kind), boxOf(kind)];
      const x = [...new Set(usages.flatMap((usage) => usage.t))].sort((a, b) => a - b);
      const unit = kind === "memory" ? "B" : "1";
      const usedPrefix = prefixFor(unit, usages.flatMap((usage) => usage.v));
      box.draw({
        ...common, x, prefix: usedPrefix, title: `${kind === "memory" ? "Memory" : "Processors"} used during ${name}`, xWords: (at) => `at ${shown(Math.round(x[at] * 1e6) / 1e6)} s`,
        yLabel: kind === "memory" ? "Memory" : "Processors", yUnit: usedPrefix.symbol,
        series: usages.map((usage, at) => ({ label: usage.source, short: `${usage.source.slice(0, 3)}.`, look: at, values: x.map((t) => { const found = usage.t.indexOf(t); return found < 0 ? null : usage.v[found]; }), points: false, spans: true })),
      });
    }
    place.dataset.shown = JSON.stringify({ run: run.index, from: shownRange[0], to: shownRange[1] });
  };

  const build = () => {
    const run = chosen();
    controls.replaceChildren(
      labelled("Run", choice(runs.map((one) => [one.index, words(one)]), run.index, (value) => { set({ run: value, from: "", to: "" }); redraw(); })),
      tick("Logarithmic", get("timescale") === "log", (on) => { set({ timescale: on ? "log" : "linear" }); redraw(); }),
      labelled("From (s)", from), labelled("To (s)", to), make("p", { class: "control" }, whole),
    );
    redraw();
  };
  for (const end of [from, to]) end.addEventListener("change", () => { if (Number(to.value) > Number(from.value)) zoom(Number(from.value), Number(to.value)); });
  whole.addEventListener("click", () => { set({ from: "", to: "" }); status.textContent = "The whole run is shown"; redraw(); });
  DEFAULTS.timescale = "linear";
  place.append(make("h3", {}, "One run over time"), make("p", { class: "hint" }, "Drag over the chart, or set from and to, to look closer."), controls, durations.box, rates.box, loads, bins.box, status);
  onState(build);
  build();
};
