"""Reference values for the block length of the stationary bootstrap, straight from the articles' formulas with NumPy.

The package arch counts the first quiet lag itself and divides autocovariances by other sums, so it asks for slightly
longer blocks. Values are sqrt(7919*floor(i/hold) mod 1009), i = 1 .. n. Prints rows of `n hold length` for
reference/block_length.tsv.
"""

import numpy as np


def block_length(x):
    n = len(x)
    x = x - x.mean()
    k_n = max(5, int(np.ceil(np.sqrt(np.log10(n)))))
    largest = int(np.ceil(np.sqrt(n))) + k_n
    r = np.array([x[k:] @ x[: n - k] / n for k in range(largest + k_n + 1)])
    quiet = np.abs(r / r[0]) < 2 * np.sqrt(np.log10(n) / n)
    m = next((m for m in range(largest - k_n + 1) if quiet[m + 1 : m + k_n + 1].all()), largest)
    window = min(2 * max(m, 1), largest)
    k = np.arange(-window, window + 1)
    flat_top = np.where(np.abs(k) / window <= 0.5, 1, 2 * (1 - np.abs(k) / window))
    g = np.sum(flat_top * np.abs(k) * r[np.abs(k)])
    d = 2 * np.sum(flat_top * r[np.abs(k)]) ** 2
    return min((2 * g * g / d * n) ** (1 / 3), np.ceil(min(3 * np.sqrt(n), n / 3)))


for n in [30, 100, 999, 5000]:
    for hold in [1, 2, 7, 20]:
        values = np.sqrt([7919.0 * (i // hold) % 1009 for i in range(1, n + 1)])
        print(n, hold, float(block_length(values)), sep="\t")
