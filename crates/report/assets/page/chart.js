// uPlot with what it lacks: intervals, direct labels, a cursor for the keyboard, colours of both themes.
const dark = matchMedia("(prefers-color-scheme: dark)");
const still = [];

const theme = () => {
  const style = getComputedStyle(document.documentElement);
  const of = (name) => style.getPropertyValue(name).trim();
  return { ink: of("--ink"), quiet: of("--quiet"), line: of("--line"), ground: of("--ground") };
};

const lookOf = (index) => {
  const colours = dark.matches ? DATA.palette.dark : DATA.palette.light;
  const dashes = DATA.palette.dashes;
  return {
    colour: colours[index % colours.length],
    dash: dashes[(index + Math.floor(index / colours.length)) % dashes.length],
  };
};

// A sample of a line, for a legend.
const sample = (index) => {
  const line = makeSvg("line", { x1: 1, y1: 6, x2: 35, y2: 6, "stroke-width": 2.5 });
  const paint = () => {
    const look = lookOf(index);
    line.setAttribute("stroke", look.colour);
    line.setAttribute("stroke-dasharray", look.dash.join(" "));
  };
  paint();
  dark.addEventListener("change", paint);
  return makeSvg("svg", { width: 36, height: 12, viewBox: "0 0 36 12", "aria-hidden": "true" }, line);
};

const ellipsis = (text, most) => (text.length > most ? `${text.slice(0, most - 1)}…` : text);

// Bars from low to high at each point of a series.
const drawIntervals = (plot, series) => {
  const { ctx } = plot;
  ctx.save();
  ctx.beginPath();
  ctx.rect(plot.bbox.left, plot.bbox.top, plot.bbox.width, plot.bbox.height);
  ctx.clip();
  series.forEach((one, index) => {
    if (!one.intervals || !plot.series[index + 1].show) return;
    ctx.strokeStyle = lookOf(one.look).colour;
    ctx.lineWidth = devicePixelRatio * 1.2;
    one.intervals.forEach((interval, at) => {
      if (!interval || (plot.scales.y.distr === 3 && !(interval[0] > 0))) return;
      const x = Math.round(plot.valToPos(plot.data[0][at], "x", true));
      const [low, high] = interval.map((value) => plot.valToPos(value, "y", true));
      const cap = 3 * devicePixelRatio;
      ctx.beginPath();
      for (const [fromX, fromY, toX, toY] of [[x, low, x, high], [x - cap, low, x + cap, low], [x - cap, high, x + cap, high]]) {
        ctx.moveTo(fromX, fromY);
        ctx.lineTo(toX, toY);
      }
      ctx.stroke();
    });
  });
  ctx.restore();
};

// Each name at the right end of its line, pushed apart.
const drawLabels = (plot, series, room) => {
  const { ctx } = plot;
  const size = 11 * devicePixelRatio;
  const { min, max } = plot.scales.x;
  const labels = series
    .map((one, index) => {
      const values = plot.data[index + 1];
      const at = values.findLastIndex((value, place) => value !== null && value !== undefined && plot.data[0][place] >= min && plot.data[0][place] <= max);
      return at < 0 || !plot.series[index + 1].show ? null : { one, y: plot.valToPos(values[at], "y", true), x: plot.valToPos(plot.data[0][at], "x", true) };
    })
    .filter((label) => label !== null && Number.isFinite(label.y))
    .sort((a, b) => a.y - b.y);
  const bottom = plot.bbox.top + plot.bbox.height;
  let before = -Infinity;
  for (const label of labels) before = label.at = Math.max(label.y, before + size * 1.1);
  for (let index = labels.length - 1, most = bottom; index >= 0; index -= 1) {
    most = (labels[index].at = Math.min(labels[index].at, most)) - size * 1.1;
  }
  ctx.save();
  ctx.font = `${size}px system-ui, sans-serif`;
  ctx.textBaseline = "middle";
  ctx.textAlign = "left";
  const left = plot.bbox.left + plot.bbox.width + 6 * devicePixelRatio;
  for (const label of labels) {
    const look = lookOf(label.one.look);
    ctx.strokeStyle = look.colour;
    ctx.lineWidth = devicePixelRatio;
    ctx.beginPath();
    ctx.moveTo(left - 5 * devicePixelRatio, label.y);
    ctx.lineTo(left, label.at);
    ctx.stroke();
    ctx.fillStyle = look.colour;
    ctx.fillText(ellipsis(label.one.label, Math.floor(room / 6.2)), left + 3 * devicePixelRatio, label.at);
  }
  ctx.restore();
};

// A box with a chart, a slider that moves its cursor (`words` name it), and what stands there. `draw(spec)` replaces the chart; spec:
// { title, x: [], xLabel, xWords(at), yLabel, log, prefix, series: [{ label, look, values, intervals, band, spans }], labels,
//   categories, zoom(min, max), range: [min, max] | null }
const chartBox = (height, words) => {
  const frame = make("div", { class: "plot", role: "img" });
  const slider = make("input", { type: "range", min: 0, value: 0, step: 1, id: freshId() });
  const live = make("p", { class: "visually-hidden", "aria-live": "polite" });
  const values = make("dl", { class: "values" });
  const head = make("p", { class: "at" });
  const control = make("p", { class: "control cursor" }, make("label", { for: slider.id }, "Cursor", make("span", { class: "visually-hidden" }, ` over ${words}`)), slider);
  const box = make("div", { class: "chart-box" }, frame, control, make("div", { class: "reading" }, head, values), live);
  let plot = null;
  let spec = null;
  let width = 0;

  const read = (at) => {
    if (!spec || at === null || at === undefined || at >= spec.x.length) return;
    head.textContent = spec.xWords(at);
    const rows = spec.series.filter((one) => !one.silent && one.values[at] !== null && one.values[at] !== undefined);
    const words = rows.map((one) => {
      const interval = one.intervals?.[at];
      const behind = interval ? ` [${shown(interval[0], spec.prefix)}, ${shown(interval[1], spec.prefix)}]` : "";
      return [one.label, `${withUnit(one.values[at], one.prefix ?? spec.prefix)}${behind}`];
    });
    values.replaceChildren(...words.map(([name, value]) => make("div", {}, make("dt", {}, make("bdi", {}, name)), make("dd", {}, value))));
    return `${spec.xWords(at)}: ${words.map(([name, value]) => `${name} ${value}`).join("; ")}`;
  };

  const place = (at) => {
    if (!plot || at >= spec.x.length) return;
    const left = plot.valToPos(spec.x[at], "x");
    plot.setCursor({ left, top: plot.over.clientHeight / 2 }, false);
  };

  slider.addEventListener("input", () => {
    const at = Number(slider.value);
    live.textContent = read(at) ?? "";
    slider.setAttribute("aria-valuetext", spec?.xWords(at) ?? "");
    place(at);
  });

  const options = () => {
    const colours = theme();
    const room = spec.labels && width >= 560 ? 130 : spec.labels ? 34 : 12;
    const series = spec.series.map((one) => ({ ...one, label: width >= 560 ? one.label : one.short ?? one.label }));
    const axis = { stroke: colours.ink, grid: { stroke: colours.line, width: 1 }, ticks: { stroke: colours.line, width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
    // Intervals belong to what must be seen.
    const ends = spec.series.flatMap((one) => one.intervals ?? []).filter(Boolean).flat();
    const reach = (low, high) => (low === null ? [null, null] : [Math.min(low, ...ends), Math.max(high, ...ends)]);
    const number = (value) => (value === null ? "" : shown(value, spec.prefix));
    return {
      width,
      height,
      padding: [12, room, 0, 0],
      legend: { show: false },
      cursor: { y: false, drag: { x: Boolean(spec.zoom), y: false, setScale: false }, focus: { prox: 24 }, points: { size: 7 } },
      select: { show: Boolean(spec.zoom) },
      focus: { alpha: 0.35 },
      scales: {
        x: { time: false, range: spec.range ? () => spec.range : (_, low, high) => (spec.categories ? [-0.5, spec.x.length - 0.5] : low === high ? [low - 1, high + 1] : spec.tight ? [low, high] : [low - (high - low) * 0.02, high + (high - low) * 0.02]) },
        y: { distr: spec.log ? 3 : 1, range: spec.log ? undefined : (_, least, most) => { const [low, high] = reach(least, most); return low === null ? [0, 1] : uPlot.rangeNum(Math.min(low, spec.fromZero === false ? low : 0), high === low ? high + 1 : high, 0.06, true); } },
      },
      axes: [
        { ...axis, label: spec.xLabel, labelSize: 22, size: spec.categories ? 44 : 34, splits: spec.categories ? () => spec.x : spec.splits ? () => spec.splits : undefined, values: spec.categories ? (_, places) => places.map((at) => ellipsis(spec.categories[at] ?? "", Math.max(3, Math.floor(width / spec.x.length / 7)))) : spec.xValues },
        { ...axis, label: spec.yLabel, labelSize: 22, size: 62, values: (_, places) => places.map(number) },
      ],
      series: [{}, ...spec.series.map((one) => {
        const look = lookOf(one.look);
        return { label: one.label, stroke: one.thin ? colours.quiet : look.colour, dash: one.thin ? [] : look.dash, width: one.thin ? 1 : 2, spanGaps: Boolean(one.spans), points: { show: one.points ?? spec.x.length < 40, size: 6, fill: look.colour } };
      })],
      bands: spec.bands?.map((pair) => ({ series: pair, fill: `${lookOf(spec.series[pair[0] - 1].look).colour}33` })),
      hooks: {
        draw: [(drawn) => { frame.dataset.range = JSON.stringify([drawn.scales.x.min, drawn.scales.x.max]); drawIntervals(drawn, series); if (spec.labels && !spec.categories) drawLabels(drawn, series, room); }],
        setCursor: [(moved) => { const at = moved.cursor.idx; if (at !== null && at !== undefined) { read(at); slider.value = at; } }],
        setSelect: spec.zoom ? [(brushed) => {
          if (brushed.select.width < 4) return;
          const [low, high] = [brushed.select.left, brushed.select.left + brushed.select.width].map((at) => brushed.posToVal(at, "x"));
          brushed.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
          spec.zoom(low, high);
        }] : [],
      },
    };
  };

  const redraw = () => {
    plot?.destroy();
    plot = null;
    if (!spec || width < 50) return;
    const clean = (value) => (value === null || value === undefined || !Number.isFinite(value) || (spec.log && value <= 0) ? null : value);
    const data = [spec.x, ...spec.series.map((one) => one.values.map(clean))];
    frame.setAttribute("aria-label", spec.title);
    slider.max = Math.max(0, spec.x.length - 1);
    // The chart draws itself a moment later; a cursor that is set before would jump.
    plot = new uPlot(options(), data, frame);
    const at = Math.min(Number(slider.value), spec.x.length - 1);
    slider.value = at;
    slider.setAttribute("aria-valuetext", spec.xWords(at));
    read(at);
  };

  new ResizeObserver(() => {
    const found = Math.floor(frame.clientWidth);
    if (found !== width) {
      width = found;
      redraw();
    }
  }).observe(frame);
  dark.addEventListener("change", redraw);
  still.push(() => plot);

  return {
    box,
    draw(next) {
      spec = next;
      frame.hidden = control.hidden = !next;
      if (!next) { values.replaceChildren(); head.textContent = "There is nothing to draw here."; }
      width = Math.floor(frame.clientWidth);
      redraw();
    },
  };
};
