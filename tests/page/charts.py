"""What the charts show is all that there is, on axes that can be read."""

import re

from csv_of import number, rows_of

TICKS = """(id) => [...document.querySelectorAll(`#${id} .plot:not([hidden])`)].filter((plot) => plot.ticks).map((plot) => ({ title: plot.getAttribute("aria-label"), ticks: plot.ticks }))"""
# Everything that the cursor of the overview says, place by place.
READINGS = """() => {
  const slider = document.querySelector("#overview-chart input[type=range]");
  const places = Array.from({ length: Number(slider.max) + 1 }, (_, at) => {
    slider.value = at;
    slider.dispatchEvent(new Event("input"));
    return document.querySelectorAll("#overview-chart .values dd").length;
  });
  return places.reduce((sum, count) => sum + count, 0);
}"""
LABELS = """() => {
  const pen = document.createElement("canvas").getContext("2d");
  pen.font = "12px system-ui, sans-serif";
  return [...document.querySelectorAll("#charts .plot:not([hidden])")].map((plot) => [plot.yLabel ?? "", pen.measureText(plot.yLabel ?? "").width, plot.clientHeight]);
}"""
CHOSEN = """() => {
  const [measure, statistic, workload] = [...document.querySelectorAll("#overview-chart select")].map((select) => select.value);
  const data = JSON.parse(document.getElementById("data").textContent);
  return { measure, statistic, workload: data.workloadIds[workload] };
}"""


def cells_of(page, folder):
    """The cells that the overview shows, and their numbers of clients: where there are several, only what has one."""
    chosen = page.evaluate(CHOSEN)
    rows = [
        row for row in rows_of(folder, "cells.csv")
        if (row["metric"], row["statistic"], row["workload"]) == (chosen["measure"], chosen["statistic"], chosen["workload"]) and row["value"]
    ]
    clients = {row["clients"] for row in rows} - {""}
    return [row for row in rows if len(clients) < 2 or row["clients"]], clients


def overview(page, folder, say):
    """Each number has its place, and numbers of clients are whole."""
    cells, clients = cells_of(page, folder)
    shown = page.evaluate(READINGS)
    if shown != len(cells):
        say(f"charts: the cursor of the overview says {shown} numbers of {len(cells)}")
    heading = page.locator("#overview-chart h3").text_content()
    if heading != ("Over numbers of clients" if len(clients) > 1 else "System by system"):
        say(f"charts: {heading} stands over {sorted(clients)}")
    for plot in page.evaluate(TICKS, "overview-chart"):
        if len(clients) > 1 and not all(tick.isdecimal() for tick in plot["ticks"]):
            say(f"charts: the clients are {plot['ticks']}")


def logarithmic(page, folder, say):
    """A logarithmic axis says how many numbers it has no place for."""
    measures = page.locator("#overview-chart select").first
    values = measures.evaluate("(select) => [...select.options].map((option) => option.value)")
    before = measures.input_value()
    box = page.get_by_label("Logarithmic").first
    box.click()
    for value in values:
        measures.select_option(value)
        page.wait_for_timeout(30)
        cells, _ = cells_of(page, folder)
        below = sum(1 for row in cells if number(row["value"]) <= 0)
        said = page.evaluate("document.querySelector('#overview-chart .lacking')?.textContent ?? ''")
        if said.partition(" are")[0].partition(" is")[0] != (f"{below} of {len(cells)} values" if below else ""):
            say(f"charts: {said!r} is said of {below} numbers of {value} that are not above zero")
        if page.locator("#overview-chart .plot").is_visible() != (below < len(cells)):
            say(f"charts: an empty chart of {value} is shown")
    box.click()
    measures.select_option(before)


def names_of_axes(page, say):
    """The name of an axis stays within its chart, and keeps its unit."""
    for label, width, height in page.evaluate(LABELS):
        if width > height - 50:
            say(f"charts: {label} is longer than its axis")


def distributions(page, say):
    """Percentiles end where the curves do; durations are round numbers."""
    for plot in page.evaluate(TICKS, "distribution-chart"):
        slider = page.locator("#distribution-chart input[type=range]")
        slider.press("End")
        end = page.locator("#distribution-chart .at").text_content()
        if end.startswith("percentile") and float(plot["ticks"][-1]) > float(end.removeprefix("percentile ")) + 0.5:
            say(f"charts: {plot['ticks']} are marked up to {end}")
    for plot in page.evaluate(TICKS, "run-chart"):
        if plot["title"].startswith("How many"):
            digits = [re.sub(r"e.*|\D", "", tick).strip("0") for tick in plot["ticks"]]
            if not 2 <= len(digits) <= 30 or max(map(len, digits)) > 3:
                say(f"charts: the bins are marked {plot['ticks']}")


def check(page, folder, say):
    if page.locator("#overview-chart select").count() == 0:
        return
    overview(page, folder, say)
    logarithmic(page, folder, say)
    measures = page.locator("#overview-chart select")
    for at in (0, 1):
        options = measures.nth(at).evaluate("(select) => [...select.options].sort((a, b) => b.text.length - a.text.length)[0].value")
        measures.nth(at).select_option(options)
    page.wait_for_timeout(60)
    names_of_axes(page, say)
    distributions(page, say)
