"""Runs the real sysbench and keeps the histogram and the percentile it printed, for the tests of src/sysbench.rs.

Prints lines of `PERCENTILE PRINTED VALUE:COUNT ...`, everything in milliseconds, for reference/sysbench.txt.
"""

import re
import subprocess
from pathlib import Path

SCRIPT = Path(__file__).with_name("sysbench.lua")

for percentile, events in [(95, 200), (50, 101), (99, 33), (1, 40), (100, 7), (25, 1), (75, 2)]:
    command = ["sysbench", str(SCRIPT), "--histogram", f"--percentile={percentile}", f"--events={events}", "--time=0", "run"]
    printed = subprocess.run(command, capture_output=True, text=True, check=True).stdout
    bars = re.findall(r"^ *([0-9.]+) \|\**\s+([0-9]+)$", printed, re.M)
    assert sum(int(count) for _, count in bars) == events
    value = re.search(r"percentile: +([0-9.]+)", printed)[1]
    print(percentile, value, *(f"{middle}:{count}" for middle, count in bars))
