DB = duckdb.connect()
PERCENTILES = ("50", "75", "90", "95", "99", "99.9", "99.99")
COMPLETE = "outcome IN ('ok', 'error_status')"


def position(percent, n):
    """Rank and weight of a quantile of type 7 (Hyndman and Fan): rank in whole numbers, never ⌈n·0.999⌉ in floats."""
    p = Fraction(percent) / 100
    above_first = p.numerator * (n - 1)
    rank, rest = divmod(above_first, p.denominator)
    return (rank + 1, rest / p.denominator) if rank + 1 < n else (n, 0.0)


def moments(n, total, squares):
    """Mean and sample standard deviation of whole numbers, with one rounding at the end."""
    mean = total / n
    if n < 2:
        return mean, None
    return mean, math.sqrt(Fraction(n * squares - total * total, n * (n - 1)))


def within(mean, stdev, pairs, n):
    return sum(count for value, count in pairs if mean - stdev <= value <= mean + stdev) / n


def distribution(query, path):
    """Statistics of a column of durations in nanoseconds, as seconds; nothing where it has no values."""
    DB.execute(f"CREATE OR REPLACE TEMP TABLE durations AS {query}", [path])
    n, total, squares, low, high = DB.execute(
        "SELECT count(*), sum(v), sum(v::HUGEINT * v::HUGEINT), min(v), max(v) FROM durations"
    ).fetchone()
    if n == 0:
        return {}
    mean, stdev = moments(n, int(total), int(squares))
    found = {"count": float(n), "mean": mean / 1e9, "min": low / 1e9, "max": high / 1e9}
    if stdev is not None:
        inside = DB.execute(
            "SELECT count(*) FROM durations WHERE v::DOUBLE BETWEEN ? AND ?", [mean - stdev, mean + stdev]
        ).fetchone()[0]
        found |= {"stdev": stdev / 1e9, "within_stdev": inside / n}
    places = {percent: position(percent, n) for percent in PERCENTILES}
    ranks = sorted({rank + step for rank, _ in places.values() for step in (0, 1)})
    at = dict(
        DB.execute(
            "SELECT rank, v FROM (SELECT v, row_number() OVER (ORDER BY v) AS rank FROM durations) "
            "WHERE rank IN (SELECT unnest(?::BIGINT[]))",
            [ranks],
        ).fetchall()
    )
    for percent, (rank, weight) in places.items():
        value = float(at[rank])
        if weight:
            value = min(value + weight * float(at[rank + 1] - at[rank]), float(at[rank + 1]))
        found[f"p{percent}"] = value / 1e9
    return found


def rates(path, columns):
    """Counts, rates and errors of a run, and the spread of its rate over full seconds."""
    received = "sum(greatest(bytes_received, 0)), count(bytes_received)" if "bytes_received" in columns else "0, 0"
    attempts, failed, complete, first, last, received, known = DB.execute(
        f"SELECT count(*), count(*) FILTER (outcome <> 'ok'), count(*) FILTER ({COMPLETE}), min(sent_ns), "
        f"max(sent_ns + service_ns), {received} FROM read_parquet(?, hive_partitioning = false)",
        [path],
    ).fetchone()
    if attempts == 0:
        return {}
    span = last - first
    found = {
        ("requests", "count"): float(attempts),
        ("error_ratio", "mean"): failed / attempts,
        ("duration", "total"): span / 1e9,
    }
    if span > 0:
        found["request_rate", "mean"] = complete / (span / 1e9)
        if known:
            found["transfer_rate", "mean"] = int(received) / (span / 1e9)
    windows = [0] * (span // 1_000_000_000)
    per_second = DB.execute(
        f"SELECT (greatest(sent_ns + service_ns - ?, 0)) // 1000000000 AS second, count(*) "
        f"FROM read_parquet(?, hive_partitioning = false) WHERE {COMPLETE} GROUP BY second",
        [first, path],
    ).fetchall()
    for second, count in per_second:
        if second < len(windows):
            windows[second] = count
    if len(windows) >= 2:
        mean, stdev = moments(len(windows), sum(windows), sum(count * count for count in windows))
        found["request_rate", "stdev"] = stdev
        found["request_rate", "min"], found["request_rate", "max"] = float(min(windows)), float(max(windows))
        found["request_rate", "within_stdev"] = within(mean, stdev, [(count, 1) for count in windows], len(windows))
    return found


METRICS = ("requests", "error_ratio", "duration", "request_rate", "transfer_rate", "service_time", "response_time", "first_byte_time")
found, runs = {}, set()
for run, folder in RUNS:
    if run["fidelity"] != "trace":
        continue
    runs.add(identity(run))
    path = str(folder / "trace.parquet")
    columns = {row[0] for row in DB.execute("DESCRIBE SELECT * FROM read_parquet(?, hive_partitioning = false)", [path]).fetchall()}
    numbers = rates(path, columns)
    source = f"FROM read_parquet(?, hive_partitioning = false) WHERE {COMPLETE}"
    queries = {"service_time": f"SELECT service_ns AS v {source}"}
    if "due_ns" in columns and DB.execute("SELECT count(due_ns) FROM read_parquet(?, hive_partitioning = false)", [path]).fetchone()[0]:
        queries["response_time"] = f"SELECT service_ns + coalesce(sent_ns - due_ns, 0) AS v {source}"
    if "first_byte_ns" in columns:
        queries["first_byte_time"] = f"SELECT first_byte_ns AS v {source} AND first_byte_ns IS NOT NULL"
    for metric, query in queries.items():
        numbers |= {(metric, name): value for name, value in distribution(query, path).items()}
    found |= {identity(run) + key + (0,): value for key, value in numbers.items()}


def is_order_statistic(key):
    return key[5] in ("count", "min", "max") or key[5].startswith("p")


if runs:
    same("numbers from requests", found, vanas("computed", METRICS, runs, ("n_eff",)), exact=is_order_statistic)
else:
    print("no run has its requests here, so no number was computed from any")
