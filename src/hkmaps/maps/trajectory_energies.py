"""Energies that trained maps predict along a trajectory, beside those of the reference."""

import numpy as np
import pandas as pd
from numpy.typing import ArrayLike

from hkmaps.checks import expect_shape
from hkmaps.errors import InputError
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, TRAJECTORY_ENERGIES


def trajectory_energies(
    model: MoleculeMap,
    positions: ArrayLike,
    times: ArrayLike,
    reference_energies: ArrayLike,
    kohn_sham: MoleculeMap | None = None,
    frames: ArrayLike | None = None,
) -> pd.DataFrame:
    """Predict the energies along a trajectory.

    Args:
        model: a trained ML-HK.
        positions: snapshots in any place and orientation, shape (S, atoms, 3), in bohr.
        times: shape (S,), in hbar/Ha.
        reference_energies: shape (S,), in Ha.
        kohn_sham: a trained ML-KS of the same molecule, if there is one.
        frames: numbers of the snapshots, shape (S,); by default from 0.

    Returns:
        pandas.DataFrame with the columns of `TRAJECTORY_ENERGIES`.

    Raises:
        InputError: the arrays do not go together, a geometry is none of the molecule, or a map is
            of another method or molecule than it must be.
    """
    for found, method in ((model, HOHENBERG_KOHN), (kohn_sham, KOHN_SHAM)):
        if found is not None and found.method != method:
            raise InputError(
                f"The map of {found.name} that is to predict the energies of {method} is"
                f" {found.method}."
            )
    if kohn_sham is not None:
        kohn_sham.expect_symbols(model.symbols)
    count = len(positions)
    frames = np.arange(count) if frames is None else frames
    for values, name in (
        (frames, "frames"),
        (times, "times"),
        (reference_energies, "reference energies"),
    ):
        expect_shape(values, (count,), name)
    if not count:
        return TRAJECTORY_ENERGIES.empty()
    aligned = model.align(positions)
    return pd.DataFrame(
        {
            "frame": frames,
            "time": times,
            "reference_energy": reference_energies,
            "ml_hk_energy": model.energies(aligned),
            "ml_ks_energy": np.nan if kohn_sham is None else kohn_sham.energies(positions),
            "energy_uncertainty": model.energy_uncertainties(aligned),
            "in_domain": model.in_domain(aligned),
        },
        columns=TRAJECTORY_ENERGIES.column_names,
    )
