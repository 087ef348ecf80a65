"""Reference values for the BCa bootstrap: SciPy's intervals from 100,000 resamples.

Prints rows of `statistic level low high values...` for reference/bootstrap.tsv.
"""

import numpy as np
from scipy import stats

for n in [5, 8, 30, 101]:
    values = np.random.default_rng(n).lognormal(0, 0.7, n)
    statistics = {"mean": np.mean, "p50": np.median, "p90": lambda x, axis: np.quantile(x, 0.9, axis=axis)}
    for name, statistic in statistics.items():
        if name == "p90" and n < 100:
            continue  # so few values come up that an end may jump between two of them
        for level in [0.9, 0.95]:
            found = stats.bootstrap((values,), statistic, confidence_level=level, n_resamples=100_000, method="BCa",
                                    batch=1000, random_state=np.random.default_rng(1))
            interval = found.confidence_interval
            print(name, level, float(interval.low), float(interval.high), *map(float, values), sep="\t")
