"""Fails unless two Parquet files hold the same requests, by counts and sums: ONE OTHER. Stamps may differ in origin."""

import sys

import duckdb

SUMS = """
SELECT outcome::VARCHAR AS outcome, operation::VARCHAR AS operation, count(*), sum(service_ns), sum(first_byte_ns),
    sum(status), sum(bytes_sent), sum(bytes_received), sum(sent_ns - (SELECT min(sent_ns) FROM '{file}'))
FROM '{file}' GROUP BY ALL ORDER BY ALL
"""

one, other = (duckdb.sql(SUMS.format(file=file)).fetchall() for file in sys.argv[1:])
if one != other:
    sys.exit(f"the rows differ:\n{one}\n{other}")
