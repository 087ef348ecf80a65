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
