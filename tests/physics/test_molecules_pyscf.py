"""References by PySCF: equal to plain calls, invariant, with forces that are gradients."""

import numpy as np
import pytest
from papers_molecules import find_molecule, random_geometries
from pyscf import dft, gto, scf
from scipy.spatial.transform import Rotation

from hkmaps.densities.fourier import FourierBasis
from hkmaps.molecules import pyscf_forces
from hkmaps.molecules.density_matrix_guess import KnownDensityMatrices
from hkmaps.molecules.engines import reference_engine
from hkmaps.molecules.pyscf_forces import forces
from hkmaps.molecules.pyscf_integration import KeptOrbitals
from hkmaps.molecules.reference import reference_table
from hkmaps.tables import stack

BASIS = FourierBasis(20.0, 8)
ENGINE = reference_engine("pyscf", BASIS)
H2, WATER = find_molecule("H2"), find_molecule("H2O")
BENT = WATER.reference_positions + np.array([[0.02, 0, 0], [0.06, 0.03, 0], [0, 0, 0]])


@pytest.fixture(scope="module")
def water():
    return ENGINE.calculate(WATER.symbols, BENT)


def plain_energy(symbols, positions):
    mole = gto.M(
        atom=[*zip(symbols, positions, strict=True)],
        unit="Bohr",
        basis="gth-tzv2p",
        pseudo="gth-pbe",
        verbose=0,
    )
    calculation = dft.RKS(mole, xc="PBE").density_fit()
    calculation.conv_tol = 1e-9
    return calculation.kernel()


def test_water_is_that_of_a_plain_call(water):
    assert water.energy == pytest.approx(plain_energy(WATER.symbols, BENT), abs=1e-9)


def test_a_table_holds_the_energies_of_plain_calls():
    geometries = random_geometries(H2, 5, seed=7)
    table = reference_table(H2, geometries, ENGINE)
    for energy, positions in zip(table["energy"], geometries["positions"], strict=True):
        # Each of the table's calculations but the first started from another geometry's density.
        expected = plain_energy(H2.symbols, positions.reshape(2, 3))
        assert energy == pytest.approx(expected, abs=1e-7)
    assert BASIS.electron_count(stack(table["coefficients"])) == pytest.approx(2, abs=1e-6)


def test_a_restart_changes_the_work_and_not_the_energy(water):
    near = ENGINE.calculate(WATER.symbols, WATER.reference_positions)
    restarted = ENGINE.calculate(WATER.symbols, BENT, near.restart)
    assert restarted.energy == pytest.approx(water.energy, abs=1e-7)
    assert BASIS.norm(restarted.coefficients - water.coefficients) < 1e-5
    # A converged density restarts in fewer iterations than a guess needs.
    again = ENGINE.calculate(WATER.symbols, BENT, water.restart)
    assert again.iterations < water.iterations


def test_a_translation_changes_nothing(water):
    moved = ENGINE.calculate(WATER.symbols, BENT + np.array([0.3, -0.2, 0.7]))
    assert moved.energy == pytest.approx(water.energy, abs=1e-9)


def test_a_rotation_changes_the_energy_by_the_error_of_the_grid(water):
    turn = Rotation.from_rotvec([0.3, -1.1, 0.7]).as_matrix()
    turned = ENGINE.calculate(WATER.symbols, BENT @ turn.T)
    # Angular grids stay put when a molecule turns: level 3 resolves about 1e-6 Ha.
    assert turned.energy == pytest.approx(water.energy, abs=2e-6)


@pytest.mark.parametrize(
    ("molecule", "settings"),
    [
        # H2 has no non-local pseudopotential, which PySCF's gradients have to be told.
        (H2, {"orbital_basis": "gth-dzvp"}),
        (WATER, {"orbital_basis": "gth-dzvp"}),
        # A coarse grid moves with the atoms, and pseudopotentials leave their radii as they are.
        (find_molecule("ethane"), {"orbital_basis": "gth-szv", "grid_level": 1}),
    ],
    ids=lambda value: getattr(value, "name", ""),
)
def test_forces_are_differences_of_energies(molecule, settings):
    settings = settings | {"tolerance": 1e-11}
    engine = reference_engine("pyscf", BASIS, settings)
    positions = molecule.reference_positions * 1.05
    direction = np.linspace(-1, 1, positions.size).reshape(positions.shape)
    centre = engine.calculate(molecule.symbols, positions, forces=True)
    step = 5e-4
    ends = [
        engine.calculate(molecule.symbols, positions + sign * step * direction, centre.restart)
        for sign in (1, -1)
    ]
    slope = (ends[0].energy - ends[1].energy) / (2 * step)
    assert abs(slope) > 0.005
    assert -(centre.forces * direction).sum() == pytest.approx(slope, abs=3e-6)
    np.testing.assert_allclose(centre.forces.sum(axis=0), 0, atol=1e-6)


def test_a_table_is_the_same_each_time():
    geometries = random_geometries(H2, 4, seed=7)
    first, second = (reference_table(H2, geometries, ENGINE) for _ in range(2))
    assert first["energy"].tolist() == second["energy"].tolist()
    np.testing.assert_array_equal(stack(first["coefficients"]), stack(second["coefficients"]))


def test_forces_only_where_asked(water):
    assert water.forces is None


@pytest.mark.parametrize("limit", [0, 1e9])
@pytest.mark.parametrize("functional", ["PBE", "LDA,VWN"])
def test_the_integration_gives_what_pyscfs_gives(limit, functional):
    mole = ENGINE.mole(WATER.symbols, BENT)
    grids = dft.Grids(mole)
    grids.level = 0
    grids.build(with_non0tab=True)
    kept, plain = KeptOrbitals(limit), dft.numint.NumInt()
    orbitals, plainer = np.random.default_rng(1).normal(size=(2, mole.nao, 4))
    named = scf.hf.make_rdm1(orbitals, np.array([2.0, 2.0, 0.0, 2.0]))
    # Without names of its orbitals, a density matrix is integrated as PySCF does.
    for density_matrix in (named, plainer @ plainer.T):
        expected = plain.nr_rks(mole, grids, functional, density_matrix)
        found = kept.nr_rks(mole, grids, functional, density_matrix)
        for value, other in zip(found, expected, strict=True):
            np.testing.assert_allclose(value, other, rtol=1e-12, atol=1e-10)
    # A finer grid is another one.
    grids.level = 1
    grids.build(with_non0tab=True)
    electrons = kept.nr_rks(mole, grids, functional, density_matrix)[0]
    expected = plain.nr_rks(mole, grids, functional, density_matrix)[0]
    assert electrons == pytest.approx(expected, rel=1e-12)


def converged(molecule, **settings):
    engine = reference_engine("pyscf", BASIS, {"orbital_basis": "gth-dzvp", **settings})
    mole = engine.mole(molecule.symbols, molecule.reference_positions * 1.05)
    return engine._converge(mole, KnownDensityMatrices.from_arrays(None))[0]


@pytest.mark.parametrize("functional", ["PBE", "LDA,VWN"])
def test_contracted_forces_are_those_of_pyscf(monkeypatch, functional):
    calculation = converged(WATER, functional=functional, grid_level=1)
    contracted = forces(calculation)
    monkeypatch.setattr(pyscf_forces, "_is_contracted", lambda calculation: False)
    np.testing.assert_allclose(contracted, forces(calculation), atol=1e-11)


@pytest.mark.parametrize(
    "settings",
    [{"functional": "PBE0"}, {"density_fitting": False}, {"functional": "TPSS"}],
    ids=lambda settings: str(*settings.values()),
)
def test_other_energies_have_the_forces_of_pyscf(monkeypatch, settings):
    calculation = converged(H2, grid_level=0, **settings)
    contracted = pyscf_forces._ContractedGradients
    monkeypatch.delattr(pyscf_forces, contracted.__name__)
    assert np.abs(forces(calculation)).max() > 1e-3


def test_what_was_calculated_before_saves_iterations():
    engine = reference_engine(
        "pyscf", BASIS, {"orbital_basis": "gth-dzvp", "grid_level": 1, "tolerance": 1e-6}
    )
    geometries = np.random.default_rng(2).normal(WATER.reference_positions, 0.05, size=(16, 3, 3))
    restart, learnt, alone = None, [], []
    for positions in geometries:
        learnt.append(engine.calculate(WATER.symbols, positions, restart))
        alone.append(engine.calculate(WATER.symbols, positions))
        restart = learnt[-1].restart
    for one, other in zip(learnt, alone, strict=True):
        assert one.energy == pytest.approx(other.energy, abs=2e-6)
    learnt, alone = (sum(each.iterations for each in found[-4:]) for found in (learnt, alone))
    assert learnt <= 0.6 * alone
