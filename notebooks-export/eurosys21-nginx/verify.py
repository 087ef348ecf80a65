# %% [markdown] how-to-run
# # The numbers a second time, without vana
#
# This notebook computes the tables of a report again from the study that they were made of, with DuckDB, matplotlib and plain
# Python, and compares. It was written by vana and shares no code with it. It ends with `VERIFIED`, or stops at the first
# comparison that fails and says which numbers differ.
#
#     pip install -r requirements.txt
#     jupyter execute verify.ipynb      # or, without Jupyter: python verify.py
#
# It needs Python 3.11 or later. `VANA_STUDY` names another copy of the study. Names of systems and workloads are read from the data; no cell contains one.

# %% parameters
import csv
import hashlib
import itertools
import json
import math
import os
import statistics
import sys
import tomllib
from fractions import Fraction
from pathlib import Path
from urllib.parse import unquote

import duckdb
import matplotlib
import numpy

if "ipykernel" not in sys.modules:
    matplotlib.use("Agg")
import matplotlib.pyplot as plt

HERE = Path(globals().get("__file__", "verify.ipynb")).resolve().parent
PARAMETERS = json.loads((HERE / "verify.json").read_text(encoding="utf-8"))
STUDY = Path(os.environ.get("VANA_STUDY") or HERE / PARAMETERS["study"])
TABLES = HERE / PARAMETERS["tables"]
# How far apart two computations of one number may be, relative to it. Counts and order statistics must be equal.
TOLERANCE = 1e-9
# The same for what is drawn at random, where a table has such numbers.
RANDOM_TOLERANCE = 0.02

if not STUDY.is_dir():
    raise SystemExit(f"{STUDY}: no such folder; unpack the package, or let VANA_STUDY name the study in it")
TOML = STUDY / "study.toml"
CONFIG = tomllib.loads(TOML.read_text(encoding="utf-8")) if TOML.exists() else {}
ALPHA, MARGIN = CONFIG.get("alpha", 0.05), CONFIG.get("margin", 0.02)

# %% comparing
CHECKED = []
NUMBERS = ("clients", "repetition", "n", "n_baseline", "n_system", "family_size")


def table(name):
    """The rows of a table of vana's; None where a field is empty."""
    path = TABLES / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key: text if text else None for key, text in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        for key in NUMBERS:
            if row.get(key) is not None:
                row[key] = int(row[key])
        # A name may be empty, and is no missing value.
        for key in ("system", "workload", "baseline"):
            if key in row and row[key] is None:
                row[key] = ""
    return rows


def number(text):
    return None if text is None else float(text)


def differs(ours, vanas, tolerance, size):
    if ours is None or vanas is None or isinstance(ours, str) or isinstance(vanas, str):
        return ours != vanas
    return not abs(ours - vanas) <= tolerance * max(abs(ours), abs(vanas), size)


def same(what, ours, vanas, tolerance=TOLERANCE, exact=lambda key: False, size=lambda key: 0.0):
    """A full outer join of two computations by key; stops when a key or a value differs, or when there is nothing."""
    wrong = []
    for key in sorted(ours.keys() | vanas.keys(), key=repr):
        if key not in ours:
            wrong.append(f"{key}: vana has {vanas[key]}, and nothing here gives it")
        elif key not in vanas:
            wrong.append(f"{key}: {ours[key]} here, and vana does not have it")
        elif differs(ours[key], vanas[key], 0.0 if exact(key) else tolerance, size(key)):
            wrong.append(f"{key}: {ours[key]} here, {vanas[key]} by vana")
    if not ours and not vanas:
        wrong.append("there is nothing to compare")
    if wrong:
        raise AssertionError(f"{what}: {len(wrong)} differ\n" + "\n".join(wrong[:10]))
    CHECKED.append((what, len(ours)))
    print(f"{what}: {len(ours)} agree")


def identity(row):
    return (row["system"], row["workload"], row["clients"], row["repetition"])


MEASUREMENTS = table("measurements")
if not MEASUREMENTS:
    raise AssertionError(f"{TABLES / 'measurements.csv'}: no rows, so nothing can be compared")
RUNS = []
for path in sorted(STUDY.glob("runs/*/*/*/*/run.json")):
    run = json.loads(path.read_text(encoding="utf-8"))
    run["clients"] = run.get("clients")
    RUNS.append((run, path.parent))
OURS = set()


def vanas(origin, metrics=None, runs=None):
    """Measurements of an origin as lists by key, since a publication may print a number twice."""
    found = {}
    for row in MEASUREMENTS:
        is_wanted = row["origin"] == origin and row["operation"] is None
        if not is_wanted or (metrics and row["metric"] not in metrics) or (runs is not None and identity(row) not in runs):
            continue
        key = identity(row) + (row["metric"], row["statistic"])
        place = sum(1 for known in found if known[:-1] == key) if origin == "published" else 0
        found[key + (place,)] = number(row["value"])
        OURS.add((origin,) + key)
    return found

# %% checksums
def digest(path):
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


listed = {}
if (STUDY / "SHA256SUMS").exists():
    for line in (STUDY / "SHA256SUMS").read_text(encoding="utf-8").splitlines():
        sha256, name = line.split("  ", 1)
        listed[name] = sha256.lower()
    same("files of the study", {name: digest(STUDY / name) if (STUDY / name).is_file() else None for name in listed}, listed)
else:
    print("the study has no SHA256SUMS: its files may be any")

# %% requests
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

# %% tools
WRK_TIMEOUT_US = 2_000_000
WRK_HIGHEST_RATE = 10_000_000
SYSBENCH_BUCKETS = 1024
SYSBENCH_LOWEST_MS, SYSBENCH_HIGHEST_MS = 1e-3, 1e5


def of_counts(counts, hidden, scale):
    """wrk's statistics of whole numbers; hidden samples are counted and in no sum."""
    counted = sorted(counts.items())
    if not counted:
        return {}
    n = sum(counts.values()) + hidden
    mean = sum(value * count for value, count in counted) / n
    found = {"count": float(n), "mean": mean / scale, "min": counted[0][0] / scale, "max": counted[-1][0] / scale}
    if n > 1:
        stdev = math.sqrt(math.fsum((value - mean) ** 2 * count for value, count in counted) / (n - 1))
        found |= {"stdev": stdev / scale, "within_stdev": within(mean, stdev, counted, n)}
    for percent in PERCENTILES:
        rank, reached = math.floor(Fraction(percent) / 100 * n) + 1, 0
        found[f"p{percent}"] = 0.0
        for value, count in counted:
            reached += count
            if reached >= rank:
                found[f"p{percent}"] = value / scale
                break
    return found


def wrk_latency(span, complete, connections):
    """wrk's latency line: whole microseconds without what timed out, and for each value from twice the interval between two
    requests of a connection the samples that it would have kept from being sent."""
    measured = DB.execute(
        f"SELECT service_ns // 1000 AS us, count(*) FROM requests WHERE {COMPLETE} AND service_ns >= 0 AND us <= ? GROUP BY us",
        [WRK_TIMEOUT_US],
    ).fetchall()
    counts = dict(measured)
    least = min(counts, default=0)
    per_connection = complete // connections if connections else 0
    interval = span // 1000 // per_connection if per_connection else 0
    if interval:
        for value, count in measured:
            if value >= 2 * interval:
                for added in range(value - interval, interval, -interval):
                    counts[added] = counts.get(added, 0) + count
    hidden = sum(count for value, count in counts.items() if value < least)
    return of_counts({value: count for value, count in counts.items() if value >= least}, hidden, 1e6)


def wrk_rate(first, span):
    """wrk's Req/Sec line: of each thread, in windows of 100 ms, those without a completion lengthening the next."""
    windows = DB.execute(
        "SELECT worker, greatest(sent_ns + service_ns - ?, 0) // 100000000 AS slot, count(*) FROM requests "
        f"WHERE {COMPLETE} AND worker IS NOT NULL GROUP BY worker, slot ORDER BY worker, slot",
        [first],
    ).fetchall()
    counts, before = {}, {}
    for worker, slot, count in windows:
        if slot < span // 100_000_000:
            elapsed_ms = 100 * (slot - before.get(worker, -1))
            before[worker] = slot
            # In floating point and in this order, as wrk does it: the truncation depends on it.
            rate = int(count / elapsed_ms * 1000.0)
            if rate <= WRK_HIGHEST_RATE:
                counts[rate] = counts.get(rate, 0) + 1
    return of_counts(counts, 0, 1.0)


def sysbench_latency():
    """sysbench's latency: of transactions where there are any; percentiles are centres of logarithmic buckets."""
    transactions = DB.execute(f"SELECT count(*) FROM requests WHERE {COMPLETE} AND operation = 'transaction'").fetchone()[0]
    events = f"FROM requests WHERE {COMPLETE}" + (" AND operation = 'transaction'" if transactions else "")
    n, total, low, high = DB.execute(f"SELECT count(*), sum(service_ns), min(service_ns), max(service_ns) {events}").fetchone()
    if n == 0:
        return {}
    per_e = (SYSBENCH_BUCKETS - 1) / (math.log(SYSBENCH_HIGHEST_MS) - math.log(SYSBENCH_LOWEST_MS))
    buckets = DB.execute(
        "SELECT CASE WHEN service_ns <= 0 THEN 0 ELSE "
        "greatest(least(floor((ln(service_ns / 1e6) - ln(?)) * ? + 0.5), ?), 0)::BIGINT END AS bucket, count(*) "
        f"{events} GROUP BY bucket ORDER BY bucket",
        [SYSBENCH_LOWEST_MS, per_e, SYSBENCH_BUCKETS - 1],
    ).fetchall()
    found = {"count": float(n), "mean": total / n / 1e9, "min": low / 1e9, "max": high / 1e9}
    for percent in PERCENTILES:
        rank, reached = math.floor(Fraction(percent) / 100 * n + Fraction(1, 2)), 0
        for bucket, count in buckets if rank else [(0, 0)]:
            reached += count
            if reached >= rank:
                found[f"p{percent}"] = math.exp(bucket / per_e + math.log(SYSBENCH_LOWEST_MS)) / 1e3
                break
    return found

# %% from-requests
METRICS = ("requests", "error_ratio", "duration", "request_rate", "query_rate", "transfer_rate", "service_time", "response_time",
           "first_byte_time", "wrk_latency", "wrk_request_rate", "sysbench_latency")


def of_recording(run, folder):
    """Counts of a run of which only is known what was asked and when; rates where statuses were recorded."""
    outcomes, seconds = run.get("outcomes", {}), run.get("duration_s") or 0.0
    requests = sum(outcomes.values()) or DB.execute(
        "SELECT count(*) FROM read_parquet(?, hive_partitioning = false)", [str(folder / "workload.parquet")]
    ).fetchone()[0]
    found = {("requests", "count"): float(requests), ("duration", "total"): seconds}
    if outcomes:
        found["error_ratio", "mean"] = (requests - outcomes.get("ok", 0)) / requests
        if seconds:
            found["request_rate", "mean"] = sum(outcomes.get(outcome, 0) for outcome in ("ok", "error_status")) / seconds
    return found


found, runs = {}, set()
# Answered requests after the warm-up, by run.
ANSWERED = {}
for run, folder in RUNS:
    if run["fidelity"] == "summary" and (folder / "workload.parquet").exists():
        runs.add(identity(run))
        found |= {identity(run) + key + (0,): value for key, value in of_recording(run, folder).items()}
    if run["fidelity"] != "trace":
        continue
    runs.add(identity(run))
    is_in_memory = read_requests(run, folder) <= MOST_IN_MEMORY
    numbers, known = rates(run)
    if known is None:
        continue
    first, span, complete = known
    ANSWERED[identity(run)] = complete
    series = {
        "service_time": distribution("service_ns", is_in_memory),
        "first_byte_time": distribution("first_byte_ns", is_in_memory),
        "sysbench_latency": sysbench_latency(),
    }
    if DB.execute("SELECT count(due_ns) FROM requests").fetchone()[0]:
        series["response_time"] = distribution("service_ns + coalesce(sent_ns - due_ns, 0)", is_in_memory)
    # wrk knows no transactions.
    if "outermost_operation" not in run.get("attributes", {}):
        series["wrk_latency"] = wrk_latency(span, complete, run["clients"])
        series["wrk_request_rate"] = wrk_rate(first, span)
    for metric, statistics_of in series.items():
        numbers |= {(metric, name): value for name, value in statistics_of.items()}
    found |= {identity(run) + key + (0,): value for key, value in numbers.items()}


def is_order_statistic(key):
    # sysbench's percentiles are powers of e.
    return key[5] in ("count", "min", "max") or (key[5].startswith("p") and key[4] != "sysbench_latency")


if runs:
    same("numbers from requests", found, vanas("computed", METRICS, runs), exact=is_order_statistic)
else:
    print("no run has its requests here, so no number was computed from any")

# %% resources
STARTS = {"boot_time": "boot_time_s", "connect_time": "connect_time_s"}
MEMORIES = {"system": "memory", "guest": "guest_memory", "client": "client_memory"}
CPUS = {"system": "cpu", "client": "client_cpu"}
USES = (*STARTS, *MEMORIES.values(), *CPUS.values(), "cpu_per_request", "schedule_lag", "loopback_time")


def readings(run, folder):
    """Values and times in nanoseconds of each thing that was read, after the warm-up, by source and resource."""
    path, found = folder / "resources.parquet", {}
    if path.exists():
        rows = DB.execute(
            "SELECT source, resource, at_ns, value FROM read_parquet(?, hive_partitioning = false)", [str(path)]
        ).fetchall()
        begin_ns = warmup_ns(run)
        for source, resource, at_ns, value in rows:
            if begin_ns == 0 or at_ns >= begin_ns:
                found.setdefault((source, resource), []).append((at_ns, value))
    return found


def answered(run):
    if run["fidelity"] == "trace" and warmup_ns(run):
        return ANSWERED.get(identity(run), 0)
    # Requests that were left out of a package were counted before.
    if "answered_after_warmup" in run.get("attributes", {}):
        return int(run["attributes"]["answered_after_warmup"])
    return sum(run.get("outcomes", {}).get(outcome, 0) for outcome in ("ok", "error_status"))


def uses(run, folder):
    """What a system and its client used: memory as mean and peak, processors as growth of a counter over its time."""
    read, found = readings(run, folder), {}
    values = {key: [value for _, value in rows] for key, rows in read.items()}
    for source, metric in MEMORIES.items():
        memory = values.get((source, "memory"))
        if memory:
            found[metric, "used"] = statistics.fmean(memory)
            found[metric, "max"] = max(memory + values.get((source, "memory_peak"), []))
    for source, metric in CPUS.items():
        rows = read.get((source, "cpu_time"))
        seconds = (rows[-1][0] - rows[0][0]) / 1e9 if rows else 0
        if seconds > 0 and rows[-1][1] >= rows[0][1]:
            used = rows[-1][1] - rows[0][1]
            found[metric, "mean"] = used / seconds
            if source == "system" and answered(run):
                found["cpu_per_request", "mean"] = used / answered(run)
    lag, floor = values.get(("client", "schedule_lag")), values.get(("client", "loopback_time"))
    if lag:
        found["schedule_lag", "max"] = max(lag)
    if floor:
        found |= {("loopback_time", "min"): min(floor), ("loopback_time", "mean"): statistics.fmean(floor)}
    return found


found = {}
for run, folder in RUNS:
    for metric, attribute in STARTS.items():
        if attribute in run.get("attributes", {}):
            found[identity(run) + (metric, "used", 0)] = float(run["attributes"][attribute])
    found |= {identity(run) + key + (0,): value for key, value in uses(run, folder).items()}
computed = vanas("computed", USES)
if found or computed:
    same("what was used, and how long starts took", found, computed)
else:
    print("nothing is known of what was used")

# %% histograms
def of_bins(bins):
    """Statistics of bins (low, high, count): a quantile is the upper edge of the bin that holds rank ⌈p·n⌉, moments take
    the middles."""
    n = sum(count for _, _, count in bins)
    doubled = [(low + high, count) for low, high, count in bins]
    total = sum(value * count for value, count in doubled)
    squares = sum(value * value * count for value, count in doubled)
    mean, stdev = moments(n, total, squares)
    found = {"count": float(n), "mean": mean / 2e9, "min": bins[0][0] / 1e9, "max": bins[-1][1] / 1e9}
    if stdev is not None:
        found |= {"stdev": stdev / 2e9, "within_stdev": within(mean, stdev, doubled, n)}
    for percent in PERCENTILES:
        rank = max(1, math.ceil(Fraction(percent) / 100 * n))
        reached = 0
        for _, high, count in bins:
            reached += count
            if reached >= rank:
                found[f"p{percent}"] = high / 1e9
                break
    return found


found, runs, metrics = {}, set(), set()
for run, folder in RUNS:
    if run["fidelity"] != "histogram":
        continue
    runs.add(identity(run))
    bins = {}
    for metric, low, high, count in DB.execute(
        "SELECT metric, low_ns, value_ns, count FROM read_parquet(?, hive_partitioning = false) ORDER BY low_ns",
        [str(folder / "histogram.parquet")],
    ).fetchall():
        bins.setdefault(metric or "", []).append((low, high, count))
    for metric, known in bins.items():
        metrics.add(metric)
        found |= {identity(run) + (metric, name, 0): value for name, value in of_bins(known).items()}
if runs:
    same("numbers from histograms", found, vanas("computed", metrics, runs), exact=is_order_statistic)
else:
    print("no run has a histogram")

# %% printed
UNITS = {
    **dict.fromkeys(("ns", "us", "µs", "μs", "ms", "s", "sec", "min", "h"), "s"),
    **dict.fromkeys(("1/s", "/s", "req/s", "ops/s", "k/s", "1/ms", "M/s"), "1/s"),
    **dict.fromkeys(("1", "", "%"), "1"),
}
SCALES = {"ns": "1e-9", "us": "1e-6", "µs": "1e-6", "μs": "1e-6", "ms": "1e-3", "min": "60", "h": "3600"}
SCALES |= {"k/s": "1e3", "1/ms": "1e3", "M/s": "1e6", "%": "1e-2"}
for size, scale in (("B", "1"), ("kB", "1e3"), ("KB", "1e3"), ("MB", "1e6"), ("GB", "1e9"), ("TB", "1e12"), ("KiB", "1024"),
                    ("MiB", str(1 << 20)), ("GiB", str(1 << 30)), ("TiB", str(1 << 40))):
    SCALES |= {size: scale, f"{size}/s": scale}


def published():
    """The cells of publications: (system, workload, clients, metric, statistic), value in base units, status, base unit."""
    cells = []
    for path in sorted((STUDY / "published").glob("*.csv")):
        with path.open(encoding="utf-8-sig", newline="") as file:
            for row in csv.DictReader(file):
                row = {key: (text or "").strip() for key, text in row.items()}
                value = Fraction(row["value"]) * Fraction(SCALES.get(row["unit"], "1")) if row["value"] else None
                # Shares are kept as ratios, whatever they are called in print.
                name = {"within_stdev_percent": "within_stdev"}.get(row["statistic"], row["statistic"])
                clients = int(row["clients"]) if row["clients"] else None
                unit = UNITS.get(row["unit"], "B/s" if row["unit"].endswith("/s") else "B")
                cells.append([row["system"], row["workload"], clients, row["metric"], name, value, row["status"], unit])
    return cells


def candidates(system, status):
    parts = [part.strip() for part in system.split(" or ")]
    return parts if status == "ambiguous" and len(parts) > 1 else []


def assume(cells, readings):
    """Files ambiguous cells under one of their systems; those of the others are lost then."""
    cells = [list(cell) for cell in cells]
    for name, system in readings:
        lost = []
        for cell in cells:
            offered = candidates(cell[0], cell[6])
            if cell[0] == name and offered:
                lost += [[other, *cell[1:5], None, "lost", cell[7]] for other in offered if other != system]
                cell[0] = system
        cells += lost
    return cells


found, units = {}, {}
for run, _ in RUNS:
    for one in run.get("reported", []):
        key = identity(run) + (one["metric"], one["statistic"])
        found[key + (0,)] = one["value"]
        units[("reported",) + key] = one["unit"]
reported = vanas("reported")
if found or reported:
    same("numbers that tools printed", found, reported, exact=lambda key: True)
else:
    print("no tool printed a number")

found, states = {}, {}
for system, workload, clients, metric, name, value, status, unit in assume(published(), PARAMETERS["assumed"]):
    key = (system, workload, clients, None, metric, name)
    place = sum(1 for known in found if known[:-1] == key)
    found[key + (place,)] = None if value is None else float(value)
    states[key + (place,)] = status
    units[("published",) + key] = unit
in_print = vanas("published")
if found or in_print:
    same("numbers in print", found, in_print)
    vanas_states, seen = {}, {}
    for row in MEASUREMENTS:
        if row["origin"] == "published":
            key = identity(row) + (row["metric"], row["statistic"])
            seen[key] = seen.get(key, -1) + 1
            vanas_states[key + (seen[key],)] = row["status"]
    same("how sure their reading is", states, vanas_states)
else:
    print("nothing was published")


def base_unit(metric, name):
    """The unit of a number that is computed from requests, from a histogram or from what was read of a system."""
    if name in ("count", "within_stdev", "n_eff"):
        return "1"
    if metric.endswith(("_time", "latency")) or metric in ("duration", "cpu_per_request", "schedule_lag"):
        return "s"
    return {"request_rate": "1/s", "query_rate": "1/s", "wrk_request_rate": "1/s", "transfer_rate": "B/s"}.get(
        metric, "B" if metric.endswith("memory") else "1"
    )


vanas_units = {(row["origin"],) + identity(row) + (row["metric"], row["statistic"]): row["unit"] for row in MEASUREMENTS}
units |= {key: base_unit(*key[5:]) for key in vanas_units if key[0] == "computed"}
same("their units", units, vanas_units)

# %% distributions
def beta_fraction(a, b, x):
    """The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), after Lentz."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    result = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + term / c
            c = c if abs(c) > tiny else tiny
            result *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return result


def incomplete_beta(a, b, x, y):
    """The regularized incomplete beta function at x = 1 - y; both are given so that neither loses digits."""
    if x <= 0.0:
        return 0.0
    if y <= 0.0:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * beta_fraction(a, b, x) / a
    return 1.0 - front * beta_fraction(b, a, y) / b


def student_p(t, freedom):
    """Two-sided p of Student's t."""
    square = t * t
    return incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + square), square / (freedom + square))


def student_quantile(alpha, freedom):
    """The t beyond which, on both sides, lies alpha."""
    low, high = 0.0, 1.0
    while student_p(high, freedom) > alpha:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_p(middle, freedom) > alpha else (low, middle)
    return (low + high) / 2.0


def split_sums(ranks, size):
    """In how many ways so many of the ranks have each sum."""
    splits = [{} for _ in range(size + 1)]
    splits[0][0] = 1
    for rank in ranks:
        for chosen in range(size, 0, -1):
            for total, ways in splits[chosen - 1].items():
                splits[chosen][total + rank] = splits[chosen].get(total + rank, 0) + ways
    return splits[size]


def mann_whitney_p(baseline, system):
    """The exact two-sided p: doubled rank sums of all splits are counted in whole numbers, ties and all."""
    values = sorted(baseline + system)
    rank = {value: values.index(value) * 2 + values.count(value) + 1 for value in set(values)}
    observed = sum(rank[value] for value in system)
    sums = split_sums([rank[value] for value in values], len(system))
    below = sum(ways for total, ways in sums.items() if total <= observed)
    above = sum(ways for total, ways in sums.items() if total >= observed)
    return min(1.0, 2 * min(below, above) / sum(sums.values()))


def holm(ps):
    adjusted, worst = [0.0] * len(ps), 0.0
    for place, index in enumerate(sorted(range(len(ps)), key=lambda index: ps[index])):
        worst = max(worst, min(1.0, (len(ps) - place) * ps[index]))
        adjusted[index] = worst
    return adjusted


def benjamini_hochberg(ps):
    adjusted, best = [0.0] * len(ps), 1.0
    order = sorted(range(len(ps)), key=lambda index: ps[index])
    for place in range(len(ps), 0, -1):
        best = min(best, ps[order[place - 1]] * len(ps) / place)
        adjusted[order[place - 1]] = best
    return adjusted


# Known values: t tables, and both ways to count seven orders out of 35.
assert abs(student_quantile(0.05, 2) - 4.302652729911275) < 1e-9
assert abs(student_p(2.0, 10) - 0.07338803477074037) < 1e-12
assert mann_whitney_p([1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]) == 2 / 35

# %% tables
ORIGINS = ("computed", "reported", "published")


def group(measurements):
    """Repetitions of each number, all of the best origin that there is."""
    groups = {}
    for row in measurements:
        if row["operation"] is None:
            key = (row["system"], row["workload"], row["clients"], row["metric"], row["statistic"])
            groups.setdefault(key, []).append(row)
    for key, rows in groups.items():
        best = min(ORIGINS.index(row["origin"]) for row in rows)
        groups[key] = [row for row in rows if row["origin"] == ORIGINS[best]]
    return groups


QUANTILES = {}


def quantile(freedom):
    if freedom not in QUANTILES:
        QUANTILES[freedom] = student_quantile(ALPHA, freedom)
    return QUANTILES[freedom]


def median_ends(n):
    """Ranks of the narrowest symmetric interval of the median that covers enough, by counting; None where none does."""
    rank, outside = 0, 0
    while rank < n // 2:
        outside += math.comb(n, rank)
        if 1 - Fraction(2 * outside, 2**n) < Fraction(1 - ALPHA):
            break
        rank += 1
    return (rank, n + 1 - rank) if rank else None


def estimate(values):
    n = len(values)
    found = {"n": n}
    if n == 0:
        return found
    values = sorted(values)
    mean = statistics.fmean(values)
    found |= {"value": mean, "median": statistics.median(values)}
    if n > 1:
        stdev = statistics.stdev(values)
        half = quantile(n - 1) * stdev / math.sqrt(n)
        found |= {"stdev": stdev, "low": mean - half, "high": mean + half}
    ends = median_ends(n)
    if ends:
        found |= {"median_low": values[ends[0] - 1], "median_high": values[ends[1] - 1]}
    return found


GROUPS = group(MEASUREMENTS)
# What only a count or a total is known of is bookkeeping, and no table of a report.
SHOWN = {key[3] for key in GROUPS if key[4] not in ("count", "total")}
WORDS = ("unit", "origin", "status")
COLUMNS = ("n", "value", "stdev", "low", "high", "median", "median_low", "median_high")
found, means = {}, {}
for key, rows in GROUPS.items():
    if key[3] not in SHOWN:
        continue
    if rows[0]["origin"] == "published":
        one = {"value": number(rows[0]["value"])}
    else:
        one = estimate([number(row["value"]) for row in rows if row["value"] is not None])
    means[key] = abs(one.get("value") or 0.0)
    one |= {"unit": rows[0]["unit"], "origin": rows[0]["origin"]}
    one["status"] = next((row["status"] for row in rows if row["status"] != "read"), "read")
    found |= {key + (column,): one.get(column) for column in (*COLUMNS, *WORDS)}
CELLS = table("cells")
expected = {}
for row in CELLS:
    key = (row["system"], row["workload"], row["clients"], row["metric"], row["statistic"])
    expected |= {key + (column,): number(row[column]) for column in COLUMNS} | {key + (column,): row[column] for column in WORDS}
same("numbers of the tables", found, expected, exact=lambda key: key[5] == "n", size=lambda key: means.get(key[:5], 0.0))

# %% comparisons
def better(metric, statistic, unit):
    """1 where the higher value is the better one, -1 where the lower one is, None where neither is."""
    is_percentile = statistic[:1] == "p" and statistic[1:].replace(".", "", 1).isdigit()
    if statistic not in ("mean", "used") and not is_percentile:
        return None
    if metric in ("client_cpu", "client_memory", "loopback_time", "schedule_lag"):
        return None
    if any(word in metric for word in ("error", "fail", "timeout", "loss", "memory")):
        return -1
    if unit == "s" and metric != "duration":
        return -1
    return 1 if unit in ("1/s", "B/s") else None


def values_behind(metric, workload):
    """How many values study.toml says there are behind each published mean and standard deviation."""
    stated = [one for one in CONFIG.get("published", []) if one["metric"] == metric]
    named = [one for one in stated if one.get("workload") == workload]
    return next(iter(named + [one for one in stated if "workload" not in one]), {}).get("n")


def known(rows, key):
    """One value a repetition, or a printed mean with its standard deviation and n where known, or nothing."""
    values = [number(row["value"]) for row in rows if row["value"] is not None]
    if values and all(row["origin"] == "published" for row in rows):
        system, workload, clients, metric, name = key
        first = {
            other: number(GROUPS[system, workload, clients, metric, other][0]["value"])
            for other in ("stdev", "count")
            if name == "mean" and GROUPS.get((system, workload, clients, metric, other))
            and GROUPS[system, workload, clients, metric, other][0]["value"] is not None
        }
        count = int(first["count"]) if first.get("count", 0.0) >= 1.0 else values_behind(metric, workload)
        return ("printed", (values[0], first.get("stdev"), count))
    return ("sample", sorted(values)) if values else ("nothing", None)


def system_order():
    names = {row["system"] for row in MEASUREMENTS if not candidates(row["system"], row["status"])}
    order = [system["id"] for system in CONFIG.get("systems", [])]
    return order + sorted(names - set(order))


def summary(kind, values):
    """A mean, its standard error and n; nothing where one of them is not known."""
    if kind == "sample":
        many = len(values) > 1
        return (statistics.fmean(values), statistics.stdev(values) / math.sqrt(len(values)), len(values)) if many else None
    mean, stdev, n = values
    return (mean, stdev / math.sqrt(n), n) if stdev is not None and (n or 0) > 1 else None


def freedom_of(baseline, system, ratio):
    errors = [system[1], ratio * baseline[1]]
    both = math.hypot(*errors)
    shares = [(one / both) ** 2 for one in errors]
    return both, 1.0 / (shares[0] ** 2 / (system[2] - 1) + shares[1] ** 2 / (baseline[2] - 1))


def equivalence_p(baseline, system):
    """The larger p value of two one-sided tests that the ratio lies within 1 ± margin."""
    _, freedom = freedom_of(baseline, system, system[0] / baseline[0])

    def above(bound):
        error = math.hypot(system[1], bound * baseline[1])
        return math.copysign(1.0, baseline[0]) * (system[0] - bound * baseline[0]) / error

    def upper(t):
        return student_p(t, freedom) / 2 if t > 0 else 1 - student_p(t, freedom) / 2

    return max(upper(above(1 - MARGIN)), upper(-above(1 + MARGIN)))


def ratio_interval(low_mean, mean, baseline, system):
    """The ratio of means with Fieller's interval, where that is bounded."""
    if low_mean == 0:
        return {}
    ratio = mean / low_mean
    found = {"ratio": ratio}
    # A ratio of nothing, such as that of the errors of a system without any, takes the spread of the baseline with it.
    if baseline is None or system is None or math.hypot(system[1], ratio * baseline[1]) == 0:
        return found
    if MARGIN > 0:
        found["p_equivalence"] = equivalence_p(baseline, system)
    _, freedom = freedom_of(baseline, system, ratio)
    t = student_quantile(ALPHA, freedom)
    of_baseline, of_system = t * baseline[1] / abs(low_mean), t * system[1] / abs(low_mean)
    rest = 1.0 - of_baseline**2
    if rest > 0:
        half = math.hypot(of_system * math.sqrt(rest), ratio * of_baseline) / rest
        found |= {"ratio_low": ratio / rest - half, "ratio_high": ratio / rest + half}
    return found


def hedges_g(baseline, system):
    """The difference of means over the pooled stdev, times the factor that makes it unbiased (Hedges 1981)."""
    freedom = len(baseline) + len(system) - 2
    pooled = math.sqrt(sum((len(one) - 1) / freedom * statistics.variance(one) for one in (baseline, system)))
    unbiased = math.exp(math.lgamma(freedom / 2) - math.lgamma((freedom - 1) / 2)) / math.sqrt(freedom / 2)
    return unbiased * (statistics.fmean(system) - statistics.fmean(baseline)) / pooled if pooled > 0 else None


def shift_rank(first, second):
    """How many differences may be left out on each side of the shift's interval, by the rank sums of all splits, or of the
    normal distribution where there are many."""
    if first + second > 50:
        stdev = math.sqrt(first * second * (first + second + 1) / 12)
        return math.floor(first * second / 2 - 0.5 - statistics.NormalDist().inv_cdf(1 - ALPHA / 2) * stdev) + 1
    sums, left_out, below = split_sums(range(first + second), second), 0, 0
    for total in sorted(sums):
        below += sums[total]
        if Fraction(below, math.comb(first + second, second)) > Fraction(ALPHA) / 2 * (1 + Fraction(1, 10**12)):
            break
        left_out += 1
    return left_out


def compare(baseline, system, test):
    """Effects and the p value of two systems under one workload and number of clients."""
    found = {"sign": 0.0}
    for side, (kind, values) in (("baseline", baseline), ("system", system)):
        found[f"n_{side}"] = {"sample": len(values) if kind == "sample" else 0, "printed": None, "nothing": 0}[kind]
        if kind != "nothing":
            found[f"{side}_mean"] = statistics.fmean(values) if kind == "sample" else values[0]
    if "nothing" in (baseline[0], system[0]):
        return found
    found["difference"] = found["system_mean"] - found["baseline_mean"]
    sides = (summary(*baseline), summary(*system))
    found |= ratio_interval(found["baseline_mean"], found["system_mean"], *sides)
    found["sign"] = found["difference"]
    if None not in sides and not sides[0][1] == sides[1][1] == 0:
        both, freedom = freedom_of(*sides, 1.0)
        half = student_quantile(ALPHA, freedom) * both
        found |= {"difference_low": found["difference"] - half, "difference_high": found["difference"] + half}
        if test == "welch" or "printed" in (baseline[0], system[0]):
            found["p"] = student_p(found["sign"] / both, freedom)
    if "printed" in (baseline[0], system[0]):
        return found
    one, other = baseline[1], system[1]
    pairs = sorted(b - a for a in one for b in other)
    found["hodges_lehmann"] = statistics.median(pairs)
    left_out = shift_rank(len(one), len(other))
    if left_out > 0:
        found |= {"hodges_lehmann_low": pairs[left_out - 1], "hodges_lehmann_high": pairs[-left_out]}
    if min(len(one), len(other)) > 1:
        found["hedges_g"] = hedges_g(one, other)
    found["cliffs_delta"] = (sum(pair > 0 for pair in pairs) - sum(pair < 0 for pair in pairs)) / len(pairs)
    found["a12"] = (found["cliffs_delta"] + 1) / 2
    is_constant = len(set(one + other)) == 1
    if test == "mann-whitney" and not is_constant and len(one) + len(other) <= 50:
        found["p"] = mann_whitney_p(one, other)
    return found


def verdict(found, metric, statistic, unit):
    if found.get("p_adjusted") is None:
        return "inconclusive"
    ends = (found.get("ratio_low"), found.get("ratio_high"))
    if all(end is not None and abs(end - 1.0) <= MARGIN for end in ends):
        return "equivalent"
    if found["p_adjusted"] > ALPHA:
        return "inconclusive"
    return "better" if (found["sign"] > 0) == (better(metric, statistic, unit) > 0) else "worse"


COMPARISONS = table("comparisons")
TEST = COMPARISONS[0]["test"] if COMPARISONS else "welch"
ADJUST = COMPARISONS[0]["adjust"] if COMPARISONS else "holm"
ORDER = system_order()
BASELINE = CONFIG.get("baseline") if CONFIG.get("baseline") in ORDER else None
families = {}
for (system, workload, clients, metric, name), rows in GROUPS.items():
    unit = rows[0]["unit"]
    if system in ORDER and name in ("mean", "used") and better(metric, name, unit):
        settings = families.setdefault((metric, name, unit), {})
        settings.setdefault((workload, clients), {})[system] = known(rows, (system, workload, clients, metric, name))
rows = {}
for (metric, name, unit), settings in families.items():
    family = {}
    for (workload, clients), systems in settings.items():
        there = {system for (other, _), some in settings.items() if other == workload for system in some}
        expected = [system for system in ORDER if system in there]
        if BASELINE is None:
            pairs = [(one, other) for place, one in enumerate(expected) for other in expected[place + 1 :]]
        else:
            pairs = [(BASELINE, other) for other in expected if other != BASELINE] if BASELINE in expected else []
        for one, other in pairs:
            sides = (systems.get(one, ("nothing", None)), systems.get(other, ("nothing", None)))
            family[metric, name, workload, clients, one, other] = compare(*sides, TEST)
    tested = [key for key, one in family.items() if one.get("p") is not None]
    adjust = {"holm": holm, "benjamini-hochberg": benjamini_hochberg}.get(ADJUST, list)
    for key, p in zip(tested, adjust([family[key]["p"] for key in tested])):
        family[key]["p_adjusted"] = p
    for one in family.values():
        one["family_size"] = len(tested)
        one |= {"unit": unit, "verdict": verdict(one, metric, name, unit)}
    rows |= family if tested else {}

WORDS = ("unit", "verdict")
EFFECTS = ("n_baseline", "n_system", "baseline_mean", "system_mean", "ratio", "ratio_low", "ratio_high", "p", "p_adjusted",
           "family_size", "p_equivalence", "difference", "difference_low", "difference_high", "hodges_lehmann", "hodges_lehmann_low",
           "hodges_lehmann_high", "hedges_g", "cliffs_delta", "a12", *WORDS)
# Of these the size is that of the means, since they may be next to nothing beside them.
SHIFTS = ("hodges_lehmann", "hodges_lehmann_low", "hodges_lehmann_high", "difference_low", "difference_high")
found = {key + (column,): one.get(column) for key, one in rows.items() for column in EFFECTS}
expected = {}
for row in COMPARISONS:
    key = tuple(row[column] for column in ("metric", "statistic", "workload", "clients", "baseline", "system"))
    expected |= {key + (column,): row[column] if column in WORDS else number(row[column]) for column in EFFECTS}
if found or expected:
    shift = {key: max(abs(one.get("system_mean") or 0.0), abs(one.get("baseline_mean") or 0.0)) for key, one in rows.items()}
    same(
        "effects, p values and verdicts",
        found,
        expected,
        tolerance=TOLERANCE if TEST in ("welch", "mann-whitney") else RANDOM_TOLERANCE,
        exact=lambda key: key[6].startswith("n_") or key[6] == "family_size",
        size=lambda key: shift.get(key[:6], 0.0) if key[6] in SHIFTS else 0.0,
    )
else:
    print("no two systems could be compared")

# %% figures
DASHES = ("-", "--", "-.", ":")
MARKERS = "osD^vPX*"


def shown(kind, name):
    labels = {one["id"]: one.get("label", one["id"]) for one in CONFIG.get(kind, [])}
    # Dollars would begin a formula.
    return labels.get(name, name).replace("$", r"\$")


def finish(figure, axes, title, y):
    axes.set_title(title.replace("$", r"\$"))
    axes.set_ylabel(y.replace("$", r"\$"))
    axes.legend(fontsize="x-small")
    axes.grid(alpha=0.3)
    figure.tight_layout()
    if "ipykernel" in sys.modules:
        plt.show()
    plt.close(figure)


def draw(workload, metric, name):
    """A number over the number of clients, or bars where there is one number of clients; intervals where known."""
    cells = [row for row in CELLS if (row["workload"], row["metric"], row["statistic"]) == (workload, metric, name) and row["value"]]
    systems = list(dict.fromkeys(row["system"] for row in cells))
    figure, axes = plt.subplots(figsize=(7, 4))
    for place, system in enumerate(systems):
        points = sorted((row["clients"] or 0, number(row["value"]), number(row["low"]), number(row["high"])) for row in cells if row["system"] == system)
        xs, ys = [point[0] for point in points], [point[1] for point in points]
        sides = [[y - (low if low is not None else y), (high if high is not None else y) - y] for _, y, low, high in points]
        ends = list(zip(*sides))
        label = shown("systems", system)
        if len({row["clients"] for row in cells}) > 1:
            style = {"linestyle": DASHES[place % 4], "marker": MARKERS[place % 8], "markersize": 4, "capsize": 2}
            axes.errorbar(xs, ys, yerr=ends, label=label, **style)
            axes.set_xlabel("Clients")
        else:
            axes.bar([place], ys[:1], yerr=[[end[0]] for end in ends], label=label, capsize=3)
            axes.set_xticks([])
    finish(figure, axes, f"{shown('workloads', workload)}: {metric}, {name}", cells[0]["unit"])


FIGURES = 0
mains = dict.fromkeys((row["workload"], row["metric"], row["statistic"]) for row in CELLS if row["statistic"] in ("mean", "used") and row["value"])
for workload, metric, name in mains:
    draw(workload, metric, name)
    FIGURES += 1
for metric, name, workload in dict.fromkeys((row["metric"], row["statistic"], row["workload"]) for row in COMPARISONS):
    of = [row for row in COMPARISONS if (row["metric"], row["statistic"], row["workload"]) == (metric, name, workload) and row["ratio"]]
    if of:
        figure, axes = plt.subplots(figsize=(7, 1 + 0.25 * len(of)))
        for place, row in enumerate(reversed(of)):
            low, ratio, high = (number(row[column]) for column in ("ratio_low", "ratio", "ratio_high"))
            axes.plot([low if low is not None else ratio, high if high is not None else ratio], [place, place], color="black")
            axes.plot([ratio], [place], "o", color="black", label=None if place else "ratio of means")
        axes.axvline(1.0, color="gray", linewidth=0.8)
        axes.set_yticks(range(len(of)), [f"{shown('systems', row['system'])} ({row['clients']})" for row in reversed(of)])
        finish(figure, axes, f"{shown('workloads', workload)}: {metric}, {name}", "")
        FIGURES += 1


def plot(lines, title, x, y, **options):
    """Lines of systems over each other, each (system, xs, ys)."""
    figure, axes = plt.subplots(figsize=(7, 4))
    for place, (system, xs, ys) in enumerate(lines):
        axes.plot(xs, ys, label=shown("systems", system), linestyle=DASHES[place % 4], **options)
    axes.set_xlabel(x)
    finish(figure, axes, title, y)


SHARES = [place / 1000 for place in range(1000)] + [place / 10_000 for place in range(9991, 10_000)]


def shares(run, folder):
    """By metric, durations and the share of the requests that took no longer: of requests, or of bins to their upper edges."""
    found = {}
    if run["fidelity"] == "trace":
        read_requests(run, folder)
        times = DB.execute(f"SELECT quantile_disc(service_ns, {SHARES}) FROM requests WHERE {COMPLETE}").fetchone()[0]
        found = {"service_time": ([value / 1e9 for value in times], SHARES)} if times else {}
    elif run["fidelity"] == "histogram":
        query = "SELECT metric, value_ns, count FROM read_parquet(?, hive_partitioning = false) ORDER BY value_ns"
        for metric, high, count in DB.execute(query, [str(folder / "histogram.parquet")]).fetchall():
            times, reached = found.setdefault(metric or "", ([], []))
            times.append(high / 1e9)
            reached.append(count + (reached[-1] if reached else 0))
        found = {metric: (times, [count / reached[-1] for count in reached]) for metric, (times, reached) in found.items()}
    return found


def over_time(run, folder):
    """Memory at each reading, and how fast the time of the processors grew until then, over seconds since the warm-up."""
    read, begin_ns = readings(run, folder), warmup_ns(run)
    memory = [((at - begin_ns) / 1e9, value) for at, value in read.get(("system", "memory"), [])]
    steps = [(at, value, later, more) for (at, value), (later, more) in itertools.pairwise(read.get(("system", "cpu_time"), []))]
    cpu = [((later - begin_ns) / 1e9, (more - value) / (later - at) * 1e9) for at, value, later, more in steps if later > at]
    return {metric: tuple(zip(*points)) for metric, points in (("memory", memory), ("cpu", cpu)) if points}


# The first repetition of each system at the largest number of clients of its workload.
largest = {}
for run, _ in RUNS:
    largest[run["workload"]] = max(largest.get(run["workload"], 0), run["clients"] or 0)
spread, used = {}, {}
for run, folder in RUNS:
    if run["repetition"] == 1 and (run["clients"] or 0) == largest[run["workload"]]:
        for metric, (times, reached) in shares(run, folder).items():
            spread.setdefault((run["workload"], metric), []).append((run["system"], times, reached))
        for metric, (times, values) in over_time(run, folder).items() if run["clients"] else ():
            used.setdefault((run["workload"], metric), []).append((run["system"], times, values))
for (workload, metric), lines in spread.items():
    title = f"{shown('workloads', workload)}: {metric}, {largest[workload]} clients"
    plot(lines, title, f"{metric} (s)", "share of requests", drawstyle="steps-post")
    # Percentiles stand by how many nines they have.
    nines = [(system, *zip(*((-math.log10(1 - share), time) for time, share in zip(times, reached) if share < 1))) for system, times, reached in lines if reached[0] < 1]
    plot(nines, title, "nines of the percentile", f"{metric} (s)")
    FIGURES += 2
for (workload, metric), lines in used.items():
    plot(lines, f"{shown('workloads', workload)}: {metric} over a run, {largest[workload]} clients", "seconds", metric)
    FIGURES += 1
VALUES = {(row["system"], row["workload"], row["clients"], row["metric"]): number(row["value"]) for row in CELLS if row["statistic"] in ("mean", "used")}
for workload, clients in largest.items():
    pairs = [(system, VALUES.get((system, workload, clients or None, "memory")), VALUES.get((system, workload, clients or None, "request_rate"))) for system in dict.fromkeys(row["system"] for row in CELLS)]
    points = [(system, [memory], [rate]) for system, memory, rate in pairs if memory is not None and rate is not None]
    if points:
        plot(points, f"{shown('workloads', workload)}: rate over memory", "memory (B)", "request_rate (1/s)", marker="o")
        FIGURES += 1
print(f"{FIGURES} figures")

# %% claims
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

# %% [markdown] not-checked
# ## What is not checked here
#
# - Effective sizes of runs of more than 2,097,152 requests: vana has none of them.
# - Letters of significance and mean ranks: no table as CSV has them.
# - Numbers restricted to one operation, which the next cell counts, and what else it names.
# - Figures are drawn for the eye and compared with none. Mean ranks, of which no table tells, and latencies of one run over
#   its time are not drawn.
# - Notes, what is printed of a number beside its value, and the words in which a claim's answer is given.
# - Findings: they are doubts, and their rules are in the methodology.
# - Random numbers: no table of a report rests on any. Where a table has a p value of a test that draws, only its size is
#   compared, within 0.02.

# %% verified
left_out = {}
for row in MEASUREMENTS:
    if (row["origin"],) + identity(row) + (row["metric"], row["statistic"]) not in OURS:
        left_out[row["metric"]] = left_out.get(row["metric"], 0) + 1
for what, count in sorted(left_out.items()):
    print(f"not checked: {count} of {what}")
CHECKS = sum(count for _, count in CHECKED)
if not CHECKS:
    raise AssertionError("nothing was compared")
print(f"{CHECKS} checks")
print("VERIFIED")
