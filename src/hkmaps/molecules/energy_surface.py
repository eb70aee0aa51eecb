"""Energies over the bond length and the angle of H2O, of the reference and of maps.

F. Brockherde et al., Nat. Commun. 8, 872 (2017), Figure 2: where the error of a map is large, and
where its minimum lies.
"""

from collections.abc import Callable, Sequence

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.sample_data import SampleData, Sampler, training_and_test
from hkmaps.molecules.engines import ReferenceEngine
from hkmaps.molecules.minima_results import ENERGY_SURFACE, MAP_SURFACE, SPLIT
from hkmaps.molecules.reference_minimum import InternalCoordinates


def surface_values(coordinates: InternalCoordinates, points: int) -> np.ndarray:
    """Return internal coordinates over their intervals, those of a kind alike.

    Args:
        coordinates: bonds, all of one interval, and an angle.
        points: values of the bond length, and of the angle.

    Returns:
        Shape (points**2, coordinates), in bohr and rad.

    Raises:
        InputError: there are others, or bonds have different intervals.
    """
    kinds = [each.kind for each in coordinates.drawn]
    ends = {kind: set() for kind in kinds}
    for kind, interval in zip(kinds, coordinates.intervals.T, strict=True):
        ends[kind].add(tuple(interval))
    if set(ends) != {"bond", "angle"} or any(len(each) > 1 for each in ends.values()):
        raise InputError(
            f"The surface of an energy is over one bond length and one angle; the coordinates are"
            f" {', '.join(map(str, coordinates.drawn))}."
        )
    scans = {kind: np.linspace(*next(iter(each)), points) for kind, each in ends.items()}
    bonds, angles = np.meshgrid(scans["bond"], scans["angle"], indexing="ij")
    both = {"bond": bonds.ravel(), "angle": angles.ravel()}
    return np.stack([both[kind] for kind in kinds], axis=1)


def reference_surface(
    molecule: Molecule,
    engine: ReferenceEngine,
    coordinates: InternalCoordinates,
    points: int,
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Calculate the energy over bond length and angle.

    Args:
        molecule: the molecule.
        engine: what calculates.
        coordinates: as for `surface_values`.
        points: likewise.
        say: called with a line of text after each bond length.

    Returns:
        pandas.DataFrame with the columns of `ENERGY_SURFACE`.

    Raises:
        SelfConsistencyError: a calculation does not converge.
    """
    values, restart, rows = surface_values(coordinates, points), None, []
    kinds = [each.kind for each in coordinates.drawn]
    for number, place in enumerate(values):
        positions = molecule.frame.align(coordinates.positions(place)[None]).positions[0]
        found = engine.calculate(molecule.symbols, positions, restart)
        restart = found.restart
        rows.append(
            {
                "bond_length": place[kinds.index("bond")],
                "angle": place[kinds.index("angle")],
                "positions": positions.ravel(),
                "energy": found.energy,
            }
        )
        if (number + 1) % points == 0:
            say(f"{number + 1}/{len(values)} geometries of the surface")
    return pd.DataFrame(rows, columns=ENERGY_SURFACE.column_names)


def map_surface(
    pool: SampleData,
    surface: pd.DataFrame,
    test: int,
    sizes: Sequence[int],
    sampler: Sampler | None,
    seed: int,
) -> pd.DataFrame:
    """Return the energies of maps over bond length and angle.

    Args:
        pool: reference data with densities that training points are chosen from.
        surface: rows of `ENERGY_SURFACE`.
        test, sizes, sampler, seed: as for `hkmaps.maps.map_errors.map_errors`, whose maps of the
            split `SPLIT` these are.

    Returns:
        pandas.DataFrame with the columns of `MAP_SURFACE`.
    """
    positions = np.stack(surface["positions"].to_list()).reshape(len(surface), -1, 3)
    tables = []
    for size in sizes:
        training, _ = training_and_test(pool, test, size, sampler, seed, SPLIT)
        for densities in (False, True) if pool.subspace is not None else (False,):
            model = training.train(densities)
            tables.append(
                surface[["bond_length", "angle"]].assign(
                    training_points=len(training.energies),
                    method=model.method,
                    energy=model.energies(positions),
                    reference_energy=surface["energy"],
                )
            )
    return pd.concat(tables, ignore_index=True)[MAP_SURFACE.column_names]
