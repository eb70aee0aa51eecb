"""Ab-initio dynamics of H2 by PySCF."""

import numpy as np
import pytest
from papers_molecules import find_molecule

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules.ab_initio_dynamics import ab_initio_trajectory
from hkmaps.molecules.engines import reference_engine
from hkmaps.tables import stack
from hkmaps.units import ANGSTROM_PER_BOHR, FEMTOSECOND_PER_ATOMIC_TIME

H2 = find_molecule("H2")
STEP = 0.5 / FEMTOSECOND_PER_ATOMIC_TIME
STEPS = 18


@pytest.fixture(scope="module")
def engine():
    settings = {"orbital_basis": "gth-dzvp", "grid_level": 2}
    return reference_engine("pyscf", FourierBasis(20.0, 2), settings)


def moved(engine, steps, checkpoint=None):
    """H2 released at 0.80 Angstrom, beyond its equilibrium length."""
    positions = np.zeros((2, 3))
    positions[1, 0] = 0.80 / ANGSTROM_PER_BOHR
    return ab_initio_trajectory(
        engine, H2, positions, np.zeros((2, 3)), steps, STEP, checkpoint=checkpoint
    ).frames


@pytest.fixture(scope="module")
def undisturbed(engine):
    return moved(engine, STEPS)


def test_total_energy_is_conserved(undisturbed):
    total = undisturbed["potential_energy"] + undisturbed["kinetic_energy"]
    assert np.ptp(undisturbed["kinetic_energy"]) > 5e-4
    assert np.ptp(total) < 0.05 * np.ptp(undisturbed["kinetic_energy"])


def test_the_vibration_has_the_period_of_h2(undisturbed):
    positions = stack(undisturbed["positions"]).reshape(-1, 2, 3)
    lengths = np.linalg.norm(positions[:, 1] - positions[:, 0], axis=1)
    # PBE's harmonic wavenumber of H2 is about 4300 per cm: 7.7 fs or 15.5 steps.
    assert lengths[10:].argmax() + 10 in (15, 16)


def test_a_run_taken_up_again_has_the_bits_of_an_undisturbed_one(engine, undisturbed, tmp_path):
    checkpoint = tmp_path / "dynamics.safetensors"
    for steps in (1, 4, 6):
        found = moved(engine, steps, checkpoint)
    for column in ("positions", "potential_energy", "kinetic_energy"):
        values, expected = found[column], undisturbed[column][:7]
        np.testing.assert_array_equal(np.stack(values), np.stack(expected))
