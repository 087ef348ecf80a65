// How numbers are shown: one prefix an axis, four digits.
const PREFIXES = {
  s: [[1, "s"], [1e-3, "ms"], [1e-6, "µs"], [1e-9, "ns"]],
  "1/s": [[1e6, "M/s"], [1e4, "k/s", 1e3], [0, "1/s", 1]],
  B: [[1e12, "TB"], [1e9, "GB"], [1e6, "MB"], [1e3, "kB"], [0, "B", 1]],
  "B/s": [[1e9, "GB/s"], [1e6, "MB/s"], [1e3, "kB/s"], [0, "B/s", 1]],
  "%": [[0, "%", 0.01]],
};

// { factor, symbol } for the largest of some values.
const prefixFor = (unit, values) => {
  const most = values.reduce((found, value) => (Number.isFinite(value) ? Math.max(found, Math.abs(value)) : found), 0);
  const steps = PREFIXES[unit] ?? [[0, "", 1]];
  const step = steps.find(([least]) => most >= least) ?? steps[steps.length - 1];
  return { factor: step[2] ?? step[0], symbol: step[1] };
};

const shown = (value, prefix) => {
  if (value === null || value === undefined || !Number.isFinite(value)) return "–";
  const number = value / (prefix?.factor ?? 1);
  const size = Math.abs(number);
  if (size !== 0 && (size >= 1e7 || size < 1e-4)) return number.toExponential(3).replace("-", "−");
  return String(Number(number.toPrecision(4))).replace("-", "−");
};

const withUnit = (value, prefix) => {
  const text = shown(value, prefix);
  return text === "–" || !prefix?.symbol ? text : `${text} ${prefix.symbol}`;
};
