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
