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
