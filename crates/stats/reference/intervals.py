"""Reference values for Sample's intervals: SciPy's t interval and exact order-statistic intervals of the median.

Values are sqrt(7919*i mod 1009), i = 1 .. n. Prints rows of `n level mean stdev t-low t-high k
level-reached` for reference/intervals.tsv; k counts the order statistic of the lower end from 0, and is - when there is none.
"""

import numpy as np
from scipy import stats

for n in [2, 3, 5, 6, 10, 30, 100, 2000]:
    values = np.sqrt([7919 * i % 1009 for i in range(1, n + 1)])
    for level in [0.9, 0.95, 0.99]:
        low, high = stats.t.interval(level, n - 1, loc=values.mean(), scale=stats.sem(values))
        k = None
        for candidate in range(n // 2 + 1):
            if 2 * candidate < n - 1 and 1 - 2 * stats.binom.cdf(candidate, n, 0.5) >= level:
                k = candidate
        median = ["-", "-"] if k is None else [k, float(1 - 2 * stats.binom.cdf(k, n, 0.5))]
        numbers = [float(x) for x in (values.mean(), values.std(ddof=1), low, high)]
        print(n, level, *numbers, *median, sep="\t")
