"""The written rules that turn a printed and a measured number into a verdict.

Every rule answers with a verdict and a sentence that says how it was reached, so that a reader of
the claims table can repeat the decision by hand.
"""

import math
from collections.abc import Callable
from dataclasses import dataclass

from hkmaps.reporting.published import PrintedNumber

REPRODUCED = "reproduced"
ORDER_REPRODUCED = "order reproduced"
DIFFERS = "differs"
NOT_RUN = "not run"
VERDICTS = (REPRODUCED, ORDER_REPRODUCED, DIFFERS, NOT_RUN)
"""The verdicts, from the best to the one that is none."""

SIGNIFICANCE = 0.01
"""Two means are held to differ if chance gives such a difference less often than this."""

ORDER_TOLERANCE = 0.5
"""Largest |log10(measured / published)| that still counts as the same order of magnitude."""

RANK_TOLERANCE = 2.0
"""Largest ratio of validation MSEs (published cell over winner) that counts as a tie.

A factor 2 in squared error is 1.4 in error; the paper's own repeats of A[V] scatter by half of
their mean (3.9 +- 2 mHa), so two runs a cell cannot tell such cells apart.
"""

_EQUAL = 1e-6  # relative; an eigenvalue carries rounding, an exact claim does not


@dataclass(frozen=True)
class Comparison:
    """A printed number and what was measured for it, in the same unit.

    Attributes:
        published: the printed number.
        published_uncertainty: the printed standard deviation, if any.
        published_repeats: the repeats behind it, if any.
        measured: the measured number; infinite where no finite number satisfies the claim.
        measured_uncertainty: its standard deviation, if it has one.
        measured_repeats: the repeats behind it, if any.
        ratio: for ranks, the validation MSE of the published cell over that of the winner.
    """

    published: PrintedNumber
    measured: float
    published_uncertainty: PrintedNumber | None = None
    published_repeats: int | None = None
    measured_uncertainty: float | None = None
    measured_repeats: int | None = None
    ratio: float | None = None

    @property
    def has_both_uncertainties(self) -> bool:
        """Whether both sides are means of repeats with a standard deviation."""
        return (
            self.published_uncertainty is not None
            and self.measured_uncertainty is not None
            and min(self.published_repeats or 0, self.measured_repeats or 0) > 1
        )


Decision = tuple[str, str]


def decide_value(comparison: Comparison) -> Decision:
    """Compare two numbers: by Welch's t-test where both are means, else by the printed digits.

    Two means of repeats agree if Welch's test does not tell them apart (p above `SIGNIFICANCE`).
    Otherwise the numbers agree if they differ by less than one unit of the last printed digit
    (so that rounding and truncation both pass) plus the uncertainties, and are of the same order of
    magnitude, lest a large scatter reproduce anything. Beyond that, the same order of magnitude is
    still told from a difference.
    """
    if comparison.has_both_uncertainties:
        p = _welch_p(comparison, "two-sided")
        rule = f"Welch's t-test of the two means: p = {p:.2g}, limit {SIGNIFICANCE}"
        return (REPRODUCED, rule) if p > SIGNIFICANCE else _order(comparison, rule)
    tolerance = comparison.published.last_digit + (comparison.measured_uncertainty or 0.0)
    if comparison.published_uncertainty is not None:
        tolerance += comparison.published_uncertainty.value
    difference = abs(comparison.measured - comparison.published.value)
    rule = (
        f"distance from {comparison.published.text} is {difference:.3g}, limit"
        f" {tolerance:.3g} (one unit of the last printed digit plus uncertainty)"
    )
    if difference < tolerance and _orders(comparison) <= ORDER_TOLERANCE:
        return REPRODUCED, rule
    return _order(comparison, rule)


def decide_about(comparison: Comparison) -> Decision:
    """Compare with a number printed as approximate: rounding must give its significant digits."""
    half = comparison.published.significant_digit / 2
    difference = abs(comparison.measured - comparison.published.value)
    rule = (
        f"distance from {comparison.published.text} is {difference:.3g}, limit {half:g}"
        " (half a unit of the last significant digit)"
    )
    return (REPRODUCED, rule) if difference <= half else _order(comparison, rule)


def decide_exact(comparison: Comparison) -> Decision:
    """Compare numbers that must be equal, such as a point of a scan."""
    rule = f"must equal {comparison.published.text}"
    equal = math.isclose(comparison.measured, comparison.published.value, rel_tol=_EQUAL)
    return (REPRODUCED, rule) if equal else (DIFFERS, rule)


def decide_setting(comparison: Comparison) -> Decision:
    """Compare a choice that the paper made: the study must have made it, too.

    It says nothing about nature, only that what is compared elsewhere is comparable; tables and
    figures count it apart from the results.
    """
    verdict, rule = decide_exact(comparison)
    return verdict, f"{rule}, as a choice of the study"


def decide_order(comparison: Comparison) -> Decision:
    """Compare with a number printed as an order of magnitude."""
    distance = _orders(comparison)
    rule = f"measured and published are {distance:.2f} decades apart, limit {ORDER_TOLERANCE}"
    return (REPRODUCED if distance <= ORDER_TOLERANCE else DIFFERS), rule


def decide_upper(comparison: Comparison) -> Decision:
    """Compare with an upper bound: the measured number must not be greater.

    Where the measured number is a mean of repeats, a one-sided t-test (Welch's, if the bound has a
    printed standard deviation) must not find it greater. A bound that is missed is missed: how
    closely does not matter.
    """
    if comparison.has_both_uncertainties:
        p = _welch_p(comparison, "greater")
        rule = f"one-sided Welch test of measured > published: p = {p:.2g}, limit {SIGNIFICANCE}"
        return (REPRODUCED if p > SIGNIFICANCE else DIFFERS), rule
    rule = f"must be at most {comparison.published.text}"
    kept = comparison.measured <= comparison.published.value
    if not kept and comparison.measured_uncertainty and (comparison.measured_repeats or 0) > 1:
        p = _one_sample_p(comparison)
        rule += f"; one-sided t-test of measured > published: p = {p:.2g}, limit {SIGNIFICANCE}"
        kept = p > SIGNIFICANCE
    return (REPRODUCED if kept else DIFFERS), rule


def decide_lower(comparison: Comparison) -> Decision:
    """Compare with a lower bound: the measured number must not be smaller."""
    rule = f"must be at least {comparison.published.text}"
    kept = comparison.measured >= comparison.published.value
    return (REPRODUCED if kept else DIFFERS), rule


def decide_rank(comparison: Comparison) -> Decision:
    """Compare a coordinate of the best cell of a grid search with the measured winner's."""
    rule = f"the winner's coordinate must be {comparison.published.text}"
    if math.isclose(comparison.measured, comparison.published.value, rel_tol=_EQUAL):
        return REPRODUCED, rule
    if comparison.ratio is None or not math.isfinite(comparison.ratio):
        return DIFFERS, rule
    rule += (
        f"; else the published cell's validation MSE must be within {RANK_TOLERANCE:g} times"
        f" the winner's: {comparison.ratio:.3g}"
    )
    return (ORDER_REPRODUCED if comparison.ratio <= RANK_TOLERANCE else DIFFERS), rule


RULES: dict[str, Callable[[Comparison], Decision]] = {
    "value": decide_value,
    "about": decide_about,
    "exact": decide_exact,
    "setting": decide_setting,
    "order": decide_order,
    "upper": decide_upper,
    "lower": decide_lower,
    "rank": decide_rank,
}
"""Kind of comparison in config/published.csv -> the rule that decides it."""


def decide_at_another_size(kind: str, comparison: Comparison, size: str) -> Decision:
    """Compare a number that was measured at another size than the printed one.

    Errors of a map shrink with its training set and the largest of a trajectory grows with its
    length, so that another size reproduces no printed number. It can be of the same order of
    magnitude or keep a printed bound. Where it does not, it differs like any measured number; the
    rule names the size, to which the difference may be due.

    Args:
        kind: the kind of comparison, a key of `RULES`.
        comparison: the two numbers.
        size: how the sizes differ, such as "at M = 200 instead of 2000".
    """
    verdict, rule = RULES[kind](comparison)
    verdict = ORDER_REPRODUCED if verdict == REPRODUCED else verdict
    return verdict, f"{size}, so at best {ORDER_REPRODUCED}: {rule}"


def _welch_p(comparison: Comparison, alternative: str) -> float:
    from scipy import stats  # noqa: PLC0415 - it takes longer than all else that tables import

    # A printed standard deviation of 2 may have been anything up to 2.5.
    printed = comparison.published_uncertainty
    published_deviation = printed.value + printed.last_digit / 2
    return float(
        stats.ttest_ind_from_stats(
            comparison.measured,
            comparison.measured_uncertainty,
            comparison.measured_repeats,
            comparison.published.value,
            published_deviation,
            comparison.published_repeats,
            equal_var=False,
            alternative=alternative,
        ).pvalue
    )


def _one_sample_p(comparison: Comparison) -> float:
    from scipy import stats  # noqa: PLC0415 - as above

    error = comparison.measured_uncertainty / math.sqrt(comparison.measured_repeats)
    excess = (comparison.measured - comparison.published.value) / error
    return float(stats.t.sf(excess, comparison.measured_repeats - 1))


def _orders(comparison: Comparison) -> float:
    ratio = comparison.measured / comparison.published.value
    return abs(math.log10(ratio)) if ratio > 0 else math.inf


def _order(comparison: Comparison, rule: str) -> Decision:
    distance = _orders(comparison)
    rule += (
        f"; else measured and published are {distance:.2f} decades apart, limit {ORDER_TOLERANCE}"
    )
    return (ORDER_REPRODUCED if distance <= ORDER_TOLERANCE else DIFFERS), rule
