// The study's data: small things as they are, series and numbers packed; what only the rest needs stands at the page's end.
const DATA = JSON.parse(byId("data").textContent);

const unpack = async (text) => {
  const letters = atob(text);
  const bytes = new Uint8Array(letters.length);
  for (let at = 0; at < bytes.length; at += 1) bytes[at] = letters.charCodeAt(at);
  const stream = new Blob([bytes]).stream().pipeThrough(new DecompressionStream("gzip"));
  return JSON.parse(await new Response(stream).text());
};

// Columns of equal length become rows.
const rowsOf = (columns) => {
  const names = Object.keys(columns);
  const length = names.length ? columns[names[0]].length : 0;
  return Array.from({ length }, (_, at) => Object.fromEntries(names.map((name) => [name, columns[name][at]])));
};

const systemName = (index) => DATA.systems[index] ?? "(no name)";
const workloadName = (index) => DATA.workloads[index] ?? "(no name)";
const clientsWords = (count) => (count === null ? "" : `${count} client${count === 1 ? "" : "s"}`);
