// The study's data: small things as they are, series and numbers packed.
const DATA = JSON.parse(byId("data").textContent);

const unpack = async (text) => {
  const bytes = Uint8Array.from(atob(text), (letter) => letter.charCodeAt(0));
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
