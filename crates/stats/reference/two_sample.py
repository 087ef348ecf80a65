"""Reference values for tests and effects of two samples, from SciPy where it has the method, else from its definition.

Prints rows of `method kind baseline system numbers...` for reference/two_sample.tsv. SciPy has no exact Mann-Whitney
test with ties but by trying all splits; where those are too many, all rank sums are counted in whole numbers. A row
ends in `-` where there is no such number.
"""

import itertools
import math
import warnings
from collections import Counter

import numpy as np
from scipy import special, stats

warnings.simplefilter("ignore")
SIZES = [(1, 1), (1, 4), (2, 2), (2, 3), (3, 3), (3, 5), (5, 5), (6, 7), (8, 7), (10, 12), (20, 20), (25, 25), (4, 46),
         (20, 31), (30, 60), (60, 60)]
KINDS = {
    "skewed": lambda rng, n, at: rng.lognormal(at, 0.5, n),
    "ties": lambda rng, n, at: np.floor(rng.normal(4 + at, 2, n)),
    "far": lambda rng, n, at: 1000 + rng.normal(at, 1, n),
    "tiny": lambda rng, n, at: 1e-60 * rng.normal(5 + at, 1, n),
    "huge": lambda rng, n, at: -1e60 * rng.normal(5 + at, 2, n),
    "constant": lambda rng, n, at: np.full(n, 3.0) if at else rng.normal(3, 1, n),
}
LEVEL, MARGIN, EXACT = 0.95, 0.25, 50


def welch(b, s):
    if min(len(b), len(s)) < 2:
        return None
    found = stats.ttest_ind(s, b, equal_var=False)
    return found.statistic, found.pvalue, *found.confidence_interval(LEVEL)


def rank_sums(doubled, chosen):
    """How many of the ways to choose have which sum of doubled ranks."""
    ways = [Counter() for _ in range(chosen + 1)]
    ways[0][0] = 1
    for rank in doubled:
        for count in range(chosen, 0, -1):
            for total, number in ways[count - 1].items():
                ways[count][total + rank] += number
    return ways[chosen]


def mann_whitney(b, s):
    n = len(b) + len(s)
    ties = len(set(b) | set(s)) < n
    if n > EXACT or not ties:
        found = stats.mannwhitneyu(s, b, method="asymptotic" if n > EXACT else "exact")
        return found.statistic, found.pvalue
    doubled = [round(2 * rank) for rank in stats.rankdata(np.concatenate([s, b]))]
    sums, seen = rank_sums(doubled, len(s)), sum(doubled[: len(s)])
    below = sum(number for total, number in sums.items() if total <= seen)
    above = sum(number for total, number in sums.items() if total >= seen)
    p = min(1.0, 2 * min(below, above) / math.comb(n, len(s)))
    if min(len(b), len(s)) > 1 and math.comb(n, len(s)) < 5000:
        scipy = stats.mannwhitneyu(s, b, method=stats.PermutationMethod(n_resamples=np.inf)).pvalue
        assert abs(p - scipy) < 1e-12, (p, scipy)
    return stats.mannwhitneyu(s, b).statistic, p


def permutation(b, s):
    if min(len(b), len(s)) < 2 or math.comb(len(b) + len(s), len(s)) > 9999:
        return None
    difference = lambda x, y, axis: np.mean(x, axis=axis) - np.mean(y, axis=axis)
    found = stats.permutation_test((s, b), difference, vectorized=True, n_resamples=np.inf)
    return found.statistic, found.pvalue


def brown_forsythe(b, s):
    if min(len(b), len(s)) < 3:
        return None
    return tuple(stats.levene(b, s, center="median"))


def fligner_killeen(b, s):
    if min(len(b), len(s)) < 3:
        return None
    return tuple(stats.fligner(b, s, center="median"))


def kolmogorov_smirnov(b, s):
    return tuple(stats.ks_2samp(b, s, method="exact"))[:2]


def hodges_lehmann(b, s):
    differences = np.sort(np.subtract.outer(s, b).ravel())
    n1, n2 = len(b), len(s)
    if n1 + n2 <= EXACT:
        sums = rank_sums(range(1, n1 + n2 + 1), n2)
        total, left, k = math.comb(n1 + n2, n2), 0, 0
        for u in range(n1 * n2 + 1):
            left += sums[u + n2 * (n2 + 1) // 2]
            if 2 * left > (1 - LEVEL) * total:
                break
            k = u + 1
    else:
        stdev = math.sqrt(n1 * n2 * (n1 + n2 + 1) / 12)
        k = math.floor(n1 * n2 / 2 - 0.5 - stats.norm.ppf((1 + LEVEL) / 2) * stdev) + 1
    return np.median(differences), *((differences[k - 1], differences[-k]) if k > 0 else ("-", "-"))


def hedges_g(b, s):
    freedom = len(b) + len(s) - 2
    if min(len(b), len(s)) < 2:
        return None
    pooled = math.sqrt(((len(b) - 1) * b.var(ddof=1) + (len(s) - 1) * s.var(ddof=1)) / freedom)
    unbiased = math.exp(special.gammaln(freedom / 2) - special.gammaln((freedom - 1) / 2)) / math.sqrt(freedom / 2)
    return (unbiased * (s.mean() - b.mean()) / pooled,)


def dominance(b, s):
    signs = np.sign(np.subtract.outer(s, b))
    return signs.mean(), (signs.mean() + 1) / 2


def ratio(b, s):
    """Fieller's interval by the roots of a polynomial, and two one-sided tests."""
    if min(len(b), len(s)) < 2:
        return None
    scale = abs(b.mean())
    b, s = b / scale, s / scale
    mb, ms, vb, vs = b.mean(), s.mean(), b.var(ddof=1) / len(b), s.var(ddof=1) / len(s)
    found = ms / mb
    freedom = (vs + found**2 * vb) ** 2 / (vs**2 / (len(s) - 1) + found**4 * vb**2 / (len(b) - 1))
    t = stats.t.ppf((1 + LEVEL) / 2, freedom)
    square = mb**2 - t**2 * vb
    ends = np.sort(np.roots([square, -2 * mb * ms, ms**2 - t**2 * vs])) if square > 0 else ("-", "-")
    above = lambda bound: np.sign(mb) * (ms - bound * mb) / math.sqrt(vs + bound**2 * vb)
    p = max(stats.t.sf(above(1 - MARGIN), freedom), stats.t.sf(-above(1 + MARGIN), freedom))
    return found, *ends, p


METHODS = {
    "welch": welch,
    "mann-whitney": mann_whitney,
    "permutation": permutation,
    "brown-forsythe": brown_forsythe,
    "fligner-killeen": fligner_killeen,
    "kolmogorov-smirnov": kolmogorov_smirnov,
    "hodges-lehmann": hodges_lehmann,
    "hedges-g": hedges_g,
    "dominance": dominance,
    "ratio": ratio,
}


def shown(value):
    return value if isinstance(value, str) else repr(float(value))


def is_number(value):
    return isinstance(value, str) or math.isfinite(value)


for (name, draw), (n1, n2) in itertools.product(KINDS.items(), SIZES):
    rng = np.random.default_rng([n1, n2, len(name)])
    b, s = draw(rng, n1, 0), draw(rng, n2, 0.4)
    for method, compute in METHODS.items():
        found = compute(b, s)
        if found is not None and all(map(is_number, found)):
            samples = (",".join(map(shown, sample)) for sample in (b, s))
            print(method, name, *samples, *map(shown, found), sep="\t")
