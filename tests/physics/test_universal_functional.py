"""F[n] of a molecule: Euler's equation, the local potential, and what noise does."""

from itertools import combinations
from types import SimpleNamespace

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries
from pyscf import scf

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.maps.density_noise_results import CONSERVING, DENSITY_NOISE, EULER, UNIVERSAL, WHITE
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.sample_data import SampleData
from hkmaps.maps.universal_functional import density_noise
from hkmaps.molecules.density_matrix_guess import KnownDensityMatrices
from hkmaps.molecules.local_potential import (
    LocalPotential,
    nuclear_repulsion,
    potential_coordinates,
)
from hkmaps.molecules.pyscf_engine import PyscfEngine
from hkmaps.tables import read_table, stack, write_table

H2 = find_molecule("H2")
BASIS = FourierBasis(12.0, 16)


@pytest.fixture(scope="module")
def calculated():
    """Geometries of H2, their calculations, and the subspace of their densities."""
    engine = PyscfEngine(BASIS, orbital_basis="gth-dzvp", grid_level=2)
    geometries = random_geometries(H2, 16, seed=4)
    positions = stack(geometries["positions"]).reshape(-1, 2, 3)
    found = [engine.calculate(H2.symbols, each) for each in positions]
    coefficients = np.array([each.coefficients for each in found])
    subspace = DensitySubspace.spanning(BASIS, coefficients)
    return SimpleNamespace(
        engine=engine,
        positions=positions,
        found=found,
        subspace=subspace,
        coordinates=subspace.project_with_residual([coefficients])[0],
    )


def test_the_local_potential_is_a_charge_from_afar_and_finite_at_the_nucleus():
    hydrogen = LocalPotential.of("H", "gth-pbe")
    assert hydrogen.charge == 1
    assert hydrogen.at(np.array([25.0, 100.0])) == pytest.approx([-1 / 5, -1 / 10], abs=1e-12)
    origin, near = hydrogen.at(np.array([0.0, 1e-12]))
    assert origin == pytest.approx(near, rel=1e-9)
    limit = -np.sqrt(2 / np.pi) / hydrogen.core + hydrogen.coefficients[0]
    assert origin == pytest.approx(limit)
    with pytest.raises(InputError, match="no pseudopotential 'gth-none' of H"):
        LocalPotential.of("H", "gth-none")


def test_the_integral_of_n_v_is_that_of_the_orbitals(calculated):
    potentials = potential_coordinates(
        calculated.subspace, H2.symbols, calculated.positions[:3], "gth-pbe"
    )
    for number, potential in enumerate(potentials):
        mole = calculated.engine.mole(H2.symbols, calculated.positions[number])
        known = KnownDensityMatrices.from_arrays(calculated.found[number].restart)
        density_matrix = known.last_density_matrix(mole.intor("int1e_ovlp"))
        external = scf.hf.get_hcore(mole) - mole.intor("int1e_kin")
        exact = np.einsum("ij,ji", external, density_matrix)
        # What the basis leaves out of the density is what differs.
        assert calculated.coordinates[number] @ potential == pytest.approx(exact, abs=4e-3)
        repulsion = nuclear_repulsion(H2.symbols, calculated.positions[[number]], "gth-pbe")
        assert repulsion[0] == pytest.approx(mole.energy_nuc())


def quadratic(subspace, count=60, seed=2):
    """A pool whose universal functional is 1/2 u A u and whose densities have two electrons."""
    stream = np.random.default_rng(seed)
    electrons = BASIS.electron_count(subspace.expand(np.eye(subspace.rank)))
    root = stream.standard_normal((subspace.rank,) * 2)
    stiffness = root @ root.T + np.eye(subspace.rank)
    mean = 2 * electrons / (electrons @ electrons)
    deviations = stream.standard_normal((count, 2)) @ stream.standard_normal((2, subspace.rank))
    deviations -= np.outer(deviations @ electrons, electrons) / (electrons @ electrons)
    densities = mean + 0.1 * deviations
    potentials = 0.3 * electrons - densities @ stiffness
    universal = 0.5 * np.sum((densities @ stiffness) * densities, axis=1)
    pool = SampleData(
        molecule="H2",
        sample="drawn",
        symbols=H2.symbols,
        charges=H2.charges,
        frame=H2.frame,
        geometry=np.arange(count),
        positions=np.zeros((count, 2, 3)),
        energies=universal + np.sum(densities * potentials, axis=1) + 0.7,
        subspace=subspace,
        coordinates=densities,
    )
    return pool, potentials, np.full(count, 0.7)


def test_with_its_derivative_f_answers_to_noise_in_second_order(calculated, tmp_path):
    pool, potentials, repulsion = quadratic(calculated.subspace)
    sizes = [1e-2, 1e-1]
    table = density_noise(pool, potentials, repulsion, 20, sizes, 3, seed=1, universal=True)
    write_table(table, tmp_path / "noise.parquet", DENSITY_NOISE)
    rows = read_table(tmp_path / "noise.parquet", DENSITY_NOISE)
    norms = np.linalg.norm(pool.coordinates[pool.random_split(20, 0, 1)[1]], axis=1)
    assert rows["noise_norm"].max() == pytest.approx(0.1 * norms.mean())
    # The largest quotient is that of one pair and bounds those of all others.
    steepest = max(
        abs(pool.energies[a] - pool.energies[b])
        / np.linalg.norm(pool.coordinates[a] - pool.coordinates[b])
        for a, b in combinations(range(len(pool.energies)), 2)
    )
    assert rows["quotient"].to_numpy() == pytest.approx(np.full(len(rows), steepest))
    mae = rows.groupby(["route", "noise", "size"])["mae"].mean()
    few, many = (mae[EULER, CONSERVING, size] for size in sizes)
    assert 50 < many / few < 150
    # Of values alone F knows nothing beside the densities: the whole potential counts.
    few, many = (mae[UNIVERSAL, CONSERVING, size] for size in sizes)
    assert 8 < many / few < 12
    assert mae[EULER, CONSERVING, 1e-2] < few / 20
    # Electrons that are lost are no change that Euler's equation is about.
    assert mae[EULER, WHITE, 1e-2] > 10 * mae[EULER, CONSERVING, 1e-2]


def test_without_all_of_the_potential_there_is_no_derivative(calculated):
    pool, potentials, repulsion = quadratic(calculated.subspace, count=30)
    table = density_noise(pool, potentials, repulsion, 10, [0.0], 1, seed=1, universal=False)
    assert EULER not in set(table["route"])
    with pytest.raises(InputError, match="potentials of H2"):
        density_noise(pool, potentials[:4], repulsion, 10, [0.0], 1, seed=1, universal=False)
