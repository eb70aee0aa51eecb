"""What is known of geometries in the files that people have: forces, archives, cube files, grids.

Water as three springs: energies and forces are known, and so are Gaussians about its atoms.
"""

from itertools import combinations
from pathlib import Path

import ase.io
import numpy as np
import pytest
from ase import Atoms, units
from ase.build import molecule
from ase.calculators.singlepoint import SinglePointCalculator
from ase.io.cube import write_cube
from scipy.spatial.transform import Rotation

from hkmaps.densities.fourier import FourierBasis
from hkmaps.densities.grids import UniformGrid, read_density_cube, write_density_cube
from hkmaps.descriptors.gaussians_potential import GaussiansPotential
from hkmaps.errors import InputError
from hkmaps.geometry.extended_xyz import write_extended_xyz
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_subspace import DensitySubspace
from hkmaps.maps.molecule_map import MoleculeMap
from hkmaps.molecules.predictions import write_predicted_density, write_predictions
from hkmaps.molecules.reference_checks import electron_numbers, expect_plausible_energies
from hkmaps.molecules.reference_files import ReferenceFiles
from hkmaps.tables import stack

STRUCTURES = Path(__file__).parents[2] / "config/molecules"
H2O = Molecule.from_entry("H2O", STRUCTURES / "H2O.xyz")
COUNT, WIDTH, ELECTRONS = 12, 0.75, np.array([6.0, 1.0, 1.0])
PAIRS = ((0, 1), (0, 2), (1, 2))
RESTS = [np.linalg.norm(np.subtract(*H2O.reference_positions[list(pair)])) for pair in PAIRS]
STREAM = np.random.default_rng(1)
ALIGNED = H2O.frame.align(
    H2O.reference_positions + STREAM.normal(scale=0.06, size=(COUNT, 3, 3))
).positions
TURNS = Rotation.random(COUNT, rng=STREAM).as_matrix()
GIVEN = ALIGNED @ TURNS + STREAM.normal(scale=2.0, size=(COUNT, 1, 3))
GIVEN[::2] = GIVEN[::2, [0, 2, 1]]
BASIS = FourierBasis(20.0, 20)


def springs(positions, pairs=PAIRS, rests=RESTS):
    """Energies in Ha and forces in Ha/bohr."""
    energies, forces = np.full(len(positions), -17.2), np.zeros_like(positions)
    for (first, second), rest in zip(pairs, rests, strict=True):
        apart = positions[:, first] - positions[:, second]
        lengths = np.linalg.norm(apart, axis=1)
        energies += 0.25 * (lengths - rest) ** 2
        pull = (-0.5 * (1 - rest / lengths))[:, None] * apart
        forces[:, first] += pull
        forces[:, second] -= pull
    return energies, forces


ENERGIES, FORCES = springs(GIVEN)


def expect_known(block):
    """Geometries, energies and forces must be those of the springs, in the molecule's frame."""
    files = ReferenceFiles.from_settings(block)
    table = files.geometry_table(H2O)
    positions = stack(table["positions"]).reshape(COUNT, 3, 3)
    np.testing.assert_allclose(H2O.frame.align(positions).positions, positions, atol=1e-9)
    np.testing.assert_allclose(positions, H2O.frame.align(GIVEN).positions, atol=1e-6)
    if "energies" in files.known:
        found = files.energy_table(H2O, table)
        np.testing.assert_allclose(found["energy"], ENERGIES, atol=1e-8)
        assert found["converged"].all()
    if "forces" in files.known:
        expected = springs(positions)[1]
        assert np.abs(expected).max() > 0.02
        np.testing.assert_allclose(files.forces_of(H2O, table), expected, atol=1e-6)
    return files


def expect_error(block, *parts):
    with pytest.raises(InputError) as caught:
        files = ReferenceFiles.from_settings(block)
        table = files.geometry_table(H2O)
        if "densities" in files.known:
            list(files.reference_tables(H2O, table, BASIS))
        files.energy_table(H2O, table)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message
    assert [part for part in parts if str(part) not in message] == [], message


def images(positions=GIVEN, **settings):
    found = []
    for geometry, energy, forces in zip(positions, ENERGIES, FORCES, strict=True):
        atoms = Atoms("OH2", geometry * units.Bohr, **settings)
        atoms.calc = SinglePointCalculator(
            atoms, energy=energy * units.Hartree, forces=forces * units.Hartree / units.Bohr
        )
        found.append(atoms)
    return found


@pytest.mark.parametrize("name", ["md.extxyz", "md.xyz", "md.traj"])
def test_files_of_ase_bring_energies_and_forces_in_their_own_units(tmp_path, name):
    ase.io.write(tmp_path / name, images())
    block = {"geometries": str(tmp_path / name), "energies": "file", "forces": "file"}
    assert expect_known(block).known == {"energies", "forces"}
    assert expect_known({"geometries": block["geometries"]}).known == frozenset()


def test_a_molecule_that_a_periodic_cell_cut_is_whole_again(tmp_path):
    # Smaller than twice the molecule, so that some atoms are nearer to images of others.
    cut = images(cell=[2.8, 2.9, 3.0], pbc=True)
    for atoms in cut:
        atoms.wrap()
    ase.io.write(tmp_path / "XDATCAR", cut, format="vasp-xdatcar")
    expect_known({"geometries": str(tmp_path / "XDATCAR")})
    ase.io.write(tmp_path / "cut.extxyz", cut)
    expect_known({"geometries": str(tmp_path / "cut.extxyz"), "energies": "file"})


@pytest.mark.parametrize("keys", ["RFEz", ("coords", "forces", "energies", "nuclear_charges")])
def test_archives_of_md17_and_sgdml(tmp_path, keys):
    path, kcal = tmp_path / "water.npz", units.kcal / units.mol
    values = [
        GIVEN * units.Bohr,
        FORCES * units.Hartree / units.Bohr / kcal,
        (ENERGIES * units.Hartree / kcal)[:, None],
        np.array([8, 1, 1]),
    ]
    arrays = dict(zip(keys, values, strict=True))
    np.savez(path, **arrays)
    block = {"geometries": str(path), "energies": "file", "forces": "file"}
    expect_error(block, path, "length_unit", "declared")
    expect_known(block | {"length_unit": "angstrom", "energy_unit": "kcal/mol"})
    wrong = block | {"length_unit": "angstrom", "energy_unit": "kJ/mol"}
    expect_error(wrong | {"energy_zero": "relative", "force_unit": "kcal/mol/angstrom"}, "0.239")
    np.savez(path, **arrays, r_unit="Ang", e_unit="kcal/mol")
    expect_known(block)
    expect_error(
        block | {"length_unit": "bohr"}, "length_unit", "bohr", "its format allows angstrom"
    )
    np.savez(path, **{key: value for key, value in arrays.items() if key != keys[0]})
    expect_error(block, path, f"{'R or coords'} must be among them")


def test_forces_beside_the_geometries_and_in_a_named_column(tmp_path):
    path, forces = tmp_path / "md.xyz", tmp_path / "forces.npy"
    np.save(forces, FORCES)
    frames = images()
    for atoms, values in zip(frames, FORCES, strict=True):
        atoms.arrays["REF_forces"] = values
    ase.io.write(path, frames, format="extxyz", write_results=False)
    block = {"geometries": str(path), "force_unit": "Ha/bohr"}
    expect_known(block | {"forces": str(forces)})
    expect_known(block | {"forces": "column:REF_forces"})
    with pytest.raises(InputError, match="does not bring forces, three numbers"):
        expect_known(block | {"forces": "file"})
    with pytest.raises(InputError, match="lacks force_unit"):
        expect_known({"geometries": str(path), "forces": str(forces)})


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        (lambda forces: -forces, ("gradients", "other sign")),
        (lambda forces: forces * units.Bohr, ("times the work", "1.89")),
        (lambda forces: np.roll(forces, 1, axis=0), ("net torque on the molecule", "order")),
        (lambda forces: forces[1:], ("(11, 3, 3)", "(12, 3, 3)")),
        (lambda forces: forces * np.nan, ("geometry 0", "nan", "finite")),
    ],
)
def test_forces_that_do_not_belong_to_the_energies_or_geometries(tmp_path, change, parts):
    ase.io.write(tmp_path / "md.extxyz", images())
    np.save(tmp_path / "forces.npy", change(FORCES))
    block = {"geometries": str(tmp_path / "md.extxyz"), "energies": "file"}
    expect_error(
        block | {"forces": str(tmp_path / "forces.npy"), "force_unit": "Ha/bohr"},
        tmp_path / "forces.npy",
        *parts,
    )


@pytest.mark.parametrize("order", [[0, 1, 3, 4, 2, 5, 6, 7], [1, 0, 2, 4, 3, 7, 5, 6]])
def test_forces_are_renamed_and_turned_with_the_geometries(tmp_path, order):
    """Ethane in a numbering that a turn of a methyl group brings about, and in a wrong one."""
    ethane = Molecule.from_entry("ethane", STRUCTURES / "ethane.xyz")
    stream = np.random.default_rng(6)
    pairs = list(combinations(range(8), 2))
    given = ethane.reference_positions + stream.normal(scale=0.05, size=(4, 8, 3))
    given = (given @ Rotation.random(rng=stream).as_matrix())[:, order]
    rests = np.linalg.norm(ethane.reference_positions[:, None] - ethane.reference_positions, axis=2)

    def forces(positions, rests):
        return springs(positions, pairs, [rests[pair] for pair in pairs])[1]

    np.save(tmp_path / "forces.npy", forces(given, rests[np.ix_(order, order)]))
    write_extended_xyz(tmp_path / "md.xyz", ethane.symbols, given)
    files = ReferenceFiles(
        str(tmp_path / "md.xyz"), forces=str(tmp_path / "forces.npy"), force_unit="Ha/bohr"
    )
    table = files.geometry_table(ethane)
    positions = stack(table["positions"]).reshape(given.shape)
    away = np.linalg.norm(positions - ethane.reference_positions, axis=2)
    assert away.max() < 0.3
    np.testing.assert_allclose(files.forces_of(ethane, table), forces(positions, rests), atol=1e-6)


def test_checks_know_every_element(tmp_path):
    ase.io.write(tmp_path / "H2S.xyz", molecule("SH2"))
    sulphide = Molecule.from_entry("H2S", tmp_path / "H2S.xyz")
    positions = sulphide.reference_positions + np.random.default_rng(7).normal(
        scale=0.05, size=(5, 3, 3)
    )
    for energy in (-399.4, -11.4):
        energies = energy + 0.01 * np.arange(5)
        expect_plausible_energies(sulphide, positions, energies, "a file", total=True)
    for wrong in (-399.4 * 27.2, -11.4 / 27.2):
        with pytest.raises(InputError, match="total energies of H2S are"):
            expect_plausible_energies(sulphide, positions, energies * wrong / energy, "a", True)
    assert {8, 16, 18} == set(electron_numbers(sulphide.charges))
    assert electron_numbers(sulphide.charges)[8].tolist() == [6, 1, 1]


def test_chosen_geometries_come_in_the_order_of_the_choice(tmp_path):
    ase.io.write(tmp_path / "md.extxyz", images())
    files = ReferenceFiles.from_settings(
        {"geometries": str(tmp_path / "md.extxyz"), "energies": "file", "forces": "file"}
    )
    chosen = np.array([7, 2, 9])
    table = files.geometry_table(H2O, chosen=chosen)
    assert table["geometry"].tolist() == [0, 1, 2] and table["frame"].tolist() == [7, 2, 9]
    np.testing.assert_allclose(files.energies_of(H2O, table), ENERGIES[chosen], atol=1e-9)
    positions = stack(table["positions"]).reshape(3, 3, 3)
    np.testing.assert_allclose(files.positions(H2O)[chosen], positions)
    np.testing.assert_allclose(files.forces_of(H2O, table), springs(positions)[1], atol=1e-8)


@pytest.mark.parametrize(
    ("block", "parts"),
    [
        ({"energies": "file", "forces": "file"}, ("does not bring an energy",)),
        ({"energies": "own.txt"}, ("lacks energy_unit",)),
        ({"densities": "own.npy"}, ("densities and no energies",)),
        ({"layout": {}}, ("lacks values_per_dimension",)),
        ({"grid": {"origin": [0, 0, 0], "spacing": 0.3}}, ("a grid and no densities",)),
        ({"energies": "file", "densities": "own.npy"}, ("layout", "grid")),
        ({"length_unit": "nm"}, ("'nm'", "angstrom, bohr")),
        ({"force_unit": "eV"}, ("'eV'", "eV/angstrom")),
    ],
)
def test_what_cannot_be_is_refused_by_name(tmp_path, block, parts):
    write_extended_xyz(tmp_path / "md.xyz", H2O.symbols, GIVEN)
    expect_error({"geometries": str(tmp_path / "md.xyz")} | block, *parts)


def gaussians(positions, points):
    squares = ((points[..., None, :] - positions) ** 2).sum(axis=-1)
    return np.exp(-squares / (2 * WIDTH**2)) @ ELECTRONS / (2 * np.pi * WIDTH**2) ** 1.5


def on_grid(positions, origin, spacing, shape):
    axes = UniformGrid(tuple(origin), tuple(np.broadcast_to(spacing, 3))).axes(shape)
    return gaussians(positions, np.stack(np.meshgrid(*axes, indexing="ij"), axis=-1))


def write_cubes(folder, positions, spacing=(0.3, 0.32, 0.35), away=0.0):
    """A file for each geometry, each with its own grid, in the axes of the geometry."""
    folder.mkdir()
    for number, geometry in enumerate(positions):
        origin = geometry.min(axis=0) - 4.5 - 0.1 * number + away
        shape = np.ceil((np.ptp(geometry, axis=0) + 9.5) / spacing).astype(int) + number
        atoms = Atoms("OH2", geometry * units.Bohr, cell=shape * spacing * units.Bohr)
        values = on_grid(geometry, origin, spacing, shape)
        with open(folder / f"density_{number}.cube", "w", encoding="utf-8") as file:
            write_cube(file, atoms, values, origin * units.Bohr, "a test")


TOGETHER = ALIGNED[[0, 1, 2, *range(3, COUNT)]] @ TURNS[0] + [3.0, -5.0, 1.0]


def expect_density(block):
    """Tables of the files must hold the Gaussians, the centres of mass at the cube's middle."""
    files = ReferenceFiles.from_settings(block)
    table = files.geometry_table(H2O)
    (reference,) = files.reference_tables(H2O, table, BASIS)
    positions = stack(table["positions"]).reshape(COUNT, 3, 3)
    np.testing.assert_allclose(H2O.frame.weights @ positions, 0, atol=1e-9)
    np.testing.assert_allclose(positions, ALIGNED @ TURNS[0], atol=1e-5)
    points = np.random.default_rng(0).uniform(-3, 3, (30, 3))
    coefficients = stack(reference["coefficients"]).astype(np.float64)
    found = BASIS.density(coefficients, points + BASIS.length / 2)
    expected = np.array([gaussians(geometry, points) for geometry in positions])
    assert expected.max() > 0.05
    np.testing.assert_allclose(found, expected, atol=2e-5)


def test_cube_files_each_on_its_own_grid(tmp_path):
    ase.io.write(tmp_path / "md.extxyz", images(TOGETHER))
    write_cubes(tmp_path / "cubes", TOGETHER)
    block = {"geometries": str(tmp_path / "md.extxyz"), "energies": "file"}
    expect_density(block | {"densities": str(tmp_path / "cubes")})
    # The geometries may be those of the cube files, numbers in their names in order.
    np.savetxt(tmp_path / "energies.txt", ENERGIES)
    cubes = str(tmp_path / "cubes/*.cube")
    own = {"geometries": cubes, "energies": str(tmp_path / "energies.txt"), "energy_unit": "Ha"}
    expect_density(own | {"densities": cubes})
    block["densities"] = cubes
    expect_error(
        block | {"density_unit": "1/angstrom^3"}, "8 valence", "would fit density_unit: 1/bohr^3"
    )
    (tmp_path / "cubes/density_5.cube").rename(tmp_path / "cubes/density_x.cube")
    expect_error(block, "density_6.cube are not those of geometry 5")
    (tmp_path / "cubes/density_x.cube").unlink()
    expect_error(block, "11 files", "must be 12")


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"spacing": (0.6, 0.5, 0.5)}, ("0.6 bohr", "at most 0.5 bohr")),
        ({"away": 7.0}, ("Atom 0", "beyond the grid", "whole")),
        ({"old": "    0.000000    0.000000\n", "new": "    0.100000    0.000000\n"}, ("axes",)),
        ({"old": "e-", "new": "x"}, ("cannot be read as a Gaussian cube file",)),
    ],
)
def test_cube_files_that_cannot_be_used(tmp_path, change, parts):
    ase.io.write(tmp_path / "md.extxyz", images(TOGETHER))
    old, new = change.pop("old", ""), change.pop("new", "")
    write_cubes(tmp_path / "cubes", TOGETHER, **change)
    path = tmp_path / "cubes/density_0.cube"
    path.write_text(path.read_text().replace(old, new, 1))
    block = {"geometries": str(tmp_path / "md.extxyz"), "energies": "file"}
    expect_error(block | {"densities": str(tmp_path / "cubes")}, *parts)


def test_densities_on_one_grid_for_all(tmp_path):
    ase.io.write(tmp_path / "md.extxyz", images(TOGETHER))
    origin, spacing, shape = TOGETHER.min(axis=(0, 1)) - 5, 0.35, (36, 38, 34)
    values = np.array([on_grid(geometry, origin, spacing, shape) for geometry in TOGETHER])
    np.save(tmp_path / "densities.npy", values / units.Bohr**3)
    block = {
        "geometries": str(tmp_path / "md.extxyz"),
        "energies": "file",
        "densities": str(tmp_path / "densities.npy"),
        "grid": {"origin": (origin * units.Bohr).tolist(), "spacing": spacing * units.Bohr},
        "density_unit": "1/angstrom^3",
    }
    expect_density(block)
    expect_error(block | {"grid": {"origin": [0, 0], "spacing": 0.1}}, "[0, 0]", "three numbers")
    np.save(tmp_path / "densities.npy", np.swapaxes(values, 1, 2) / units.Bohr**3)
    expect_error(block, "not where the atoms", "axes")


def test_geometries_go_out_as_ase_reads_them(tmp_path):
    path = tmp_path / "out.xyz"
    inside = np.arange(COUNT) % 2 == 0
    write_extended_xyz(
        path, H2O.symbols, GIVEN, ENERGIES, FORCES, np.full(COUNT, 1e-3), {"in_domain": inside}
    )
    for number, atoms in enumerate(ase.io.read(path, ":")):
        assert atoms.get_chemical_symbols() == ["O", "H", "H"]
        np.testing.assert_allclose(atoms.positions / units.Bohr, GIVEN[number], atol=1e-7)
        assert atoms.get_potential_energy() == pytest.approx(ENERGIES[number] * units.Hartree)
        found = atoms.get_forces() * units.Bohr / units.Hartree
        np.testing.assert_allclose(found, FORCES[number], atol=1e-8)
        assert atoms.info["energy_uncertainty"] == pytest.approx(1e-3 * units.Hartree)
        assert atoms.info["in_domain"] == inside[number]
    expect_known({"geometries": str(path), "energies": "file", "forces": "file"})
    with pytest.raises(InputError, match=r"in_domain .* \(12, 1\); it must be \(12,\)"):
        write_extended_xyz(path, H2O.symbols, GIVEN, extras={"in_domain": inside[:, None]})


def test_a_density_goes_out_as_a_cube_file_that_holds_its_electrons(tmp_path):
    path = tmp_path / "water.cube"

    def density(points):
        return gaussians(GIVEN[0], points)

    write_density_cube(path, H2O.symbols, GIVEN[0], density, electrons=8.0)
    cube = read_density_cube(path)
    np.testing.assert_allclose(cube.positions, GIVEN[0], atol=1e-5)
    assert cube.numbers.tolist() == [8, 1, 1]
    assert cube.values.sum() * np.prod(cube.grid.spacing) == pytest.approx(8, rel=1e-4)
    np.testing.assert_allclose(
        cube.values, on_grid(GIVEN[0], cube.grid.origin, 0.2, cube.values.shape), atol=1e-5
    )
    for lengths in ({"margin": 1.0}, {"spacing": 2.5}):
        with pytest.raises(InputError, match="of 8 electrons; a smaller spacing or a wider margin"):
            write_density_cube(path, H2O.symbols, GIVEN[0], density, electrons=8.0, **lengths)


def test_what_a_map_predicts_goes_out_in_files_of_other_programs(tmp_path):
    basis = FourierBasis(12.0, 8)
    positions = H2O.frame.align(
        H2O.reference_positions + np.random.default_rng(2).normal(scale=0.06, size=(60, 3, 3))
    ).positions
    grid = UniformGrid((-6.0,) * 3, (0.6,) * 3)
    densities = np.array(
        [
            grid.coefficients(on_grid(geometry, grid.origin, 0.6, (20,) * 3), basis, (0, 0, 0))
            for geometry in positions
        ]
    )
    subspace = DensitySubspace.spanning(basis, densities)
    model = MoleculeMap.fit(
        "H2O",
        H2O.symbols,
        H2O.frame,
        GaussiansPotential(H2O.charges),
        positions,
        springs(positions)[0],
        subspace.project(densities),
        subspace,
    )
    write_predictions(model, GIVEN, tmp_path / "out.xyz")
    write_predicted_density(model, GIVEN[1], tmp_path / "out.cube", spacing=0.4, margin=4.0)
    found = ase.io.read(tmp_path / "out.xyz", ":")
    energies = [atoms.get_potential_energy() / units.Hartree for atoms in found]
    np.testing.assert_allclose(energies, model.energies(GIVEN), atol=1e-8)
    assert np.abs(energies - ENERGIES).mean() < 1e-3
    # Central differences of what is in the file itself.
    for step in (1e-3, -1e-3):
        moved = GIVEN.copy()
        moved[:, 1, 0] += step
        write_predictions(model, moved, tmp_path / f"{step}.xyz")
    ahead, behind = (ase.io.read(tmp_path / f"{step}.xyz", ":") for step in (1e-3, -1e-3))
    for atoms, after, before in zip(found, ahead, behind, strict=True):
        slope = after.get_potential_energy() - before.get_potential_energy()
        assert -slope / (2e-3 * units.Bohr) == pytest.approx(atoms.get_forces()[1, 0], abs=2e-3)
        assert atoms.info["in_domain"] == (atoms.info["domain_distance"] <= 1)
        assert 0 < atoms.info["energy_uncertainty"] < 0.1
    cube = read_density_cube(tmp_path / "out.cube")
    expected = on_grid(GIVEN[1], cube.grid.origin, 0.4, cube.values.shape)
    assert expected.max() > 0.5
    np.testing.assert_allclose(cube.values, expected, atol=0.02)
