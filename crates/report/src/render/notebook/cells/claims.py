TYPES = {name: "BIGINT" for name in NUMBERS} | {
    name: "DOUBLE"
    for name in ("value", "stdev", "low", "high", "median", "median_low", "median_high", "baseline_mean", "system_mean", "ratio",
                 "ratio_low", "ratio_high", "p", "p_adjusted", "smallest_p", "hodges_lehmann", "hodges_lehmann_low",
                 "hodges_lehmann_high", "hedges_g", "cliffs_delta", "a12")
}


def world(readings):
    """The tables that queries ask, under a reading of each ambiguous name."""
    db = duckdb.connect()
    for name in ("measurements", "cells", "comparisons"):
        path = TABLES / f"{name}.csv"
        if path.exists():
            db.execute(f"CREATE TABLE {name} AS SELECT * FROM read_csv(?, header = true, all_varchar = true, quote = '\"', escape = '\"')", [str(path)])
            for column in [row[0] for row in db.execute(f"DESCRIBE {name}").fetchall()]:
                if column in TYPES:
                    db.execute(f'ALTER TABLE {name} ALTER COLUMN "{column}" TYPE {TYPES[column]}')
    db.execute("CREATE TABLE systems (id VARCHAR, label VARCHAR, class VARCHAR)")
    described = {one["id"]: one for one in CONFIG.get("systems", [])}
    for system in ORDER:
        one = described.get(system, {})
        db.execute("INSERT INTO systems VALUES (?, ?, ?)", [system, one.get("label"), one.get("class")])
    for ambiguous, system in readings:
        for name in ("measurements", "cells"):
            for other in candidates(ambiguous, "ambiguous"):
                if other != system:
                    db.execute(
                        f"INSERT INTO {name} SELECT * REPLACE (? AS system, NULL::DOUBLE AS value, 'lost' AS status) "
                        f"FROM {name} WHERE system = ? AND status = 'ambiguous'", [other, ambiguous])
            db.execute(f"UPDATE {name} SET system = ? WHERE system = ? AND status = 'ambiguous'", [system, ambiguous])
    return db


def ask(db, claim):
    rows = db.execute(claim["query"]).fetchall()
    return rows if "order" in claim["expect"] else sorted(rows, key=repr)


def judge_value(value, expect):
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return "undecidable"
    if "is_true" in expect:
        return "holds" if value == expect["is_true"] else "contradicted"
    if "verdict" in expect:
        return "holds" if value == expect["verdict"] else "contradicted"
    value = float(value)
    if "sign" in expect:
        return "holds" if {"positive": value > 0, "negative": value < 0, "zero": value == 0}[expect["sign"]] else "contradicted"
    low, high = expect.get("min", -math.inf), expect.get("max", math.inf)
    if "value" in expect:
        within = expect["within"]
        half = abs(expect["value"]) * float(within.rstrip(" %")) / 100 if isinstance(within, str) else within
        low, high = expect["value"] - half, expect["value"] + half
    slack = 1e-9 * min(abs(low), abs(high))
    return "holds" if low - slack <= value <= high + slack else "contradicted"


def judge(rows, expect):
    if not rows:
        return "undecidable"
    if "order" in expect:
        names = [row[0] for row in rows]
        if sorted(map(str, names)) != sorted(expect["order"]):
            return "contradicted"
        # Rows of equal numbers may stand either way.
        place = {name: index for index, name in enumerate(expect["order"])}
        rows = sorted(rows, key=lambda row: place[row[0]])
        numbers = [row[-1] for row in rows]
        if any(value is None for value in numbers):
            return "undecidable"
        if len(rows[0]) < 2 or not all(isinstance(value, (int, float)) for value in numbers):
            return "holds" if names == expect["order"] else "contradicted"
        by_name = {name: index for index, name in enumerate(names)}
        ok = all(by_name[a[0]] < by_name[b[0]] or a[-1] == b[-1] for a, b in zip(rows, rows[1:]))
        return "holds" if ok else "contradicted"
    verdicts = [judge_value(row[-1], expect) for row in rows]
    for worst in ("contradicted", "undecidable"):
        if worst in verdicts:
            return worst
    return "holds"


def agree(one, other):
    """Whether two answers are the same to nine digits."""
    def close(a, b):
        return math.isclose(a, b, rel_tol=1e-9) if isinstance(a, float) and isinstance(b, float) else a == b
    return len(one) == len(other) and all(len(a) == len(b) and all(map(close, a, b)) for a, b in zip(one, other))


def touches_lost(db, claim, answer):
    """Whether the answer would be another one if the lost cells were."""
    for value in (0.0, 1e12):
        db.execute("BEGIN")
        for name in ("measurements", "cells"):
            if name != "cells" or CELLS:
                db.execute(f"UPDATE {name} SET value = ? WHERE status = 'lost'", [value])
        other = ask(db, claim)
        db.execute("ROLLBACK")
        if not agree(answer, other):
            return True
    return False


CLAIMS = tomllib.loads((STUDY / "claims.toml").read_text(encoding="utf-8"))["claims"] if (STUDY / "claims.toml").exists() else []
LEFT_OPEN = []
if CLAIMS:
    readings = [[]]
    for name in sorted({row["system"] for row in MEASUREMENTS if candidates(row["system"], row["status"])}):
        readings = [before + [(name, system)] for before in readings for system in candidates(name, "ambiguous")]
    worlds = [world(one) for one in readings]
    decided, expected = {}, {}
    by_vana = {row["id"]: row["verdict"] for row in table("claims")}
    same("claims by name", {claim["id"]: "there" for claim in CLAIMS}, dict.fromkeys(by_vana, "there"))
    for claim in CLAIMS:
        answers = [ask(db, claim) for db in worlds]
        if any(touches_lost(db, claim, answer) for db, answer in zip(worlds, answers)):
            LEFT_OPEN.append(claim["id"])
            continue
        verdicts = {judge(answer, claim["expect"]) for answer in answers}
        decided[claim["id"]] = verdicts.pop() if len(verdicts) == 1 else "depends-on-reading"
        expected[claim["id"]] = by_vana[claim["id"]]
    if decided:
        same("claims decided again", decided, expected)
    if LEFT_OPEN:
        print(f"{len(LEFT_OPEN)} claims rest on lost cells, and bounding those is left to vana: {', '.join(LEFT_OPEN)}")
else:
    print("the study has no claims")
