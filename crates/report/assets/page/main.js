// Everything that moves, in the order in which it is needed. This runs where the overview stands, while the rest of the page is
// still read. Whatever fails, the tables and figures are there.
byId("charts").hidden = false;

const afterFrame = () => new Promise((done) => { requestAnimationFrame(() => setTimeout(done)); });
const isRead = document.readyState === "loading" ? new Promise((done) => { document.addEventListener("DOMContentLoaded", done, { once: true }); }) : null;

const makeEverything = async () => {
  const { overview } = DATA;
  await guarded(async () => makeOverview(byId("overview-chart"), typeof overview === "string" ? await unpack(overview) : overview));
  await isRead;
  goToView();
  document.querySelectorAll("table.sortable").forEach((table) => guarded(() => sortable(table)));
  await guarded(makeComparisons);
  const packed = await guarded(() => unpack(byId("packed").textContent));
  await guarded(() => makeMeasurements(makeProvenance(packed)));
  await afterFrame();
  if (packed) {
    await guarded(() => makeRun(byId("run-chart"), packed));
    await guarded(() => makeDistribution(byId("distribution-chart"), packed));
  }
  document.documentElement.dataset.ready = "true";
};

makeEverything();
