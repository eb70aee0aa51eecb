"""How far the uncertainty that a map predicts holds on frames that it did not learn from."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike
from sklearn.metrics import roc_auc_score

from hkmaps.checks import expect_finite, expect_shape
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import FRAME_UNCERTAINTIES, MAP_CALIBRATION, SHARES
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

LARGE_ERROR = 1 / KCAL_PER_MOL_PER_HARTREE
"""Error in Ha above which an uncertainty should have warned: chemical accuracy."""

_MAP = ["molecule", "sample", "method", "learned_from", "training_points", "frames"]
_PERCENT = {f"{100 * share:.0f}": share for share in SHARES}


def frame_uncertainties(
    model: MoleculeMap,
    sample: str,
    frames: str,
    positions: ArrayLike,
    reference_energies: ArrayLike,
) -> pd.DataFrame:
    """Compare predicted energies of frames with their reference.

    Args:
        model: the map.
        sample: what it learned from.
        frames: name of the set of frames.
        positions: the frames, none of them a training geometry, shape (S, atoms, 3), in bohr.
        reference_energies: shape (S,), in Ha.

    Returns:
        pandas.DataFrame with the columns of `FRAME_UNCERTAINTIES`; no row where there is no frame.

    Raises:
        InputError: the arrays do not go together, or a geometry is none of the molecule.
    """
    if not len(positions):
        return FRAME_UNCERTAINTIES.empty()
    aligned = model.align(positions)
    reference = expect_finite(reference_energies, f"reference energies of {frames}")
    expect_shape(reference, (len(aligned.positions),), f"reference energies of {frames}")
    deviations = model.energy_uncertainties(aligned)
    return pd.DataFrame(
        {
            "molecule": model.name,
            "sample": sample,
            "method": model.method,
            "learned_from": model.learned_from,
            "training_points": len(model.training_positions),
            "frames": frames,
            "error": model.energies(aligned) - reference,
            "uncertainty": deviations,
            **{
                f"interval_{percent}": model.calibration.ratio(share) * deviations
                for percent, share in _PERCENT.items()
            },
        },
        columns=FRAME_UNCERTAINTIES.column_names,
    )


def map_calibration(frames: pd.DataFrame) -> pd.DataFrame:
    """Return how far uncertainties hold, for each map and set of frames.

    Args:
        frames: rows of `FRAME_UNCERTAINTIES`.

    Returns:
        pandas.DataFrame with the columns of `MAP_CALIBRATION`, in the order of the frames.
    """
    rows = []
    for names, here in frames.groupby(_MAP, sort=False):
        sizes = here["error"].abs()
        large = sizes > LARGE_ERROR
        both = 0 < large.sum() < len(here)
        rows.append(
            dict(zip(_MAP, names, strict=True))
            | {
                f"within_{percent}": float((sizes <= here[f"interval_{percent}"]).mean())
                for percent in _PERCENT
            }
            | {
                "count": len(here),
                "large_errors": int(large.sum()),
                "area_under_curve": (
                    float(roc_auc_score(large, here["uncertainty"])) if both else np.nan
                ),
                "mae": float(sizes.mean()),
                "maximum": float(sizes.max()),
                "uncertainty": float(here["uncertainty"].mean()),
            }
        )
    return pd.DataFrame(rows, columns=MAP_CALIBRATION.column_names)
