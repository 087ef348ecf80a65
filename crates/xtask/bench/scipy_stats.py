"""Times SciPy's side of `bench stats`, one thread: one line a task, `task seconds numbers...`, separated by tabs.

Data, tasks and names are those of crates/stats/examples/bench_stats.rs.
"""

import statistics
import time

import numpy as np
from scipy import stats

RESAMPLES = 9_999


def values(count, prime, by):
    return np.sqrt(7919 * np.arange(1, count + 1, dtype=np.int64) % prime) + by


def timed(task, work, times=5):
    seconds = []
    for _ in range(times):
        begin = time.perf_counter()
        numbers = work()
        seconds.append(time.perf_counter() - begin)
    print(task, statistics.median(seconds), *map(float, numbers), sep="\t", flush=True)


def bootstrap(data, statistic):
    # In batches that fit the cache, as is fastest.
    found = stats.bootstrap((data,), statistic, n_resamples=RESAMPLES, method="BCa", confidence_level=0.95,
                            batch=max(1, 300_000 // len(data)), random_state=np.random.default_rng(1))
    return found.confidence_interval


def permutation(system, baseline):
    difference = lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis)
    found = stats.permutation_test((system, baseline), difference, vectorized=True, n_resamples=RESAMPLES,
                                   random_state=np.random.default_rng(1))
    return found.statistic, found.pvalue


def main():
    for count in [30, 10_000]:
        data = values(count, 1009, 0.0)
        for name, statistic in [("mean", np.mean), ("median", np.median)]:
            timed(f"BCa of a {name}, n = {count}", lambda: bootstrap(data, statistic), 5 if count == 30 else 1)
    few, many = ([values(count, 1_000_003, by) for by in (0.3, 0.0)] for count in (20, 1_000_000))
    timed("mann-whitney, 20 + 20", lambda: stats.mannwhitneyu(*few, method="exact"))
    timed("mann-whitney, 1 M + 1 M", lambda: stats.mannwhitneyu(*many, method="asymptotic"))
    timed("permutation, 20 + 20", lambda: permutation(*few))


main()
