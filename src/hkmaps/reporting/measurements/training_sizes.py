"""Which training set of a larger molecule is compared with the printed one of 2000 points."""

import pandas as pd

PRINTED_TRAINING_POINTS = 2000
"""Training points M of Table 2 and of the maps of Figures 2 and 3."""


def compared_sizes(errors: pd.DataFrame) -> pd.DataFrame:
    """Return the rows of the printed number of training points, or of the largest that was run.

    Args:
        errors: rows of `MAP_ERRORS`; each molecule and pool is looked at by itself.
    """
    if errors.empty:
        return errors
    sizes = errors["training_points"]
    groups = sizes.groupby([errors["molecule"], errors["sample"]])
    printed = groups.transform(lambda sizes: (sizes == PRINTED_TRAINING_POINTS).any())
    wanted = groups.transform("max").mask(printed.astype(bool), PRINTED_TRAINING_POINTS)
    return errors[sizes == wanted]


def other_training_size(training_points: int) -> str | None:
    """Return how a number of training points differs from the printed one, None where it is it."""
    if training_points == PRINTED_TRAINING_POINTS:
        return None
    return f"at M = {training_points} instead of {PRINTED_TRAINING_POINTS}"
