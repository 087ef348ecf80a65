left_out = {}
for row in MEASUREMENTS:
    if (row["origin"],) + identity(row) + (row["metric"], row["statistic"]) not in OURS:
        left_out[row["metric"]] = left_out.get(row["metric"], 0) + 1
for what, count in sorted(left_out.items()):
    print(f"not checked: {count} of {what}")
CHECKS = sum(count for _, count in CHECKED)
if not CHECKS:
    raise AssertionError("nothing was compared")
print(f"{CHECKS} checks")
print("VERIFIED")
