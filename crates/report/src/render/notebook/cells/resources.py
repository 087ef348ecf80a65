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
