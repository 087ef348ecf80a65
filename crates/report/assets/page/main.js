// Everything that moves, in the order of the page. Whatever fails, the tables and figures are there.
document.documentElement.classList.add("scripted");
byId("charts").hidden = false;
document.querySelectorAll("table.sortable").forEach((table) => { if (table.id !== "measurements-table") sortable(table); });
makeComparisons();

unpack(DATA.packed).then((packed) => {
  makeMeasurements(makeProvenance(packed));
  makeOverview(byId("overview-chart"), packed);
  makeRun(byId("run-chart"), packed);
  makeDistribution(byId("distribution-chart"), packed);
  document.documentElement.dataset.ready = "true";
});
