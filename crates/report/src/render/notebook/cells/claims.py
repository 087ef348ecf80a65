TYPES = {name: "BIGINT" for name in NUMBERS} | {
    name: "DOUBLE"
    for name in ("value", "stdev", "low", "high", "median", "median_low", "median_high", "baseline_mean", "system_mean", "ratio",
                 "ratio_low", "ratio_high", "p", "p_adjusted", "smallest_p", "p_equivalence", "difference", "difference_low",
                 "difference_high", "hodges_lehmann", "hodges_lehmann_low", "hodges_lehmann_high", "hedges_g", "cliffs_delta", "a12")
}


KEY = "system, workload, clients, metric, statistic"


def world(readings):
    """The tables that queries ask, under a reading of each ambiguous name; the table filled says what lost cells were."""
    db = duckdb.connect()
    for name in ("measurements", "cells", "comparisons"):
        path = TABLES / f"{name}.csv"
        if path.exists():
            db.execute(
                f"CREATE TABLE {name}_read AS SELECT * FROM read_csv(?, header = true, all_varchar = true, "
                "quote = '\"', escape = '\"')",
                [str(path)],
            )
            for column in [row[0] for row in db.execute(f"DESCRIBE {name}_read").fetchall()]:
                if column in TYPES:
                    db.execute(f'ALTER TABLE {name}_read ALTER COLUMN "{column}" TYPE {TYPES[column]}')
    db.execute("CREATE TABLE systems (id VARCHAR, label VARCHAR, class VARCHAR)")
    described = {one["id"]: one for one in CONFIG.get("systems", [])}
    for system in ORDER:
        one = described.get(system, {})
        db.execute("INSERT INTO systems VALUES (?, ?, ?)", [system, one.get("label"), one.get("class")])
    db.execute(f"CREATE TABLE filled AS SELECT {KEY}, value FROM measurements_read LIMIT 0")
    for name in ("measurements", "cells"):
        for ambiguous, system in readings:
            for other in candidates(ambiguous, "ambiguous"):
                if other != system:
                    db.execute(
                        f"INSERT INTO {name}_read SELECT * REPLACE (? AS system, NULL::DOUBLE AS value, 'lost' AS status) "
                        f"FROM {name}_read WHERE system = ? AND status = 'ambiguous'",
                        [other, ambiguous],
                    )
            db.execute(f"UPDATE {name}_read SET system = ? WHERE system = ? AND status = 'ambiguous'", [system, ambiguous])
        keys = " AND ".join(f"one.{key} IS NOT DISTINCT FROM filled.{key}" for key in KEY.split(", "))
        db.execute(
            f"CREATE VIEW {name} AS SELECT one.* REPLACE (coalesce(one.value, filled.value) AS value) "
            f"FROM {name}_read one LEFT JOIN filled ON one.status = 'lost' AND {keys}"
        )
    if (TABLES / "comparisons.csv").exists():
        db.execute("CREATE VIEW comparisons AS SELECT * FROM comparisons_read")
    return db


def lost(db):
    return db.execute(f"SELECT {KEY}, unit FROM measurements_read WHERE status = 'lost' AND value IS NULL").fetchall()


def ask(db, claim, values=()):
    """The rows of a query when lost cells have these values."""
    db.execute("DELETE FROM filled")
    if values:
        db.executemany("INSERT INTO filled VALUES (?, ?, ?, ?, ?, ?)", [[*cell[:5], value] for cell, value in values])
    rows = db.execute(claim["query"]).fetchall()
    return rows if "order" in claim["expect"] else sorted(rows, key=lambda row: (repr(row[:-1]), repr(row[-1])))


def limits(expect):
    if "sign" in expect:
        return {"positive": (5e-324, math.inf), "negative": (-math.inf, -5e-324), "zero": (0.0, 0.0)}[expect["sign"]]
    low, high = expect.get("min", -math.inf), expect.get("max", math.inf)
    if "value" in expect:
        within = expect["within"]
        half = abs(expect["value"]) * float(within.rstrip(" %")) / 100 if isinstance(within, str) else within
        low, high = expect["value"] - half, expect["value"] + half
    slack = 1e-9 * min(abs(low), abs(high))
    return low - slack, high + slack


def judge_fields(fields, expect):
    """One field of a row in every answer that is possible."""
    if None in fields:
        return "undecidable"
    if "is_true" in expect or "verdict" in expect:
        met = {field == expect.get("is_true", expect.get("verdict")) for field in fields}
        return {(True,): "holds", (False,): "contradicted"}.get(tuple(met), "undecidable")
    fields = [float(field) for field in fields]
    if any(math.isnan(field) for field in fields) or (len(fields) == 1 and math.isinf(fields[0])):
        return "undecidable"
    low, high = limits(expect)
    if low <= min(fields) and max(fields) <= high:
        return "holds"
    return "contradicted" if max(fields) < low or min(fields) > high else "undecidable"


def in_order(rows, names):
    """Whether rows have these names in this order; rows of equal numbers may stand either way."""
    found, group = [], []
    for row in [*rows, None]:
        if group and (row is None or len(row) < 2 or not math.isclose(row[-1], group[-1][-1], rel_tol=1e-9)):
            found += sorted((one[0] for one in group), key=lambda name: names.index(name) if name in names else -1)
            group = []
        group.append(row)
    return found == names


def judge_order(answers, names):
    if any(value is None or (isinstance(value, float) and not math.isfinite(value)) for rows in answers for row in rows for value in row):
        return "undecidable"
    if all(in_order(rows, names) for rows in answers):
        return "holds"
    if len(answers) == 1:
        return "contradicted"
    spans = {name: [row[-1] for rows in answers for row in rows if row[0] == name] for name in names}
    if any(len(numbers) != len(answers) for numbers in spans.values()):
        return "contradicted" if any(not numbers for numbers in spans.values()) else "undecidable"
    sign = 1 if answers[0][0][-1] > answers[0][-1][-1] else -1
    pairs = [(one, other) for place, one in enumerate(names) for other in names[place + 1 :]]
    never = any(max(sign * a for a in spans[one]) < min(sign * b for b in spans[other]) for one, other in pairs)
    return "contradicted" if never else "undecidable"


def judge(answers, expect):
    """The verdict over all answers that are possible."""
    if any(not rows for rows in answers):
        return "undecidable"
    if "order" in expect:
        return judge_order(answers, expect["order"])
    if len({len(rows) for rows in answers}) > 1:
        return "undecidable"
    verdicts = [judge_fields([rows[place][-1] for rows in answers], expect) for place in range(len(answers[0]))]
    return next((worst for worst in ("contradicted", "undecidable") if worst in verdicts), "holds")


def agree(one, other):
    """Whether two answers are the same to nine digits."""
    def close(a, b):
        return math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b
    return len(one) == len(other) and all(len(a) == len(b) and all(map(close, a, b)) for a, b in zip(one, other))


def touched(db, claim, answer, cells):
    """The lost cells that make a difference to an answer, by halves."""
    beyond = 1e3 * (1 + max(abs(number(row["value"]) or 0.0) for row in MEASUREMENTS if row["value"]))
    differs = any(not agree(answer, ask(db, claim, [(cell, value) for cell in cells])) for value in (beyond, 0.0)) if cells else False
    if not differs or len(cells) == 1:
        return cells if differs else []
    half = len(cells) // 2
    return touched(db, claim, answer, cells[:half]) + touched(db, claim, answer, cells[half:])


def bounds(db, cell):
    """Between what a lost cell must have been: nothing, or the mean below a maximum; the maximum beside it, or the highest
    number of its metric."""
    system, workload, clients, metric, name, unit = cell
    def beside(wanted):
        row = db.execute(
            "SELECT value FROM measurements_read WHERE system = ? AND workload = ? AND clients IS NOT DISTINCT FROM ? "
            "AND metric = ? AND statistic = ?", [system, workload, clients, metric, wanted]).fetchone()
        return row[0] if row else None
    if name == "within_stdev":
        return 0.0, 1.0
    low = beside("mean") if name == "max" else None
    high = beside("max") if name != "max" else None
    if high is None:
        high = db.execute("SELECT max(value) FROM measurements_read WHERE metric = ? AND workload = ? AND unit = ?", [metric, workload, unit]).fetchone()[0]
    return low or 0.0, high


LEVELS = (1, 9, 5, 3, 2, 2, 2)


def decide(db, claim):
    """The verdict in one world: over all that the lost cells may have been, those of a system at the same level."""
    answer = ask(db, claim)
    cells = touched(db, claim, answer, lost(db))
    if not cells:
        return judge([answer], claim["expect"])
    spans = {cell: bounds(db, cell) for cell in cells}
    systems = sorted({cell[0] for cell in cells})
    if len(systems) >= len(LEVELS) or any(high is None for _, high in spans.values()):
        return "undecidable"
    levels = LEVELS[len(systems)]
    answers = []
    for choice in itertools.product(range(levels), repeat=len(systems)):
        share = {system: level / max(levels - 1, 1) for system, level in zip(systems, choice)}
        answers.append(ask(db, claim, [(cell, low + share[cell[0]] * (high - low)) for cell, (low, high) in spans.items()]))
    return judge(answers, claim["expect"])


CLAIMS = tomllib.loads((STUDY / "claims.toml").read_text(encoding="utf-8"))["claims"] if (STUDY / "claims.toml").exists() else []
if CLAIMS:
    readings = [[]]
    for name in sorted({row["system"] for row in MEASUREMENTS if candidates(row["system"], row["status"])}):
        readings = [before + [(name, system)] for before in readings for system in candidates(name, "ambiguous")]
    plain, worlds = world([]), [world(one) for one in readings if one]
    decided = {}
    for claim in CLAIMS:
        # Where every reading gives the same answer, none is needed.
        same_answer = all(agree(ask(plain, claim), ask(db, claim)) for db in worlds)
        verdicts = {decide(db, claim) for db in ([plain] if same_answer else worlds)}
        decided[claim["id"]] = verdicts.pop() if len(verdicts) == 1 else "depends-on-reading"
    same("claims decided again", decided, {row["id"]: row["verdict"] for row in table("claims")})
    sentences = {(claim["id"], key): claim.get(key) or None for claim in CLAIMS for key in ("statement", "place")}
    same("what they say", sentences, {(row["id"], key): row[key] for row in table("claims") for key in ("statement", "place")})
else:
    print("the study has no claims")
