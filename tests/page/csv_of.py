"""Tables as CSV beside a page, and whether a text on it shows one of their numbers."""

import csv


def rows_of(folder, name):
    path = folder / name
    return list(csv.DictReader(path.open(newline=""))) if path.exists() else []


def number(text):
    return float(text) if text else None


def is_shown(text, value, exponent):
    """Whether a text is a number rounded to the digits that it has."""
    digits = text.removesuffix(" ?")
    if value is None:
        return digits == "lost"
    mantissa, _, power = digits.partition("e")
    unit = 10.0 ** (-len(mantissa.partition(".")[2]) + int(power or 0) + exponent)
    return abs(float(digits) * 10.0**exponent - value) <= 0.5 * unit * (1 + 1e-9) + 1e-12 * abs(value)
