DB = duckdb.connect()
PERCENTILES = ("50", "75", "90", "95", "99", "99.9", "99.99")
COMPLETE = "outcome IN ('ok', 'error_status')"
# Longer runs are read in passes, and have no effective size.
MOST_IN_MEMORY = 1 << 21
# Lags that are multiplied out before a Fourier transform pays.
DIRECT_LAGS = 32
TRACE = {"sent_ns": "BIGINT", "service_ns": "BIGINT", "due_ns": "BIGINT", "first_byte_ns": "BIGINT", "outcome": "VARCHAR",
         "operation": "VARCHAR", "bytes_received": "BIGINT", "worker": "BIGINT"}


def warmup_ns(run):
    """How long after its first request a run is kept and not counted, nanoseconds."""
    try:
        return round(max(float(run.get("attributes", {}).get("warmup_s", 0.0)), 0.0) * 1e9)
    except ValueError:
        return 0


def read_requests(run, folder):
    """Makes the table `requests` of a run, in the order of its trace, without its warm-up and, where transactions are the
    requests, without what lies within them; the table `inner_rows` has that. Says how many there were with the warm-up."""
    source = "FROM read_parquet($path, hive_partitioning = false)"
    given = {"path": str(folder / "trace.parquet")}
    there = {row[0] for row in DB.execute(f"DESCRIBE SELECT * {source}", given).fetchall()}
    chosen = ", ".join(f"{name if name in there else 'NULL'}::{kind} AS {name}" for name, kind in TRACE.items())
    is_counted = f"sent_ns >= {warmup_ns(run)}" if warmup_ns(run) else "true"
    outermost = run.get("attributes", {}).get("outermost_operation")
    is_request = "true" if outermost is None else "operation = $outermost"
    given |= {} if outermost is None else {"outermost": outermost}
    for table, condition in (("requests", is_request), ("inner_rows", f"NOT ({is_request})")):
        DB.execute(f"CREATE OR REPLACE TEMP TABLE {table} AS SELECT {chosen} {source} WHERE {condition} AND {is_counted}", given)
    return DB.execute(f"SELECT count(*) {source} WHERE {is_request}", given).fetchone()[0]


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


def effective_size(values, mean):
    """n / (1 + 2 Σ ρ) by Geyer's initial positive sequence: correlations of two neighbouring lags are added up to the first
    pair that is not positive. None for a series that is constant or has fewer than four values."""
    n = len(values)
    if n < 4:
        return None
    whole = math.floor(mean)
    distances = (values - whole).astype(float) - (mean - whole)

    def products():
        for lag in range(min(DIRECT_LAGS, n)):
            yield float(distances[: n - lag] @ distances[lag:])
        if n > DIRECT_LAGS:
            size = 1 << (2 * n - 1).bit_length()
            spectrum = numpy.fft.rfft(distances, size)
            yield from map(float, numpy.fft.irfft(spectrum * spectrum.conj(), size)[DIRECT_LAGS:n])

    variance = float(distances @ distances)
    if variance <= 0.0:
        return None
    total, following = 0.0, products()
    for product in following:
        pair = (product + next(following, 0.0)) / variance
        if not pair > 0.0:
            break
        total += pair
    return n / max(2.0 * total - 1.0, 1.0)


def distribution(value, is_in_memory):
    """Statistics of durations in nanoseconds over the answered requests, as seconds; nothing where there are none."""
    DB.execute(f"CREATE OR REPLACE TEMP TABLE durations AS SELECT {value} AS v FROM requests WHERE {COMPLETE} AND {value} IS NOT NULL")
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
    in_time = numpy.asarray(DB.execute("SELECT v FROM durations").fetchnumpy()["v"])
    size = effective_size(in_time, mean) if is_in_memory else None
    if size is not None:
        found["n_eff"] = size
    at = numpy.sort(in_time)
    for percent in PERCENTILES:
        rank, weight = position(percent, n)
        value = float(at[rank - 1])
        if weight:
            value = min(value + weight * float(at[rank] - at[rank - 1]), float(at[rank]))
        found[f"p{percent}"] = value / 1e9
    return found


def rates(run):
    """Counts, rates and errors of a run, and the spread of its rate over full seconds; and what tools would need to know."""
    attempts, good, unfinished, complete, first, last, received, known = DB.execute(
        f"SELECT count(*), count(*) FILTER (outcome = 'ok'), count(*) FILTER (outcome = 'unfinished'), count(*) FILTER ({COMPLETE}), "
        "min(sent_ns), max(sent_ns + service_ns), sum(greatest(bytes_received, 0)), count(bytes_received) FROM requests"
    ).fetchone()
    if attempts == 0:
        return {}, None
    span = max(last - first, 0)
    found = {("requests", "count"): float(attempts), ("duration", "total"): span / 1e9}
    # What is under way when a closed loop ends as planned did not fail.
    ended = attempts - (unfinished if run.get("attributes", {}).get("schedule") == "closed" else 0)
    if ended:
        found["error_ratio", "mean"] = (ended - good) / ended
    if span > 0:
        found["request_rate", "mean"] = complete / (span / 1e9)
        if known:
            found["transfer_rate", "mean"] = int(received) / (span / 1e9)
        inner, answered = DB.execute(f"SELECT count(*), count(*) FILTER ({COMPLETE}) FROM inner_rows").fetchone()
        if inner:
            found["query_rate", "mean"] = answered / (span / 1e9)
    windows = [0] * (span // 1_000_000_000)
    per_second = DB.execute(
        f"SELECT greatest(sent_ns + service_ns - ?, 0) // 1000000000 AS second, count(*) FROM requests WHERE {COMPLETE} GROUP BY second",
        [first],
    ).fetchall()
    for second, count in per_second:
        if second < len(windows):
            windows[second] = count
    if len(windows) >= 2:
        mean, stdev = moments(len(windows), sum(windows), sum(count * count for count in windows))
        found["request_rate", "stdev"] = stdev
        found["request_rate", "min"], found["request_rate", "max"] = float(min(windows)), float(max(windows))
        found["request_rate", "within_stdev"] = within(mean, stdev, [(count, 1) for count in windows], len(windows))
    return found, (first, span, complete)
