"""Reference values for the nine quantile types: NumPy's methods, checked against SciPy's mquantiles.

Values are 7919*i mod 1009, i = 1 .. n, so the tests can make them again. Prints rows of
`n percent type1 ... type9` for reference/quantiles.tsv.
"""

from fractions import Fraction

import numpy as np
from scipy.stats import mstats

METHODS = [
    "inverted_cdf",
    "averaged_inverted_cdf",
    "closest_observation",
    "interpolated_inverted_cdf",
    "hazen",
    "weibull",
    "linear",
    "median_unbiased",
    "normal_unbiased",
]
# SciPy's (alphap, betap) of types 4 to 9.
MQUANTILES = [(0, 1), (0.5, 0.5), (0, 0), (1, 1), (1 / 3, 1 / 3), (3 / 8, 3 / 8)]

for n in [1, 2, 3, 10, 11, 1000]:
    values = np.array([7919 * i % 1009 for i in range(1, n + 1)])
    ordered = sorted(values.tolist())
    for percent in ["0", "1", "10", "25", "50", "75", "90", "99", "99.9", "100"]:
        exact = Fraction(percent) / 100
        p = float(exact)
        row = [float(np.quantile(values, p, method=m)) for m in METHODS]
        for index, (alphap, betap) in enumerate(MQUANTILES, start=3):
            if n > 1:
                other = float(mstats.mquantiles(values, [p], alphap, betap)[0])
                assert abs(other - row[index]) < 1e-9, (n, percent, index + 1, other, row[index])
        # Types 1 to 3 jump: check NumPy's floating-point ranks against whole numbers.
        rank = -(-exact * n // 1)
        one = ordered[int(max(rank, 1)) - 1]
        position = exact * n
        if position.denominator == 1 and 1 <= position < n:
            two = (ordered[int(position) - 1] + ordered[int(position)]) / 2
        else:
            two = one
        below = (exact * n - Fraction(1, 2)).__floor__()
        tie = exact * n - Fraction(1, 2) == below and below % 2 == 0
        three = ordered[min(max(below if tie else below + 1, 1), n) - 1]
        assert row[:3] == [one, two, three], (n, percent, row[:3], one, two, three)
        print(n, percent, *(repr(v) for v in row), sep="\t")
