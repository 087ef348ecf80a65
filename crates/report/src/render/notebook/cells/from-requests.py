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
