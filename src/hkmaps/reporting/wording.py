"""Numbers as people read them in tables and sentences: their digits, and what they count."""

import math


def significant(value: float | None, digits: int = 2) -> str:
    """Return a number with so many significant digits, or whole; "-" where there is none.

    >>> significant(0.0372), significant(123.4), significant(9.7, 1), significant(None)
    ('0.037', '123', '10', '-')

    Args:
        value: the number; None or NaN for none.
        digits: how many digits; a number with more before the point is whole, not 1.2e+02.
    """
    if value is None or math.isnan(value):
        return "-"
    return f"{value:.0f}" if abs(value) >= 10**digits - 0.5 else f"{value:.{digits}g}"


def percent(fraction: float | None) -> str:
    """Return a fraction in percent, two significant digits; "-" where there is none."""
    return significant(None if fraction is None else 100 * fraction)


def counted(number: int, noun: str, plural: str | None = None) -> str:
    """Return how many there are of something.

    >>> counted(1, "geometry", "geometries"), counted(2, "job")
    ('1 geometry', '2 jobs')

    Args:
        number: how many.
        noun: what one is called.
        plural: what several are called; the noun and an s by default.
    """
    return f"{number} {noun if number == 1 else plural or noun + 's'}"
