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
for run, folder in RUNS:
    if run["fidelity"] == "trace" and run["repetition"] == 1 and FIGURES < 100:
        read_requests(run, folder)
        shares = [place / 1000 for place in range(1001)]
        query = f"SELECT quantile_disc(service_ns, {shares}) FROM requests WHERE {COMPLETE}"
        times = [value / 1e9 for value in DB.execute(query).fetchone()[0] or []]
        if times:
            figure, axes = plt.subplots(figsize=(7, 3))
            axes.step(times, shares, label="share of requests", where="post")
            axes.set_xscale("log" if min(times) > 0 else "linear")
            axes.set_xlabel("service time (s)")
            finish(figure, axes, f"{shown('systems', run['system'])}, {shown('workloads', run['workload'])}, {run['clients']} clients", "")
            FIGURES += 1
print(f"{FIGURES} figures")
