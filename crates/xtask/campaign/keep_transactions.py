"""Thins a study of `vana load sql`: of each trace the rows of whole transactions stay, those of statements go.

    keep_transactions.py STUDY [FOLDER…]

What is said of transactions stays the same to the last digit; query_rate and statistics by statement are lost, except in runs
that lie in folders of all these names, as repetition=1 clients=1: they stay whole. run.json says so (attribute `thinned`),
its counts by outcome are those of the rows that stay, and SHA256SUMS is made anew.
"""

import collections
import hashlib
import json
import pathlib
import sys

import pyarrow.compute as pc
import pyarrow.parquet as pq

study = pathlib.Path(sys.argv[1])
whole = set(sys.argv[2:])
for path in sorted(study.glob("runs/**/trace.parquet")):
    if whole and whole <= set(path.parts):
        continue
    table = pq.read_table(path, partitioning=None)
    kept = table.filter(pc.equal(table["operation"].cast("string"), "transaction"))
    # Stamps count from the first row that was sent, which was a transaction.
    assert kept["sent_ns"][0].as_py() == 0, path
    pq.write_table(kept, path, compression="zstd", use_dictionary=["operation", "outcome"])
    described = path.with_name("run.json")
    run = json.loads(described.read_text())
    outcomes = collections.Counter(kept["outcome"].cast("string").to_pylist())
    run["outcomes"] = dict(sorted(outcomes.items()))
    run["attributes"]["thinned"] = f"{kept.num_rows} rows of transactions of {table.num_rows}"
    described.write_text(json.dumps(run, indent=2) + "\n")

lines = []
for path in sorted(study.rglob("*")):
    if path.is_file() and path.name != "SHA256SUMS":
        lines.append(f"{hashlib.sha256(path.read_bytes()).hexdigest()}  {path.relative_to(study).as_posix()}\n")
(study / "SHA256SUMS").write_text("".join(lines))
