"""Reads another tool's file and writes the columns of a trace, by DuckDB: FILE OUT jtl|k6 ordered|as-read THREADS.

Prints the seconds that the query took, without the start of Python.
"""

import sys
import time

import duckdb

JTL = """
SELECT timeStamp * 1000000 AS sent_ns, elapsed * 1000000 AS service_ns,
    CASE WHEN Latency > 0 THEN least(Latency, elapsed) * 1000000 END AS first_byte_ns, label AS operation,
    CASE WHEN success THEN 'ok'
        WHEN responseCode NOT LIKE 'Non HTTP response code: %' THEN 'error_status'
        WHEN responseCode LIKE '%.SocketTimeoutException' THEN 'timeout'
        WHEN responseCode LIKE '%.SocketException' THEN 'reset' ELSE 'protocol' END AS outcome,
    TRY_CAST(responseCode AS USMALLINT) AS status, sentBytes AS bytes_sent, bytes AS bytes_received
FROM read_csv('{file}', header = true, auto_detect = false, delim = ',', quote = '"', escape = '"', columns = {{
    'timeStamp': 'BIGINT', 'elapsed': 'BIGINT', 'label': 'VARCHAR', 'responseCode': 'VARCHAR',
    'responseMessage': 'VARCHAR', 'threadName': 'VARCHAR', 'dataType': 'VARCHAR', 'success': 'BOOLEAN',
    'failureMessage': 'VARCHAR', 'bytes': 'BIGINT', 'sentBytes': 'BIGINT', 'grpThreads': 'INT', 'allThreads': 'INT',
    'URL': 'VARCHAR', 'Latency': 'BIGINT', 'IdleTime': 'BIGINT', 'Connect': 'BIGINT'}})
"""

# k6 stamps the end of a request. Nanoseconds are cast apart, because a time zone and they do not go together.
K6 = """
SELECT done_ns - service_ns AS sent_ns, service_ns, operation, outcome, status, NULL::BIGINT AS bytes_sent,
    NULL::BIGINT AS bytes_received, NULL::BIGINT AS first_byte_ns
FROM (
    SELECT epoch_ns(data.time::TIMESTAMPTZ) // 1000000000 * 1000000000
            + rpad(regexp_extract(data.time, '[.]([0-9]+)', 1), 9, '0')::BIGINT AS done_ns,
        round(data.value * 1e6)::BIGINT AS service_ns, data.tags.method || ' ' || data.tags.name AS operation,
        CASE WHEN data.tags.status = '0' AND data.tags.error_code = '1050' THEN 'timeout'
            WHEN data.tags.status = '0' THEN 'reset'
            WHEN data.tags.expected_response = 'true' THEN 'ok' ELSE 'error_status' END AS outcome,
        nullif(data.tags.status, '0')::USMALLINT AS status
    FROM read_json('{file}', format = 'newline_delimited', auto_detect = false, columns = {{
        'metric': 'VARCHAR', 'type': 'VARCHAR',
        'data': 'STRUCT("time" VARCHAR, "value" DOUBLE, tags STRUCT(error_code VARCHAR, expected_response VARCHAR,
            "method" VARCHAR, "name" VARCHAR, status VARCHAR))'}})
    WHERE metric = 'http_req_duration' AND type = 'Point')
"""


def main():
    file, out, kind, order, threads = sys.argv[1:]
    select = (JTL if kind == "jtl" else K6).format(file=file)
    if order == "ordered":
        select += " ORDER BY sent_ns"
    begin = time.perf_counter()
    connection = duckdb.connect(config={"threads": int(threads)})
    if order != "ordered":
        connection.execute("SET preserve_insertion_order = false")
    connection.execute(f"COPY ({select}) TO '{out}' (FORMAT parquet, COMPRESSION zstd)")
    print(time.perf_counter() - begin)


main()
