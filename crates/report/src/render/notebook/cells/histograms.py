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
