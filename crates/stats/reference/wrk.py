"""Runs the real wrk against a server with planned pauses and keeps what it printed, for the tests of src/wrk.

Usage: wrk.py FOLDER. Writes FOLDER/<case>.txt with lines of
`run NAME NUMBER`, `latency|requests mean|stdev|within|percentile|entry ...` and `raw VALUE COUNT`.

wrk only gives out the corrected histogram. The correction can be undone: sample n adds samples at n - interval, n -
2 interval, ..., so count(m) - count(m + interval) are those that were measured. That their sum is the number of requests
wrk counted, and none is negative, shows that interval and rule are understood.
"""

import asyncio
import os
import re
import subprocess
import sys
import threading
from pathlib import Path

HERE = Path(__file__).parent
RESPONSE = b"HTTP/1.1 200 OK\r\nContent-Length: 2\r\n\r\nok"

# name: (pause in seconds before answer i of a connection, threads, connections, seconds, timeout in seconds, pipeline)
CASES = {
    # Mostly 20 ms, each tenth answer 150 ms: the correction adds samples.
    "stalls": (lambda i: 0.150 if i % 10 == 9 else 0.020, 1, 2, 3, 2, 1),
    # Two answers slower than the timeout.
    "timeouts": (lambda i: 1.2 if i == 20 else 0.04, 1, 2, 3, 1, 1),
    # Eight requests at once: the interval is an eighth of the latency, and samples are added below the smallest.
    "pipeline": (lambda i: 0.030 + 0.001 * (i % 5), 1, 1, 2, 2, 8),
    # One answer every 300 ms: two of three windows are empty.
    "gaps": (lambda i: 0.150 if i == 0 else 0.300, 1, 1, 3, 2, 1),
    # Two threads, each with a connection.
    "threads": (lambda i: 0.033, 2, 2, 2, 2, 1),
}


def serve(pause, pipeline):
    """Starts a server on a free port; gives the port."""
    ready = threading.Event()
    port = []

    async def answer(reader, writer):
        index = 0
        try:
            while True:
                for _ in range(pipeline):
                    await reader.readuntil(b"\r\n\r\n")
                await asyncio.sleep(pause(index))
                writer.write(RESPONSE * pipeline)
                index += 1
        except (asyncio.IncompleteReadError, ConnectionError):
            writer.close()

    async def main():
        server = await asyncio.start_server(answer, "127.0.0.1", 0)
        port.append(server.sockets[0].getsockname()[1])
        ready.set()
        await server.serve_forever()

    threading.Thread(target=lambda: asyncio.run(main()), daemon=True).start()
    ready.wait()
    return port[0]


def undo(entries, interval):
    """The measured samples among the corrected ones."""
    corrected = dict(entries)
    raw = {}
    for value, count in entries:
        above = corrected.get(value + interval, 0) if value > interval else 0
        assert count >= above, (value, count, above)
        if count > above:
            raw[value] = count - above
    return raw


def run(name, folder):
    pause, threads, connections, seconds, timeout, pipeline = CASES[name]
    port = serve(pause, pipeline)
    path = folder / f"{name}.txt"
    command = ["wrk", f"-t{threads}", f"-c{connections}", f"-d{seconds}s", f"--timeout={timeout}s", "--latency"]
    command += ["-s", str(HERE / "wrk.lua"), f"http://127.0.0.1:{port}/"]
    environment = {**os.environ, "WRK_DUMP": str(path), "WRK_PIPELINE": str(pipeline)}
    printed = subprocess.run(command, env=environment, capture_output=True, text=True, check=True).stdout
    lines = path.read_text().splitlines()
    fields = [line.split() for line in lines]
    facts = {f[1]: int(f[2]) for f in fields if f[0] == "run"}
    entries = [(int(f[2]), int(f[3])) for f in fields if f[:2] == ["latency", "entry"]]
    interval = facts["runtime_us"] // (facts["complete"] // connections)
    raw = undo(entries, interval)
    measured = facts["complete"] // pipeline - facts["timeouts"]
    assert sum(raw.values()) == measured, (name, sum(raw.values()), measured)
    within = {key: re.search(rf"{label} .* ([0-9.]+)%", printed)[1] for key, label in
              [("latency", "Latency"), ("requests", "Req/Sec")]}
    lines += [f"run connections {connections}", f"run timeout_us {timeout * 1000000}"]
    lines += [f"{key} within {value}" for key, value in within.items()]
    lines += [f"raw {value} {count}" for value, count in raw.items()]
    path.write_text("\n".join(lines) + "\n")
    added = sum(count for _, count in entries) - measured
    print(f"{name}: {measured} measured, interval {interval} us, {added} added and visible", printed, sep="\n")


for case in CASES:
    run(case, Path(sys.argv[1]))
