"""Distances of empirical distributions, by SciPy: two columns, Kolmogorov-Smirnov, Wasserstein-1."""

import numpy
from scipy.stats import ks_2samp, wasserstein_distance

random = numpy.random.default_rng(20260101)
pairs = [([5], [5]), ([1], [4]), ([1, 2, 3], [1, 2, 3]), ([1, 1, 2], [1, 3]), ([-5, 0, 7], [10, 20])]
for first, second in [(30, 30), (50, 17), (200, 201)]:
    pairs.append((random.geometric(0.01, first), random.geometric(0.02, second)))
    pairs.append((random.integers(-10**12, 10**12, first), random.integers(-10**12, 10**12, second)))
with open("distance.tsv", "w") as out:
    for first, second in pairs:
        first, second = sorted(map(int, first)), sorted(map(int, second))
        columns = [",".join(map(str, column)) for column in (first, second)]
        numbers = [ks_2samp(first, second).statistic, wasserstein_distance(first, second)]
        out.write("\t".join(columns + [repr(float(number)) for number in numbers]) + "\n")
