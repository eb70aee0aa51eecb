"""What the symmetry of a molecule is worth to ML-KS: errors at equal M, with and without it."""

from collections.abc import Callable, Iterable, Sequence

import numpy as np
import pandas as pd

from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.geometry.symmetry import SymmetryGroup
from hkmaps.kernels.averaged_kernel import AveragedRidge
from hkmaps.maps.errors import maximum_absolute, mean_absolute
from hkmaps.maps.map_regressions import Hyperparameters
from hkmaps.maps.results import RANDOM_SPLIT
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test
from hkmaps.maps.symmetric_map import SymmetricMap
from hkmaps.maps.symmetric_results import AVERAGED, PLAIN, SYMMETRIC, SYMMETRIC_ERRORS


def symmetric_errors(
    pool: SampleData,
    test: SampleData | int,
    sizes: Sequence[int],
    symmetry: SymmetryGroup,
    sampler: Sampler | None,
    seed: int,
    splits: Iterable[int] = (0,),
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Train ML-KS on energies at every size, and measure what symmetry does to its errors.

    The training sets are those of `hkmaps.maps.map_errors.map_errors`.

    Args:
        symmetry: the group of the molecule, in the pool's frame.
        pool, test, sizes, sampler, seed, splits, say: as for `map_errors`.

    Returns:
        pandas.DataFrame with the columns of `SYMMETRIC_ERRORS`.

    Raises:
        InputError: as for `training_and_test` and `SymmetricMap.fit`.
    """
    random = not isinstance(test, SampleData)
    rows = []
    for split in splits if random else (0,):
        sets = [training_and_test(pool, test, size, sampler, seed, split) for size in sizes]
        # Sizes that failed calculations have made equal count once.
        for training, tested in {len(pair[0].energies): pair for pair in sets}.values():
            place = {"training_points": len(training.energies), "split": split if random else None}
            rows += [place | row for row in _rows(training, tested, symmetry)]
            say(f"M = {len(training.energies)}: {_summary(rows[-3:])}")
    table = pd.DataFrame(rows, columns=SYMMETRIC_ERRORS.column_names)
    table = table.assign(
        molecule=pool.molecule,
        sample=pool.sample,
        test=RANDOM_SPLIT if random else test.sample,
        operations=symmetry.order,
    )
    return table.astype({"split": "Int64"})


def _rows(training: SampleData, test: SampleData, symmetry: SymmetryGroup) -> list[dict]:
    plain = training.train(densities=False)
    aligned = symmetry.frame.align(test.positions)
    images = symmetry.images(aligned.positions)
    points = plain.energies_and_gradients(images.reshape(-1, *test.positions.shape[1:]))
    energies = points.energies.reshape(symmetry.order, -1)
    turned = symmetry.pull_back(points.gradients.reshape(images.shape))
    # The first image is the geometry itself.
    found = [
        (PLAIN, energies[0], turned[0], plain.energy_map),
        (AVERAGED, energies.mean(axis=0), turned.mean(axis=0), plain.energy_map),
    ]
    rows = [
        _row(kernel, chosen, energy, symmetry.frame.pull_back(aligned, gradients), test)
        for kernel, energy, gradients, chosen in found
    ]
    rows[0]["asymmetry"] = float(energies.std(axis=0).mean())
    symmetric = SymmetricMap.fit(
        symmetry, GaussiansPotential(training.charges), training.positions, training.energies
    )
    predicted = symmetric.energies_and_gradients(test.positions)
    return [*rows, _row(SYMMETRIC, symmetric.regression, *predicted, test)]


def _row(
    kernel: str,
    chosen: Hyperparameters | AveragedRidge,
    energies: np.ndarray,
    gradients: np.ndarray,
    test: SampleData,
) -> dict:
    errors = energies - test.energies
    row = {
        "kernel": kernel,
        "mae": float(mean_absolute(errors)),
        "maximum": float(maximum_absolute(errors)),
        "width": chosen.width,
        "regularisation": chosen.regularisation,
        "at_edge": chosen.at_edge,
    }
    known = np.zeros(0) if test.gradients is None else np.isfinite(test.gradients).all(axis=(1, 2))
    if known.any():
        wrong = np.abs(gradients[known] - test.gradients[known])
        row |= {"force_mae": float(wrong.mean()), "force_maximum": float(wrong.max())}
    return row


def _summary(rows: list[dict]) -> str:
    return ", ".join(f"{row['kernel']} {1e3 * row['mae']:.3g} mHa" for row in rows)
