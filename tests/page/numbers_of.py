"""The numbers of a page are those of measurements.csv, comparisons.csv and claims.csv."""

import base64
import gzip
import json
from collections import Counter

import paper
from csv_of import is_shown, number, rows_of

ROWS = """() => [...document.querySelectorAll("#measurements-table tbody tr")].map((row) => ({ row: Number(row.dataset.row), cells: [...row.cells].map((cell) => cell.textContent) }))"""
HEADS = """() => [...document.querySelectorAll("#measurements-table thead th")].map((head) => ({ ...head.dataset }))"""
HOLDS_LESS = """() => document.body.innerText.includes("This page holds less than the study")"""
TABLE = """(id) => [...document.querySelectorAll(`#${id} tbody tr`)].map((row) => [...row.cells].map((cell) => cell.textContent.trim()))"""


def unpack(text):
    return json.loads(gzip.decompress(base64.b64decode(text)))


def columns(packed, name):
    table = packed[name]
    return [dict(zip(table, values)) for values in zip(*table.values())]


def check(page, folder, say):
    data = json.loads(page.evaluate("document.getElementById('data').textContent"))
    packed = unpack(page.evaluate("document.getElementById('packed').textContent"))
    rows = columns(packed, "rows")
    exact = {}
    for found in columns(packed, "numbers"):
        exact[(found["row"], *packed["names"][found["name"]])] = found["value"]

    def identity(row):
        return (data["systemIds"][row["system"]] if row["system"] is not None else None, data["workloadIds"][row["workload"]] if row["workload"] is not None else None,
                row["clients"], row["repetition"], row["operation"] or "", row["origin"])

    known = Counter()
    for line in rows_of(folder, "measurements.csv"):
        place = (line["system"], line["workload"], int(line["clients"]) if line["clients"] else None, int(line["repetition"]) if line["repetition"] else None, line.get("operation", ""), line["origin"])
        known[(*place, line["metric"], line["statistic"], number(line["value"]))] += 1
    unknown = Counter()
    for (row, metric, statistic), value in exact.items():
        if rows[row]["system"] is not None and rows[row]["workload"] is not None:
            unknown[(*identity(rows[row]), metric, statistic, value)] += 1
    for key in list(unknown - known)[:3]:
        say(f"measurements.csv: it does not have {key}"[:300])
    heads = page.evaluate(HEADS)
    compared = 0
    for shown in page.evaluate(ROWS):
        for head, text in zip(heads, shown["cells"]):
            key = (shown["row"], head.get("metric"), head.get("statistic"))
            if "metric" not in head or (text == "" and key not in exact):
                continue
            compared += 1
            if key not in exact or not is_shown(text, exact[key], int(head["exponent"])):
                say(f"measurements.csv: {text} is shown where {exact.get(key)} is known")
    if compared == 0:
        say("measurements.csv: no number was compared")
    compare_tables(page, folder, say)
    overview = data["overview"]
    paper.compare_numbers(page, folder, data, unpack(overview) if isinstance(overview, str) else overview, say)
    paper.compare_tiles(page, folder, say)
    paper.compare_marks(page, say)


def is_p(text, p):
    """Whether a text shows an adjusted p."""
    if p is None:
        return text == "–"
    bounds = {"< 0.001": p < 0.001, "> 0.99": p > 0.99}
    return bounds[text] if text in bounds else is_shown(text, p, 0)


def chosen(shown, comparisons):
    """The rows that a page shows which does not hold all, in their order; a row that is known nowhere takes the rest."""
    left = iter(comparisons)
    is_row = lambda cells, line: cells[8].startswith(line["verdict"]) and (not line["ratio"] or is_shown(cells[5], number(line["ratio"]), 0))
    return [line for cells in shown for line in [next((line for line in left if is_row(cells, line)), None)] if line]


def compare_tables(page, folder, say):
    comparisons = rows_of(folder, "comparisons.csv")
    shown = page.evaluate(TABLE, "comparisons-table")
    if len(shown) < len(comparisons) and page.evaluate(HOLDS_LESS):
        comparisons = chosen(shown, comparisons)
    if len(shown) != len(comparisons):
        say(f"comparisons.csv: {len(comparisons)} rows, {len(shown)} shown")
    for cells, line in zip(shown, comparisons):
        ratio = number(line["ratio"])
        if ratio is not None and not is_shown(cells[5], ratio, 0):
            say(f"comparisons.csv: {cells[5]} is shown where {ratio} is known")
        ends = [number(line["ratio_low"]), number(line["ratio_high"])]
        texts = cells[6].strip("[]").split(", ")
        if cells[6] != "–" if None in ends else not all(map(is_shown, texts, ends, [0, 0])):
            say(f"comparisons.csv: {cells[6]} is shown where {ends} are known")
        if not is_p(cells[7], number(line["p_adjusted"])):
            say(f"comparisons.csv: p {cells[7]} is shown where {line['p_adjusted']} is known")
        if not cells[8].startswith(line["verdict"]):
            say(f"comparisons.csv: {cells[8]} is shown where {line['verdict']} is known")
    claims = rows_of(folder, "claims.csv")
    shown = page.evaluate(TABLE, "claims-table")
    words = {"holds": "● holds", "contradicted": "× contradicted", "undecidable": "? undecidable", "depends-on-reading": "⊙ depends on the reading"}
    if len(shown) < len(claims) and page.evaluate(HOLDS_LESS):
        claims = claims[: len(shown)]
    if [words[line["verdict"]] for line in claims] != [cells[0] for cells in shown]:
        say("claims.csv: other verdicts are shown")
