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
