"""Statistics of service time for each run of a study, by Polars: STUDY OUT all|quantiles together|each THREADS.

`together` asks one lazy query of the whole study, `each` one of each run. Writes one number a line; prints the seconds
that the queries took, without the start of Python.
"""

import csv
import glob
import os
import sys
import time

os.environ["POLARS_MAX_THREADS"] = sys.argv[5]
import polars as pl  # noqa: E402

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
RUN = ["system", "clients", "repetition"]


def query(source, wants_all):
    # Of one run, too: without its one group, each quantile selects anew, which takes twice as long.
    service = pl.col("service_ns")
    rows = (
        pl.scan_parquet(source, hive_partitioning=True)
        .filter(pl.col("outcome").cast(pl.String).is_in(["ok", "error_status"]))
        .select(*RUN, service)
    )
    wanted = [service.quantile(q, "linear").alias(name) for name, q in QUANTILES.items()]
    if wants_all:
        mean, stdev = service.mean(), service.std()
        wanted += [
            pl.len().alias("count"),
            mean.alias("mean"),
            stdev.alias("stdev"),
            service.min().alias("min"),
            service.max().alias("max"),
            ((service >= mean - stdev) & (service <= mean + stdev)).mean().alias("within_stdev"),
        ]
    return rows.group_by(RUN).agg(wanted).collect(engine="streaming").to_dicts()


def main():
    study, out, what, how, _ = sys.argv[1:]
    pattern = f"{study}/runs/*/*/*/*/trace.parquet"
    begin = time.perf_counter()
    sources = [pattern] if how == "together" else glob.glob(pattern)
    runs = [run for source in sources for run in query(source, what == "all")]
    seconds = time.perf_counter() - begin
    with open(out, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["system", "clients", "repetition", "statistic", "value"])
        for values in runs:
            run = [values.pop(name) for name in RUN]
            for name, value in values.items():
                scale = 1 if name in ("count", "within_stdev") else 1e9
                writer.writerow([*run, name, repr(value / scale)])
    print(seconds)


main()
