"""Reference values for Hartigan's dip, from the package diptest (a port of R's diptest).

Prints rows of `kind n dip` for reference/dip.tsv and, with the argument `p`, `kind n p` for reference/dip_p.tsv, p
interpolated in the package's table of a million simulations. The kinds are those of the test in src/dip.rs.
"""

import math
import sys

import diptest
import numpy as np

KINDS = {
    "root": lambda i, s: math.sqrt(s),
    "two": lambda i, s: s + (1500 if i % 3 == 0 else 0),
    "ties": lambda i, s: s // 100,
    "cubes": lambda i, s: (s / 100) ** 3 + 400 * (i % 4),
}


def values(kind, n):
    return np.array([float(KINDS[kind](i, 7919 * i % 1009)) for i in range(1, n + 1)])


if sys.argv[1:] == ["p"]:
    for kind, n in [("root", 20), ("cubes", 12), ("two", 15), ("two", 20), ("two", 24), ("cubes", 30), ("cubes", 40), ("ties", 9)]:
        print(kind, n, float(diptest.diptest(values(kind, n))[1]), sep="\t")
else:
    for kind in KINDS:
        for n in [4, 5, 7, 10, 15, 20, 50, 100, 333, 1000, 5000]:
            print(kind, n, float(diptest.dipstat(values(kind, n), allow_zero=False)), sep="\t")
