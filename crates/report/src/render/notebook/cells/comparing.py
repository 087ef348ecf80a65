CHECKED = []
NUMBERS = ("clients", "repetition", "n", "n_baseline", "n_system", "family_size")


def table(name):
    """The rows of a table of vana's; None where a field is empty."""
    path = TABLES / f"{name}.csv"
    if not path.exists():
        return []
    with path.open(encoding="utf-8", newline="") as file:
        rows = [{key: text if text else None for key, text in row.items()} for row in csv.DictReader(file)]
    for row in rows:
        for key in NUMBERS:
            if row.get(key) is not None:
                row[key] = int(row[key])
        # A name may be empty, and is no missing value.
        for key in ("system", "workload", "baseline"):
            if key in row and row[key] is None:
                row[key] = ""
    return rows


def number(text):
    return None if text is None else float(text)


def differs(ours, vanas, tolerance, size):
    if ours is None or vanas is None or isinstance(ours, str) or isinstance(vanas, str):
        return ours != vanas
    return not abs(ours - vanas) <= tolerance * max(abs(ours), abs(vanas), size)


def same(what, ours, vanas, tolerance=TOLERANCE, exact=lambda key: False, size=lambda key: 0.0):
    """A full outer join of two computations by key; stops when a key or a value differs, or when there is nothing."""
    wrong = []
    for key in sorted(ours.keys() | vanas.keys(), key=repr):
        if key not in ours:
            wrong.append(f"{key}: vana has {vanas[key]}, and nothing here gives it")
        elif key not in vanas:
            wrong.append(f"{key}: {ours[key]} here, and vana does not have it")
        elif differs(ours[key], vanas[key], 0.0 if exact(key) else tolerance, size(key)):
            wrong.append(f"{key}: {ours[key]} here, {vanas[key]} by vana")
    if not ours and not vanas:
        wrong.append("there is nothing to compare")
    if wrong:
        raise AssertionError(f"{what}: {len(wrong)} differ\n" + "\n".join(wrong[:10]))
    CHECKED.append((what, len(ours)))
    print(f"{what}: {len(ours)} agree")


def identity(row):
    return (row["system"], row["workload"], row["clients"], row["repetition"])


MEASUREMENTS = table("measurements")
if not MEASUREMENTS:
    raise AssertionError(f"{TABLES / 'measurements.csv'}: no rows, so nothing can be compared")
RUNS = []
for path in sorted(STUDY.glob("runs/*/*/*/*/run.json")):
    run = json.loads(path.read_text(encoding="utf-8"))
    run["clients"] = run.get("clients")
    RUNS.append((run, path.parent))
OURS = set()


def vanas(origin, metrics=None, runs=None):
    """Measurements of an origin as lists by key, since a publication may print a number twice."""
    found = {}
    for row in MEASUREMENTS:
        is_wanted = row["origin"] == origin and row["operation"] is None
        if not is_wanted or (metrics and row["metric"] not in metrics) or (runs is not None and identity(row) not in runs):
            continue
        key = identity(row) + (row["metric"], row["statistic"])
        place = sum(1 for known in found if known[:-1] == key) if origin == "published" else 0
        found[key + (place,)] = number(row["value"])
        OURS.add((origin,) + key)
    return found
