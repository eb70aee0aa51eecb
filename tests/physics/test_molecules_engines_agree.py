"""Two independent codes on the same molecules: PySCF with GTH, Quantum ESPRESSO with PAW.

They share nothing but the functional, so that what is left between them is the error of two
pseudopotentials and of an orbital basis: below 1.5 kcal/mol along the curve of H2.
"""

import shutil

import numpy as np
import pytest
from papers_molecules import find_molecule

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.paw_sets import PAW_SETS, paw_folder
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

INSTALLED = shutil.which("pw.x") and all(
    (paw_folder(None) / PAW_SETS[symbol]).is_file() for symbol in "HO"
)
pytestmark = pytest.mark.skipif(
    not INSTALLED, reason="Quantum ESPRESSO's pw.x and its PAW sets are not installed."
)

BASIS = FourierBasis(20.0, 25)
H2, WATER = find_molecule("H2"), find_molecule("H2O")
DIRECTION = np.array([[-0.5, 0, 0], [0.5, 0, 0]]) / ANGSTROM_PER_BOHR
BOND_LENGTHS = [0.5, 0.74, 1.0, 1.5]
STRETCHED = WATER.reference_positions * 1.06 + np.array([[0.02, 0, 0], [0.06, 0.03, 0], [0, 0, 0]])
COARSE = {"wave_function_cutoff": 40, "density_cutoff": 200}
"""Cutoffs that the PAW sets suggest; they move energy differences by a few tenths of kcal/mol."""
LONG = 8
COARSEST = {"wave_function_cutoff": 25, "density_cutoff": 100}


def both(molecule, geometries, settings):
    """Calculations of the geometries by PySCF and by Quantum ESPRESSO."""
    engines = reference_engine("pyscf", BASIS), reference_engine("espresso", BASIS, settings)
    return tuple(
        [engine.calculate(molecule.symbols, positions, forces=True) for positions in geometries]
        for engine in engines
    )


def relative_kcal(calculations, to):
    energies = np.array([calculation.energy for calculation in calculations])
    return (energies - energies[to]) * KCAL_PER_MOL_PER_HARTREE


def long_waves(calculation):
    """Coefficients below the frequency LONG, which see nothing of the spheres around nuclei."""
    shape = (BASIS.functions_per_dimension,) * 3
    return calculation.coefficients.reshape(shape)[: 2 * LONG, : 2 * LONG, : 2 * LONG].ravel()


def distance(one, other):
    """Norm of the difference of coefficients, relative to one's."""
    return np.linalg.norm(one - other) / np.linalg.norm(one)


def cosine(one, other):
    return one @ other / (np.linalg.norm(one) * np.linalg.norm(other))


def test_the_curve_of_hydrogen_at_the_published_settings():
    pyscf, espresso = both(H2, [length * DIRECTION for length in BOND_LENGTHS], {})
    curve = relative_kcal(espresso, to=1)
    assert curve.min() == curve[1] == 0
    assert np.ptp(curve) > 60
    np.testing.assert_allclose(curve, relative_kcal(pyscf, to=1), atol=1.5)
    for one, other in zip(espresso, pyscf, strict=True):
        assert BASIS.electron_count(one.coefficients) == pytest.approx(2, abs=1e-7)
        assert distance(one.coefficients, other.coefficients) < 0.025
        np.testing.assert_allclose(one.forces, other.forces, atol=0.01)


def test_water_and_its_density():
    pyscf, espresso = both(WATER, [WATER.reference_positions, STRETCHED], COARSE)
    energies = [relative_kcal(calculations, to=0)[1] for calculations in (espresso, pyscf)]
    assert energies[0] == pytest.approx(energies[1], abs=0.8)
    for one, other in zip(espresso, pyscf, strict=True):
        assert BASIS.electron_count(one.coefficients) == pytest.approx(8, abs=1e-6)
        # The pseudopotentials differ close to the nucleus of oxygen.
        assert cosine(one.coefficients, other.coefficients) > 0.995
        assert distance(long_waves(one), long_waves(other)) < 0.012
        np.testing.assert_allclose(one.forces, other.forces, atol=0.005)
    # Farther away they agree so well that the density of the other geometry is told apart.
    assert distance(long_waves(espresso[0]), long_waves(pyscf[1])) > 0.024
    changes = [two.coefficients - one.coefficients for one, two in (espresso, pyscf)]
    assert cosine(*changes) > 0.98


def test_a_restart_of_espresso_changes_the_work_and_not_the_result():
    engine = reference_engine("espresso", BASIS, COARSEST)
    near, here = (engine.calculate(H2.symbols, length * DIRECTION) for length in (0.74, 0.76))
    restarted = engine.calculate(H2.symbols, 0.76 * DIRECTION, near.restart)
    assert restarted.iterations < here.iterations
    assert restarted.energy == pytest.approx(here.energy, abs=1e-8)
    assert distance(restarted.coefficients, here.coefficients) < 1e-4


def test_forces_of_espresso_are_differences_of_energies():
    engine = reference_engine("espresso", BASIS, COARSEST)
    one, other = (
        engine.calculate(H2.symbols, length * DIRECTION, forces=True) for length in (0.9, 0.92)
    )
    mean = (one.forces + other.forces) / 2
    work = -(mean * 0.02 * DIRECTION).sum()
    assert other.energy - one.energy == pytest.approx(work, rel=0.02)
    np.testing.assert_allclose(one.forces.sum(axis=0), 0, atol=1e-5)
