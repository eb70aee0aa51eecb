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
from hkmaps.molecules.engines import ReferenceEngine, SelfConsistencyError
from hkmaps.molecules.minima_results import ENERGY_SURFACE, MAP_SURFACE, SPLIT
from hkmaps.molecules.reference_minimum import InternalCoordinates


def spans_surface(coordinates: InternalCoordinates) -> bool:
    """Whether coordinates are bonds of one interval and an angle, as those of H2O."""
    kinds = [each.kind for each in coordinates.drawn]
    intervals = {
        tuple(interval)
        for kind, interval in zip(kinds, coordinates.intervals.T, strict=True)
        if kind == "bond"
    }
    return set(kinds) == {"bond", "angle"} and kinds.count("angle") == len(intervals) == 1


def surface_values(coordinates: InternalCoordinates, points: int) -> np.ndarray:
    """Return internal coordinates over their intervals, all bonds of one length.

    Args:
        coordinates: what `spans_surface` holds of.
        points: values of the bond length, and of the angle.

    Returns:
        Shape (points**2, coordinates), in bohr and rad.

    Raises:
        InputError: there are other coordinates.
    """
    if not spans_surface(coordinates):
        raise InputError(
            "The surface of an energy is over one bond length and one angle; the coordinates are"
            f" {', '.join(map(str, coordinates.drawn)) or 'none'}."
        )
    kinds = [each.kind for each in coordinates.drawn]
    ends = {kind: coordinates.intervals[:, kinds.index(kind)] for kind in kinds}
    scans = [np.linspace(*ends[kind], points) for kind in ("bond", "angle")]
    bonds, angles = (values.ravel() for values in np.meshgrid(*scans, indexing="ij"))
    both = {"bond": bonds, "angle": angles}
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
        say: called with a line of text after each bond length, and where a calculation fails.

    Returns:
        pandas.DataFrame with the columns of `ENERGY_SURFACE`; without rows where a calculation does
        not converge, since a surface with holes has no minimum to compare.
    """
    values, restart, rows = surface_values(coordinates, points), None, []
    kinds = [each.kind for each in coordinates.drawn]
    for number, place in enumerate(values):
        positions = molecule.frame.align(coordinates.positions(place)[None]).positions[0]
        try:
            found = engine.calculate(molecule.symbols, positions, restart)
        except SelfConsistencyError as error:
            say(f"no surface, for geometry {number} does not converge: {error}")
            return ENERGY_SURFACE.empty()
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
