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

const pen = make("canvas", {}).getContext("2d");
const widthOf = (text, size) => {
  pen.font = `${size}px system-ui, sans-serif`;
  return pen.measureText(text).width;
};

// As much of a text as takes no more than `most` pixels.
const fitted = (text, most, size) => {
  if (widthOf(text, size) <= most) return text;
  const letters = Array.from(text);
  let [count, end] = [0, letters.length - 1];
  while (count < end) {
    const middle = Math.ceil((count + end) / 2);
    if (widthOf(`${letters.slice(0, middle).join("")}…`, size) <= most) count = middle;
    else end = middle - 1;
  }
  return count > 0 ? `${letters.slice(0, count).join("")}…` : "";
};

// The name beside a line or below a place: whole, or cut behind its number in the legend, so that no two are alike; or what is short.
const nameFor = ({ label, short, isNumbered }, most, size) => {
  if (widthOf(label, size) <= most) return label;
  return fitted(isNumbered && most >= 60 ? `${short} ${label}` : short ?? label, most, size);
};

// Steps of an axis that counts.
const WHOLE = Array.from({ length: 30 }, (_, at) => [1, 2, 5][at % 3] * 10 ** Math.floor(at / 3));

// Round numbers, as their logarithms, for an axis that shows logarithms in a proportion of its own: as many as stand apart.
const logSplits = (low, high, width) => {
  const apart = 50;
  const scale = width / (high - low);
  const within = (at) => at >= low - 1e-9 && at <= high + 1e-9;
  if (high - low < 0.6) {
    const [from, to] = [10 ** low, 10 ** high];
    const step = [1, 2, 5, 10].map((digit) => digit * 10 ** Math.floor(Math.log10(to - from) - 1)).find((one) => scale * Math.log10(to / Math.max(to - one, from)) >= apart) ?? to - from;
    const first = Math.ceil(from / step - 1e-9);
    return Array.from({ length: Math.max(0, Math.floor(to / step + 1e-9) - first + 1) }, (_, at) => Math.log10((first + at) * step)).filter(within);
  }
  const sets = [[1, 2, 3, 4, 5, 6, 7, 8, 9], [1, 2, 3, 5, 7], [1, 2, 5], [1]];
  const digits = sets.find((set) => scale * Math.log10([...set, 10].at(-1) / set.at(-1)) >= apart) ?? [1];
  const every = Math.max(1, Math.ceil(apart / scale));
  const powers = Array.from({ length: Math.floor(high) - Math.floor(low) + 1 }, (_, at) => Math.floor(low) + at).filter((power) => power % every === 0);
  return powers.flatMap((power) => digits.map((digit) => power + Math.log10(digit))).filter(within);
};

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
      const isLog = plot.scales.y.distr === 3;
      if (!interval || (isLog && !(interval[1] > 0))) return;
      const x = Math.round(plot.valToPos(plot.data[0][at], "x", true));
      // Where a logarithmic axis has no place for its lower end, an interval goes on below what is shown.
      const [low, high] = interval.map((value) => (isLog && !(value > 0) ? plot.bbox.top + plot.bbox.height * 2 : plot.valToPos(value, "y", true)));
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
    ctx.fillText(nameFor(label.one, room - 11, 11), left + 3 * devicePixelRatio, label.at);
  }
  ctx.restore();
};

// A box with a chart, a slider that moves its cursor (`words` name it), and what stands there. `draw(spec)` replaces the chart; spec:
// { title, x: [], xLabel, xWords(at), yLabel, yUnit, log, prefix, series: [{ label, short, isNumbered, look, values, intervals, spans }],
//   labels, categories: [like series], counts: { x, y }, splits(min, max, width), zoom(min, max), range: [min, max] | null }
const chartBox = (height, words) => {
  const frame = make("div", { class: "plot", role: "img" });
  const slider = make("input", { type: "range", min: 0, value: 0, step: 1, id: freshId() });
  const live = make("p", { class: "visually-hidden", "aria-live": "polite" });
  const values = make("dl", { class: "values" });
  const head = make("p", { class: "at" });
  const lacking = make("p", { class: "hint lacking", "aria-live": "polite" });
  const control = make("p", { class: "control cursor" }, make("label", { for: slider.id }, "Cursor", make("span", { class: "visually-hidden" }, ` over ${words}`)), slider);
  const box = make("div", { class: "chart-box" }, frame, control, make("div", { class: "reading" }, lacking, head, values), live);
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
      const value = spec.counts?.y ? String(one.values[at]) : withUnit(one.values[at], one.prefix ?? spec.prefix);
      return [one.label, `${value}${behind}`];
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
    const room = spec.labels && width >= 560 ? 130 : spec.labels ? 44 : 24;
    const { series } = spec;
    const axis = { stroke: colours.ink, grid: { stroke: colours.line, width: 1 }, ticks: { stroke: colours.line, width: 1 }, font: "12px system-ui, sans-serif", labelFont: "12px system-ui, sans-serif" };
    // Intervals belong to what must be seen.
    const ends = spec.series.flatMap((one) => one.intervals ?? []).filter(Boolean).flat();
    const reach = (low, high) => (low === null ? [null, null] : [Math.min(low, ...ends), Math.max(high, ...ends)]);
    const onLog = ends.filter((end) => end > 0);
    const number = (value) => (value === null ? "" : shown(value, spec.prefix));
    const behind = spec.yUnit ? ` (${spec.yUnit})` : "";
    const yLabel = frame.yLabel = `${fitted(spec.yLabel, height - 60 - widthOf(behind, 12), 12)}${behind}`;
    const pixels = (plot) => plot.bbox.width / devicePixelRatio;
    // All names below their places, or all with their numbers.
    const categories = (plot) => {
      const most = pixels(plot) / spec.x.length - 8;
      const areWhole = spec.categories.every((one) => widthOf(one.label, 12) <= most);
      return spec.categories.map((one) => (areWhole ? one.label : fitted(most >= 60 ? `${one.short} ${one.label}` : one.short, most, 12)));
    };
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
        y: { distr: spec.log ? 3 : 1, range: spec.log ? (_, least, most) => (least === null ? [1, 10] : uPlot.rangeLog(Math.min(least, ...onLog), Math.max(most, ...onLog), 10, true)) : (_, least, most) => { const [low, high] = reach(least, most); return low === null ? [0, 1] : uPlot.rangeNum(Math.min(low, spec.fromZero === false ? low : 0), high === low ? high + 1 : high, 0.06, true); } },
      },
      axes: [
        {
          ...axis, label: spec.xLabel, labelSize: 22, size: spec.categories ? 44 : 34, incrs: spec.counts?.x ? WHOLE : undefined,
          splits: spec.categories ? () => spec.x : spec.splits ? (plot, _, low, high) => spec.splits(low, high, pixels(plot)) : undefined,
          values: (plot, places) => (frame.ticks = spec.categories ? categories(plot) : spec.xValues(plot, places)),
        },
        { ...axis, label: yLabel, labelSize: 22, size: 62, incrs: spec.counts?.y ? WHOLE : undefined, values: (_, places) => places.map(number) },
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

  const isNumber = (value) => value !== null && value !== undefined && Number.isFinite(value);
  const isDrawn = (value) => isNumber(value) && (!spec.log || value > 0);

  // What a logarithmic axis has no place for; true where nothing is left.
  const leaveOut = () => {
    const all = spec.series.flatMap((one) => one.values.filter(isNumber));
    const out = all.filter((value) => !isDrawn(value)).length;
    lacking.textContent = out ? `${out} of ${all.length} values ${all.length === 1 ? "is" : "are"} not drawn: a logarithmic axis has no place for zero or less.` : "";
    return out > 0 && out === all.length;
  };

  const redraw = () => {
    plot?.destroy();
    plot = null;
    if (!spec) return;
    frame.hidden = leaveOut();
    if (frame.hidden) read(Math.min(Number(slider.value), spec.x.length - 1));
    if (width < 50) return;
    const data = [spec.x, ...spec.series.map((one) => one.values.map((value) => (isDrawn(value) ? value : null)))];
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
      if (!next) { values.replaceChildren(); lacking.textContent = ""; head.textContent = "There is nothing to draw here."; }
      width = Math.floor(frame.clientWidth);
      redraw();
    },
  };
};
