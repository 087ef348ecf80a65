"""The numbers of the paper's tables on a page are those of cells.csv, and those of its tiles count the rows of the other tables."""

import re

from csv_of import is_shown, number, rows_of

# Each table: its caption, and for each number the headings that it stands under, its text and its interval.
TABLES = """() => {
  const name = (cell) => (cell.querySelector("bdi") ?? cell).textContent;
  return [...document.querySelectorAll("table.numbers")].map((table) => {
    const lines = [...table.tHead.rows].map((row) => [...row.cells].flatMap((cell) => Array(cell.colSpan).fill(name(cell))));
    const [heads, groups] = [lines.at(-1), lines.length > 1 ? lines[0] : []];
    const numbers = [...table.tBodies].flatMap((body) => {
      const panel = body.querySelector(".panel")?.textContent ?? null;
      return [...body.querySelectorAll("tr:not(.panel)")].flatMap((row) => {
        let column = 0;
        return [...row.cells].map((cell) => {
          const at = column;
          column += cell.colSpan;
          const text = (cell.querySelector("strong") ?? cell.firstChild)?.textContent ?? "";
          return { panel, row: name(row.cells[0]), head: heads[at], group: groups[at] ?? null, span: cell.colSpan, at, text, interval: cell.querySelector(".interval")?.textContent ?? null };
        }).filter((cell) => cell.at > 0);
      });
    });
    return { caption: table.caption.textContent, numbers };
  });
}"""
SHORT = """() => [...document.querySelectorAll("#measurements-table thead th[data-metric]")].map((head) => [head.textContent, head.dataset.statistic])"""
TILES = """() => [...document.querySelectorAll(".tiles .group")].map((group) => [group.querySelector("h2").textContent, [...group.querySelectorAll(".tile")].map((tile) => [Number(tile.querySelector("strong").textContent), tile.querySelector("span").textContent])])"""
POWERS = {"": 0, "s": 0, "ms": -3, "µs": -6, "ns": -9, "%": -2}
POWERS |= {f"{prefix}{unit}": power for unit in ("B", "B/s") for prefix, power in (("", 0), ("k", 3), ("M", 6), ("G", 9), ("T", 12))}
POWERS |= {"1/s": 0, "k/s": 3, "M/s": 6}


def split_unit(text):
    """Words and the power of ten of the unit in brackets behind them; None where there is none."""
    found = re.fullmatch(r"(.*) \(([^()]*)\)", text)
    return (found[1], POWERS[found[2]]) if found and found[2] in POWERS else (text, None)


def plain(text):
    return text.replace("\u2009", "").replace("\u202f", "").replace("\u2212", "-").strip()


def longest(text, names, behind):
    """The longest of some names with which a text begins and that something follows, and what follows."""
    fitting = [name for name in names if text.startswith(name + behind)]
    return (max(fitting, key=len), text[len(max(fitting, key=len)) + len(behind):]) if fitting else (None, text)


class Names:
    """What is written on a page, and what it is called in its tables."""

    def __init__(self, page, data, overview):
        self.systems = dict(zip(data["systems"], data["systemIds"]))
        self.workloads = dict(zip(data["workloads"], data["workloadIds"]))
        self.metrics = {measure["words"]: measure["metric"] for measure in overview["measures"]}
        self.statistics = {measure["statisticWords"]: measure["statistic"] for measure in overview["measures"]}
        self.statistics |= {split_unit(text)[0].rpartition(", ")[2]: name for text, name in page.evaluate(SHORT)}

    def of(self, caption, cell):
        """Key and power of ten of a number; None where a name is cut short or the column is none of a system."""
        metric, rest = longest(caption, self.metrics, " of ")
        if metric is None:
            metric, power = split_unit(caption.partition(" by system")[0])
            words, own = split_unit(cell["head"])
            clients = re.match(r"(\d+) client", cell["panel"] or "")
            system, workload, clients = cell["row"], cell["group"], clients[1] if clients else ""
            power = power if own is None else own
        else:
            workload, rest = longest(rest, self.workloads, " ")
            clients = re.match(r"with (\d+) client", rest)
            words, power = split_unit(cell["panel"] or cell["row"])
            system, clients = cell["head"], clients[1] if clients else cell["row"] if cell["panel"] else ""
        known = (self.systems.get(system), self.workloads.get(workload), self.metrics.get(metric), self.statistics.get(words.lower()))
        if cell["span"] > 1 or None in known:
            return None
        return (known[0], known[1], "" if clients == "–" else clients, known[2], known[3]), power or 0


def compare_numbers(page, folder, data, overview, say):
    cells = {(row["system"], row["workload"], row["clients"], row["metric"], row["statistic"]): row for row in rows_of(folder, "cells.csv")}
    names, compared, tables = Names(page, data, overview), 0, page.evaluate(TABLES)
    for table in tables:
        for cell in table["numbers"]:
            text, found = plain(cell["text"]), names.of(table["caption"], cell)
            if found is None or not re.match(r"-?\d", text):
                continue
            compared += 1
            key, power = found
            row = cells.get(key)
            if row is None or not is_shown(text, number(row["value"]), power):
                say(f"cells.csv: {text} is shown where {row and row['value']} is known of {key}")
            elif cell["interval"]:
                ends = [number(row["low"]), number(row["high"])]
                texts = plain(cell["interval"]).strip("[]±").split(", ")
                values = ends if len(texts) == 2 else [(ends[1] - ends[0]) / 2]
                if not all(is_shown(one, value, power) for one, value in zip(texts, values)):
                    say(f"cells.csv: {cell['interval']} is shown where {ends} are known of {key}")
    if tables and compared == 0 and any(name in table["caption"] for table in tables for name in names.workloads):
        say("cells.csv: no number of a table was compared")


MARKS = """() => [...document.querySelectorAll("table.numbers")].map((table) => {
  const of = (place, which) => [...new Set([...place?.querySelectorAll(which) ?? []].map((mark) => mark.textContent))].sort();
  return [table.caption.textContent, of(table, "td sup:not(.letters)"), of(table.parentElement.querySelector(".notes"), "sup"), of(table, "sup.letters").join("")];
})"""


def compare_marks(page, say):
    """Each mark of a table means something, each meaning has its mark, and none looks like a letter that says what does not differ."""
    for caption, marks, explained, letters in page.evaluate(MARKS):
        if marks != explained or set("".join(marks)) & set(letters):
            say(f"marks: {marks} of {caption[:60]} where {explained} are explained and {letters[:9]} are letters")


def compare_tiles(page, folder, say):
    counts = {}
    for table, column in (("claims", "verdict"), ("comparisons", "verdict"), ("findings", "severity")):
        for row in rows_of(folder, f"{table}.csv"):
            counts[table, row[column]] = counts.get((table, row[column]), 0) + 1
    of = lambda table, *kinds: sum(counts.get((table, kind), 0) for kind in kinds)
    expected = {
        "hold": of("claims", "holds"), "contradicted": of("claims", "contradicted"), "undecidable": of("claims", "undecidable"),
        "depend on a reading": of("claims", "depends-on-reading"), "differ": of("comparisons", "better", "worse", "different"),
        "equivalent": of("comparisons", "equivalent"), "inconclusive": of("comparisons", "inconclusive"),
        "error": of("findings", "error"), "warning": of("findings", "warning"), "note": of("findings", "info"),
    }
    one = {"holds": "hold", "differs": "differ", "depends on a reading": "depend on a reading", "errors": "error", "warnings": "warning", "notes": "note"}
    for heading, tiles in page.evaluate(TILES):
        for count, words in tiles:
            if count != expected[one.get(words, words)]:
                say(f"tiles: {heading} {words}: {count} is shown where {expected[one.get(words, words)]} is known")
