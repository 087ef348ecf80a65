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
