def beta_fraction(a, b, x):
    """The continued fraction of the incomplete beta function (Abramowitz and Stegun 26.5.8), after Lentz."""
    tiny = 1e-300
    c, d = 1.0, 1.0 - (a + b) * x / (a + 1.0)
    d = 1.0 / (d if abs(d) > tiny else tiny)
    result = d
    for m in range(1, 10_000):
        for term in (
            m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m)),
            -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1)),
        ):
            d = 1.0 + term * d
            d = 1.0 / (d if abs(d) > tiny else tiny)
            c = 1.0 + term / c
            c = c if abs(c) > tiny else tiny
            result *= c * d
        if abs(c * d - 1.0) < 1e-16:
            break
    return result


def incomplete_beta(a, b, x, y):
    """The regularized incomplete beta function at x = 1 - y; both are given so that neither loses digits."""
    if x <= 0.0:
        return 0.0
    if y <= 0.0:
        return 1.0
    front = math.exp(math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) + a * math.log(x) + b * math.log(y))
    if x < (a + 1.0) / (a + b + 2.0):
        return front * beta_fraction(a, b, x) / a
    return 1.0 - front * beta_fraction(b, a, y) / b


def student_p(t, freedom):
    """Two-sided p of Student's t."""
    square = t * t
    return incomplete_beta(freedom / 2.0, 0.5, freedom / (freedom + square), square / (freedom + square))


def student_quantile(alpha, freedom):
    """The t beyond which, on both sides, lies alpha."""
    low, high = 0.0, 1.0
    while student_p(high, freedom) > alpha:
        high *= 2.0
    for _ in range(200):
        middle = (low + high) / 2.0
        low, high = (middle, high) if student_p(middle, freedom) > alpha else (low, middle)
    return (low + high) / 2.0


def split_sums(ranks, size):
    """In how many ways so many of the ranks have each sum."""
    splits = [{} for _ in range(size + 1)]
    splits[0][0] = 1
    for rank in ranks:
        for chosen in range(size, 0, -1):
            for total, ways in splits[chosen - 1].items():
                splits[chosen][total + rank] = splits[chosen].get(total + rank, 0) + ways
    return splits[size]


def mann_whitney_p(baseline, system):
    """The exact two-sided p: doubled rank sums of all splits are counted in whole numbers, ties and all."""
    values = sorted(baseline + system)
    rank = {value: values.index(value) * 2 + values.count(value) + 1 for value in set(values)}
    observed = sum(rank[value] for value in system)
    sums = split_sums([rank[value] for value in values], len(system))
    below = sum(ways for total, ways in sums.items() if total <= observed)
    above = sum(ways for total, ways in sums.items() if total >= observed)
    return min(1.0, 2 * min(below, above) / sum(sums.values()))


def holm(ps):
    adjusted, worst = [0.0] * len(ps), 0.0
    for place, index in enumerate(sorted(range(len(ps)), key=lambda index: ps[index])):
        worst = max(worst, min(1.0, (len(ps) - place) * ps[index]))
        adjusted[index] = worst
    return adjusted


def benjamini_hochberg(ps):
    adjusted, best = [0.0] * len(ps), 1.0
    order = sorted(range(len(ps)), key=lambda index: ps[index])
    for place in range(len(ps), 0, -1):
        best = min(best, ps[order[place - 1]] * len(ps) / place)
        adjusted[order[place - 1]] = best
    return adjusted


# Known values: t tables, and both ways to count seven orders out of 35.
assert abs(student_quantile(0.05, 2) - 4.302652729911275) < 1e-9
assert abs(student_p(2.0, 10) - 0.07338803477074037) < 1e-12
assert mann_whitney_p([1.0, 2.0, 3.0], [4.0, 5.0, 6.0, 7.0]) == 2 / 35
