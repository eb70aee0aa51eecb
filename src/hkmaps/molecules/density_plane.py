"""What is wrong with a density on the plane of a molecule: basis, map, functional.

F. Brockherde et al., Nat. Commun. 8, 872 (2017), Figure 4, of benzene: what the Fourier basis
leaves out of the reference density, what the map gets wrong, and how far another functional's
density is.
"""

from collections.abc import Callable
from dataclasses import replace

import numpy as np
import pandas as pd
from pyscf.dft import numint

from hkmaps.errors import InputError
from hkmaps.maps.errors import normalised_absolute_error
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.maps.molecule_planes import POINTS, molecular_plane
from hkmaps.molecules.density_matrix_guess import KnownDensityMatrices
from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.molecules.engines import ReferenceCalculation, SelfConsistencyError
from hkmaps.molecules.pyscf_engine import PyscfEngine

LOCAL_DENSITY = {"functional": "LDA,VWN", "pseudopotential": "gth-pade"}
"""Settings of the local-density approximation, with the pseudopotentials that are made for it."""


def density_plane(
    engine: PyscfEngine,
    model: MoleculeMap,
    positions: np.ndarray,
    extent: float = 6.0,
    say: Callable[[str], None] = lambda message: None,
) -> pd.DataFrame:
    """Return densities of a geometry on the plane that holds its atoms best, and their errors.

    Args:
        engine: what calculated the densities that the map learned, in its basis.
        model: ML-HK.
        positions: aligned geometry, shape (atoms, 3), in bohr.
        extent: distance from the centre at which the plane ends, in bohr.
        say: called with a sentence where a calculation does not converge.

    Returns:
        pandas.DataFrame of one row with the columns of `DENSITY_PLANE`, or of none where a
        calculation does not converge. The errors of basis, map
        and functional add no error of another: the basis is compared with the orbitals' own
        density, the map with the reference density in the basis, and both functionals' densities
        as their orbitals have them.

    Raises:
        InputError: the plane is larger than the cube of the basis, or the map has no densities.
    """
    basis = engine.fourier_basis
    if not 0 < extent <= basis.length / 2:
        raise InputError(
            f"The plane ends {extent} bohr from the centre; it must be more than 0 and at most"
            f" {basis.length / 2:g}, where the cube of the basis ends."
        )
    axes, centre = molecular_plane(positions), positions.mean(axis=0)
    x = np.linspace(-extent, extent, POINTS)
    points = np.stack(np.meshgrid(x, x, indexing="xy"), axis=-1).reshape(-1, 2) @ axes + centre
    local = replace(engine, **LOCAL_DENSITY)
    try:
        reference, by_local = (each.calculate(model.symbols, positions) for each in (engine, local))
    except SelfConsistencyError as error:
        say(f"no density on the plane: {error}")
        return DENSITY_PLANE.empty()
    exact = orbital_density(engine, model.symbols, positions, reference, points)
    fourier = basis.density(reference.coefficients[None], points + basis.length / 2)[0]
    densities = {
        "basis": (fourier, exact),
        "map": (model.density(positions[None], points)[0], fourier),
        "functional": (
            orbital_density(local, model.symbols, positions, by_local, points),
            exact,
        ),
    }
    row = {
        "molecule": model.name,
        "symbols": " ".join(model.symbols),
        "training_points": len(model.training_positions),
        "axis": x,
        "positions": ((positions - centre) @ axes.T).ravel(),
        "density": exact,
    }
    for name, (approximate, of) in densities.items():
        row[f"{name}_error"] = approximate - of
        row[f"{name}_nmae"] = float(normalised_absolute_error(approximate, of, 1.0))
    return pd.DataFrame([row], columns=DENSITY_PLANE.column_names)


def orbital_density(
    engine: PyscfEngine,
    symbols: tuple[str, ...],
    positions: np.ndarray,
    calculation: ReferenceCalculation,
    points: np.ndarray,
) -> np.ndarray:
    """Return the density of a calculation's orbitals at points, before any basis of densities.

    Args:
        engine: what calculated.
        symbols: element of each atom.
        positions: shape (atoms, 3), in bohr.
        calculation: what it found, and with `restart` its density matrix.
        points: shape (P, 3), in bohr, in the frame of the positions.

    Returns:
        Shape (P,), in bohr^-3.
    """
    mole = engine.mole(symbols, positions)
    known = KnownDensityMatrices.from_arrays(calculation.restart)
    density_matrix = known.last_density_matrix(mole.intor("int1e_ovlp"))
    return numint.eval_rho(mole, numint.eval_ao(mole, points), density_matrix)
