"""Statistics of service time for each run of a study, by DuckDB: STUDY OUT all|quantiles together|each THREADS.

`together` asks one query of the whole study, `each` one query of each run. Writes one number a line; prints the
seconds that the queries took, without the start of Python.
"""

import csv
import glob
import re
import sys
import time

import duckdb

QUANTILES = {"p50": 0.5, "p90": 0.9, "p95": 0.95, "p99": 0.99, "p99.9": 0.999}
MOMENTS = {
    "count": "count(*)",
    "mean": "avg(service_ns)",
    "stdev": "stddev_samp(service_ns)",
    "min": "min(service_ns)",
    "max": "max(service_ns)",
}
RUN = ["system", "clients", "repetition"]


def query(source, wants_all, keys):
    """The statistics by `keys`; without any, of all rows, so that one run needs neither groups nor a join by key."""
    key = "".join(f"{name}, " for name in keys)
    join = f"JOIN moments USING ({', '.join(keys)})" if keys else "CROSS JOIN moments"
    rows = f"""SELECT {key} service_ns FROM read_parquet('{source}', hive_partitioning = {bool(keys)})
        WHERE outcome IN ('ok', 'error_status')"""
    quantiles = f"quantile_cont(service_ns, [{', '.join(map(str, QUANTILES.values()))}])"
    if not wants_all:
        return f"SELECT {key} {quantiles} FROM ({rows}) GROUP BY ALL"
    moments = ", ".join(f'{sql} AS "{name}"' for name, sql in MOMENTS.items())
    return f"""WITH moments AS (SELECT {key} {moments}, {quantiles} AS quantiles FROM ({rows}) GROUP BY ALL),
        within AS (
            SELECT {key} avg((service_ns BETWEEN mean - stdev AND mean + stdev)::INT) AS within_stdev
            FROM ({rows}) {join} GROUP BY ALL)
        SELECT {key} {", ".join(f'"{name}"' for name in MOMENTS)}, within_stdev, quantiles FROM within {join}"""


def identity(path):
    return [re.search(f"/{name}=([^/]*)/", path)[1] for name in RUN]


def main():
    study, out, what, how, threads = sys.argv[1:]
    names = [*MOMENTS, "within_stdev"] if what == "all" else []
    pattern = f"{study}/runs/*/*/*/*/trace.parquet"
    begin = time.perf_counter()
    connection = duckdb.connect(config={"threads": int(threads)})
    if how == "together":
        runs = connection.execute(query(pattern, what == "all", RUN)).fetchall()
    else:
        paths = glob.glob(pattern)
        runs = [(*identity(path), *connection.execute(query(path, what == "all", [])).fetchone()) for path in paths]
    seconds = time.perf_counter() - begin
    with open(out, "w", newline="") as file:
        writer = csv.writer(file, lineterminator="\n")
        writer.writerow(["system", "clients", "repetition", "statistic", "value"])
        for *run, quantiles in runs:
            values = dict(zip(names, run[3:])) | dict(zip(QUANTILES, quantiles))
            for name, value in values.items():
                scale = 1 if name in ("count", "within_stdev") else 1e9
                writer.writerow([*run[:3], name, repr(value / scale)])
    print(seconds)


main()
