"""Reference values for tests of several systems: SciPy, statsmodels and scikit-posthocs.

System g of case c has n_g values a + spread*sqrt(7919*(i + 31*g) mod 1009), i = 1 .. n_g; case "ties" takes the floor
of a fifth. Prints rows of `test case statistic p pair-p...` for reference/groups.tsv.
"""

import numpy as np
import scikit_posthocs as posthocs
from scipy import stats
from scipy.stats import studentized_range
from statsmodels.stats.oneway import anova_oneway

CASES = {
    "small": [(3, 0, 1), (3, 4, 1), (3, 9, 1)],
    "unequal": [(2, 0, 1), (5, 1, 3), (9, 30, 0.2), (30, 2, 1)],
    "pair": [(6, 0, 1), (7, 3, 2)],
    "large": [(40, 1e6, 1), (50, 1e6 + 4, 1), (60, 1e6, 1), (5, 1e6 - 30, 1), (12, 1e6, 4)],
    "ties": [(8, 0, 1), (9, 5, 1), (10, 10, 1)],
}


def samples(case):
    found = []
    for g, (n, a, spread) in enumerate(CASES[case]):
        x = np.array([a + spread * np.sqrt(7919 * (i + 31 * g) % 1009) for i in range(1, n + 1)])
        found.append(np.floor(x / 5) if case == "ties" else x)
    return found


def games_howell(a, b, k):
    va, vb = a.var(ddof=1) / len(a), b.var(ddof=1) / len(b)
    df = (va + vb) ** 2 / (va**2 / (len(a) - 1) + vb**2 / (len(b) - 1))
    return studentized_range.sf(abs(a.mean() - b.mean()) / np.sqrt((va + vb) / 2), k, df)


for case in CASES:
    x = samples(case)
    k = len(x)
    pairs = [(i, j) for i in range(k) for j in range(i + 1, k)]
    welch = anova_oneway(x, use_var="unequal", welch_correction=True)
    howell = [float(games_howell(x[i], x[j], k)) for i, j in pairs]
    print("welch-anova", case, float(welch.statistic), float(welch.pvalue), *howell, sep="\t")
    kruskal = stats.kruskal(*x)
    dunn = posthocs.posthoc_dunn(x).to_numpy()
    print("kruskal-wallis", case, float(kruskal.statistic), float(kruskal.pvalue), *[float(dunn[i, j]) for i, j in pairs], sep="\t")

for case, k, n in [("f4", 4, 10), ("f3", 3, 2), ("f7", 7, 25)]:
    x = np.array([[7919 * (i * k + g) % 101 // 4 + 2 * g for g in range(k)] for i in range(1, n + 1)], dtype=float)
    found = stats.friedmanchisquare(*x.T)
    nemenyi = posthocs.posthoc_nemenyi_friedman(x).to_numpy()
    print("friedman", f"{k} {n}", float(found.statistic), float(found.pvalue), *[float(nemenyi[i, j]) for i in range(k) for j in range(i + 1, k)], sep="\t")
