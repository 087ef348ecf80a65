"""Writes one trace with three foreign writers, and reads a study of vana's with three foreign readers.

foreign.py write FOLDER    -> FOLDER/{pyarrow,polars,duckdb}.parquet, the same four requests each
foreign.py read STUDY      -> one line a reader: system, clients, repetition, requests, sum of service_ns
"""

import glob
import sys

import duckdb
import pandas
import polars
import pyarrow
import pyarrow.parquet

REQUESTS = {
    "sent_ns": [0, 1000, 2000, 3000],
    "service_ns": [500, 600, 700, 5_000_000_000],
    "operation": ["GET /", "GET /", "GET /a", "GET /"],
    "outcome": ["ok", "error_status", "ok", "timeout"],
    "status": [200, 503, 200, None],
    "bytes_received": [850, 120, 900, None],
}


def write(folder):
    pyarrow.parquet.write_table(pyarrow.table(REQUESTS), f"{folder}/pyarrow.parquet")
    polars.DataFrame(REQUESTS).write_parquet(f"{folder}/polars.parquet")
    frame = pandas.DataFrame(REQUESTS)
    frame["status"] = frame["status"].astype("Int32")
    frame["bytes_received"] = frame["bytes_received"].astype("Int64")
    duckdb.sql("copy frame to '%s' (format parquet)" % f"{folder}/duckdb.parquet")


def read(study):
    pattern = f"{study}/runs/**/trace.parquet"
    by = "system, clients, repetition"
    rows = duckdb.sql(
        f"select {by}, count(*), sum(service_ns)::bigint from read_parquet('{pattern}', hive_partitioning = true)"
        f" where outcome = 'ok' group by all order by {by}"
    ).fetchall()
    show("duckdb", rows)

    keys = ["system", "clients", "repetition"]
    frame = polars.scan_parquet(pattern, hive_partitioning=True)
    frame = frame.filter(polars.col("outcome").cast(polars.String) == "ok").group_by(keys)
    frame = frame.agg(polars.len().alias("n"), polars.col("service_ns").sum()).sort(keys).collect()
    show("polars", frame.rows())

    traces = sorted(glob.glob(pattern, recursive=True))
    frame = pandas.read_parquet(traces, partitioning="hive", filters=[("outcome", "==", "ok")])
    groups = frame.groupby(["system", "clients", "repetition"], observed=True)["service_ns"].agg(["size", "sum"])
    show("pandas", [(*key, *values) for key, values in zip(groups.index, groups.itertuples(index=False))])


def show(reader, rows):
    for row in rows:
        print(reader, *row)


if __name__ == "__main__":
    {"write": write, "read": read}[sys.argv[1]](sys.argv[2])
