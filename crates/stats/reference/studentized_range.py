"""Reference values for the studentized range from SciPy. Prints rows of `k df q below above` for
reference/studentized_range.tsv.

SciPy integrates to an absolute accuracy, so only rows are kept whose smaller side is above 1e-3; tails are held by
the identity with Student's t in the test.
"""

import numpy as np
from scipy.stats import studentized_range

for k in [2, 3, 5, 10, 20, 50]:
    for df in [1, 2, 3.7, 10, 30, 120, np.inf]:
        for q in [1.0, 2.0, 3.5, 5.0, 12.0]:
            below, above = studentized_range.cdf(q, k, df), studentized_range.sf(q, k, df)
            if min(below, above) > 1e-3:
                print(k, df, q, float(below), float(above), sep="\t")
