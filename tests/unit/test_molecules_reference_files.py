"""Files in place of reference calculations: layouts written here by their definition, and errors.

The files hold sums of Gaussians about the atoms, whose moments, counts and values are known.
"""

from pathlib import Path

import numpy as np
import pytest
from scipy.spatial.transform import Rotation

from hkmaps.densities.fourier import FourierBasis
from hkmaps.errors import InputError
from hkmaps.geometry.frame import ReferenceFrame
from hkmaps.geometry.molecule import Molecule
from hkmaps.molecules.file_alignment import alignment_report, frame_of_files
from hkmaps.molecules.reference_files import ReferenceFiles
from hkmaps.molecules.results import GEOMETRIES, REFERENCE
from hkmaps.tables import read_table, stack, write_table
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

STRUCTURES = Path(__file__).parents[2] / "config/molecules"
H2O, ETHANE = (Molecule.from_entry(name, STRUCTURES / f"{name}.xyz") for name in ("H2O", "ethane"))
EDGE, VALUES, WIDTH, GRID = 20.0, 50, 0.75, 100
BASIS = FourierBasis(EDGE, 25)
COUNT = 6
ELECTRONS = {"H": 1.0, "C": 4.0, "O": 6.0}
POSITIONS = H2O.frame.align(
    H2O.reference_positions + np.random.default_rng(4).normal(scale=0.06, size=(COUNT, 3, 3))
).positions
ENERGIES = -17.2 + 0.2 * ((POSITIONS[:, 0] - POSITIONS[:, 1]) ** 2).sum(axis=1) / 3.4
AUTHORS = {
    "values_per_dimension": VALUES,
    "parts": "real_then_imaginary",
    "imaginary": "minus_sine",
    "normalisation": "grid_sum",
    "grid_points": GRID,
    "box_length": EDGE,
    "origin": "corner",
}


def moments(positions, electrons, functions):
    """Integrals of Gaussians times products of f(x), f(y), f(z), by each f's (k, is_sine)."""
    frequency, is_sine = np.array(functions).T
    wave = 2 * np.pi * frequency / EDGE
    phase = wave * (positions + EDGE / 2)[..., None]
    value = np.where(is_sine, np.sin(phase), np.cos(phase)) * np.exp(-((wave * WIDTH) ** 2) / 2)
    x, y, z = np.moveaxis(value, 2, 0)
    return np.einsum("n,sna,snb,snc->sabc", electrons, x, y, z, optimize=True)


def gaussians(molecule, positions, points):
    """The density at points relative to the middle of the cube, in which no image matters."""
    electrons = np.array([ELECTRONS[symbol] for symbol in molecule.symbols])
    squares = ((points - positions[:, :, None]) ** 2).sum(axis=-1)
    norm = (2 * np.pi * WIDTH**2) ** 1.5
    return np.einsum("n,snp->sp", electrons, np.exp(-squares / (2 * WIDTH**2))) / norm


def halves(scale=1.0, sign=-1.0):
    """Functions and factors of real then imaginary parts of 25 frequencies."""
    functions = [(k, False) for k in range(25)] + [(k, True) for k in range(25)]
    return functions, [scale] * 25 + [sign * scale] * 25


def written(molecule, positions, functions, factors):
    """Values of a file whose dimensions have these functions and factors, (S, values cubed)."""
    electrons = np.array([ELECTRONS[symbol] for symbol in molecule.symbols])
    values = moments(positions, electrons, functions)
    return np.einsum("sabc,a,b,c->sabc", values, factors, factors, factors)


AUTHORS_VALUES = written(H2O, POSITIONS, *halves(GRID / EDGE))


def write_xyz(path, molecule, positions, unit=ANGSTROM_PER_BOHR, comments=None, symbols=None):
    frames = []
    for number, geometry in enumerate(positions):
        comment = f"frame {number}" if comments is None else comments[number]
        rows = [
            f"{symbol} {x:.10f} {y:.10f} {z:.10f}"
            for symbol, (x, y, z) in zip(symbols or molecule.symbols, geometry * unit, strict=True)
        ]
        frames.append("\n".join([str(len(rows)), comment, *rows]))
    Path(path).write_text("\n".join(frames) + "\n")


@pytest.fixture
def block(tmp_path):
    """Settings of files of water as the authors' code writes them, in bohr from the corner."""
    write_xyz(tmp_path / "structures.xyz", H2O, POSITIONS + EDGE / 2, unit=1.0)
    np.savetxt(tmp_path / "energies.txt", ENERGIES * KCAL_PER_MOL_PER_HARTREE)
    np.save(tmp_path / "densities.npy", AUTHORS_VALUES.reshape(COUNT, -1))
    return {
        "geometries": str(tmp_path / "structures.xyz"),
        "length_unit": "bohr",
        "energies": str(tmp_path / "energies.txt"),
        "energy_unit": "kcal/mol",
        "densities": str(tmp_path / "densities.npy"),
        "layout": dict(AUTHORS),
    }


def tables(block, molecule=H2O, basis=BASIS, **options):
    files = ReferenceFiles.from_settings(block)
    geometries = files.geometry_table(molecule)
    return geometries, list(files.reference_tables(molecule, geometries, basis, **options))


def expect_error(block, *parts, molecule=H2O, basis=BASIS):
    """Reading must end in one sentence that holds all of `parts`."""
    with pytest.raises(InputError) as caught:
        tables(block, molecule, basis)
    message = str(caught.value)
    assert message.endswith(".") and "\n" not in message
    assert [part for part in parts if str(part) not in message] == [], message


def expect_density(reference, molecule, positions, tolerance=2e-7):
    points = np.random.default_rng(0).uniform(-4, 4, (40, 3))
    coefficients = stack(reference["coefficients"]).astype(np.float64)
    found = BASIS.density(coefficients, points + EDGE / 2)
    expected = gaussians(molecule, positions, points)
    assert expected.max() > 0.05
    np.testing.assert_allclose(found, expected, atol=tolerance)


def test_grid_sums_of_numpy_are_the_authors_layout():
    """The transform of the authors' public code: rfft per axis, real parts, then imaginary."""
    grid = np.stack(np.meshgrid(*[np.arange(GRID) * EDGE / GRID - EDGE / 2] * 3, indexing="ij"))
    density = gaussians(H2O, POSITIONS[:1], grid.reshape(3, -1).T).reshape(1, GRID, GRID, GRID)
    for axis in (-1, -2, -3):
        spectrum = np.take(np.fft.rfft(density, axis=axis), range(25), axis=axis)
        density = np.concatenate((spectrum.real, spectrum.imag), axis)
    np.testing.assert_allclose(AUTHORS_VALUES[:1], density, atol=1e-6 * density.max())


@pytest.mark.parametrize("precision", ["single", "double"])
def test_tables_hold_the_geometries_energies_and_densities_of_the_files(block, precision, tmp_path):
    geometries, chunks = tables(block, chunks=4, precision=precision)
    np.testing.assert_allclose(
        stack(geometries["positions"]).reshape(POSITIONS.shape), POSITIONS, atol=1e-9
    )
    assert [chunk["geometry"].tolist() for chunk in chunks] == [[0, 1], [2, 3], [4], [5]]
    write_table(geometries, tmp_path / "geometries.parquet", GEOMETRIES)
    for number, chunk in enumerate(chunks):
        write_table(chunk, tmp_path / "chunk.parquet", REFERENCE)
        rows = read_table(tmp_path / "chunk.parquet", REFERENCE)
        at = rows["geometry"].to_numpy()
        np.testing.assert_allclose(rows["energy"], ENERGIES[at], atol=1e-12)
        counts = BASIS.electron_count(stack(rows["coefficients"]))
        np.testing.assert_allclose(counts, 8, rtol=1e-6)
        expect_density(rows, H2O, POSITIONS[at], 2e-7 if precision == "single" else 1e-8)
        assert set(rows["engine"]) == {"files: structures.xyz, energies.txt, densities.npy"}
        assert rows["converged"].all() and not rows["seconds"].any(), number


SERIES = 2 / EDGE
LAYOUTS = {
    "interleaved": (
        {"parts": "interleaved", "imaginary": "sine", "normalisation": "fourier_series"},
        ([(n // 2, n % 2 == 1) for n in range(50)], [SERIES] * 50),
    ),
    "packed": (
        {"parts": "packed", "imaginary": "sine", "normalisation": "orthonormal"},
        (
            [(0, False), *[(k, sine) for k in range(1, 26) for sine in (False, True)][:49]],
            [EDGE**-0.5] + [SERIES**0.5] * 49,
        ),
    ),
    "packed odd": (
        {
            "parts": "packed",
            "imaginary": "sine",
            "normalisation": "amplitudes",
            "values_per_dimension": 49,
        },
        (
            [(0, False)] + [(k, sine) for k in range(1, 25) for sine in (False, True)],
            [1 / EDGE] + [SERIES] * 48,
        ),
    ),
    "mean": ({"imaginary": "sine", "normalisation": "grid_mean"}, halves(1 / EDGE, 1.0)),
    "integral": ({"normalisation": "integral"}, halves(1.0)),
    "phases from the centre": (
        {"normalisation": "integral", "phase_origin": "centre"},
        (halves()[0], [f * (-1) ** k for f, (k, _) in zip(halves()[1], halves()[0], strict=True)]),
    ),
    "density in electrons per cubic Angstrom": (
        {"normalisation": "integral", "factor": ANGSTROM_PER_BOHR**3},
        halves(1 / ANGSTROM_PER_BOHR),
    ),
}


@pytest.mark.parametrize("name", LAYOUTS)
def test_every_layout_gives_the_same_density(block, name):
    changes, (functions, factors) = LAYOUTS[name]
    block["layout"] = {key: value for key, value in AUTHORS.items() if key != "grid_points"}
    block["layout"] |= changes
    np.save(block["densities"], written(H2O, POSITIONS, functions, factors).astype(np.float32))
    _, (reference,) = tables(block)
    expect_density(reference, H2O, POSITIONS)


@pytest.mark.parametrize("order", ["zyx", "yzx"])
def test_axes_may_run_in_another_order(block, order):
    block["layout"]["order"] = order
    axes = [1 + "xyz".index(axis) for axis in order]
    np.save(block["densities"], np.transpose(AUTHORS_VALUES, [0, *axes]))
    _, (reference,) = tables(block)
    expect_density(reference, H2O, POSITIONS)


def test_fewer_frequencies_than_the_basis_leave_zeros(block):
    """Real and imaginary parts of 20 of 25 frequencies: what is missing is zero."""
    kept = np.r_[0:20, 25:45]
    fewer = AUTHORS_VALUES[:, kept][:, :, kept][:, :, :, kept]
    np.save(block["densities"], fewer)
    block["layout"]["values_per_dimension"] = 40
    _, (reference,) = tables(block)
    tensor = stack(reference["coefficients"]).reshape(COUNT, 50, 50, 50)
    assert not tensor[:, 39:].any() and not tensor[..., 39:].any()
    assert tensor[:, 37:39].any()
    expect_density(reference, H2O, POSITIONS, 1e-4)


def test_text_angstrom_around_the_centre_and_energies_in_comments(block, tmp_path):
    """The other usual way: xyz in its own unit, extended comments, densities as text."""
    comments = [f'Properties=species:S:1:pos:R:3 energy={value} name="a b"' for value in ENERGIES]
    write_xyz(block["geometries"], H2O, POSITIONS, comments=comments)
    densities = tmp_path / "densities.txt"
    np.savetxt(densities, AUTHORS_VALUES.reshape(COUNT, -1), fmt="%.8e", header="six sets")
    # As Fortran writes double precision, and an editor its byte-order mark.
    densities.write_text(densities.read_text().replace("e-", "D-"), encoding="utf-8-sig")
    block |= {"energies": "comment:energy", "energy_unit": "Ha", "densities": str(densities)}
    block["layout"]["origin"] = "centre"
    del block["length_unit"]
    geometries, (reference,) = tables(block)
    np.testing.assert_allclose(
        stack(geometries["positions"]).reshape(POSITIONS.shape), POSITIONS, atol=1e-9
    )
    np.testing.assert_allclose(reference["energy"], ENERGIES, atol=1e-14)
    expect_density(reference, H2O, POSITIONS)


@pytest.mark.parametrize(
    ("key", "comment"),
    [
        (":E", "Coordinates from ORCA-job water E {}"),
        (":E", "step 3 E {}"),
        (":energy", " energy: {} gnorm: 0.000834 xtb: 6.4.0"),
        (":E_Pot", "Step 1, t = 0.50 fs, E_Pot={}, Hartree"),
        (":energy", 'name="step energy=3.0" energy={} pbc="F F F"'),
        (":E", "E = {} Ha"),
        ("", "frame 3 {} Ha"),
        ("", "{}"),
    ],
)
def test_energies_among_the_words_of_comments(block, key, comment):
    comments = [comment.format(f"{energy:.12f}") for energy in ENERGIES]
    write_xyz(block["geometries"], H2O, POSITIONS + EDGE / 2, 1.0, comments=comments)
    block |= {"energies": f"comment{key}", "energy_unit": "Ha"}
    _, (reference,) = tables(block)
    np.testing.assert_allclose(reference["energy"], ENERGIES, atol=1e-11)


@pytest.mark.parametrize(
    ("key", "comment", "wanted"),
    [
        (":E", "step 3 E", "E=NUMBER"),
        (":E", "E and so on -17.2", "E=NUMBER"),
        (":E", "E -17.2 E -17.3", "E=NUMBER"),
        (":step", "step E -17.2", "step=NUMBER"),
        (":E", "E=T", "E=NUMBER"),
        ("", "-17.2 0.001", "one number, the energy"),
        ("", "frame 3", "one number, the energy"),
    ],
)
def test_a_comment_without_one_energy_is_shown(block, key, comment, wanted):
    write_xyz(block["geometries"], H2O, POSITIONS + EDGE / 2, 1.0, comments=[comment] * COUNT)
    expect_error(block | {"energies": f"comment{key}"}, "frame 0", repr(comment), wanted)


def rows_of(line):
    """The water file's frames with lines of atoms made by `line(symbol, x, y, z)`."""
    for geometry in POSITIONS + EDGE / 2:
        yield [line(symbol, *place) for symbol, place in zip("OHH", geometry, strict=True)]


@pytest.mark.parametrize(
    ("properties", "line"),
    [
        ("species:S:1:mass:R:1:pos:R:3", "{s} 16.0 {x} {y} {z}"),
        ("id:I:1:species:S:1:forces:R:3:pos:R:3", "1 {s} 0.1 0.2 0.3 {x} {y} {z}"),
        ("pos:R:3:Z:I:1:move_mask:L:3", "{x} {y} {z} {n} T T F"),
    ],
)
def test_columns_of_extended_xyz_are_those_that_it_names(block, properties, line):
    path, numbers = Path(block["geometries"]), {"O": 8, "H": 1}
    frames = rows_of(lambda s, x, y, z: line.format(s=s, n=numbers[s], x=x, y=y, z=z))
    path.write_text("".join("\n".join(["3", f"Properties={properties}", *f, ""]) for f in frames))
    _, (reference,) = tables(block)
    expect_density(reference, H2O, POSITIONS)
    wrong = properties.replace("pos:R:3", "pos:R:2")
    path.write_text(path.read_text().replace(properties, wrong))
    expect_error(block, path, f"Properties={wrong}", "pos:R:3")


def test_trajectories_as_orca_and_fortran_programs_write_them(block):
    """A line > between frames, a byte-order mark, deuterium, exponents with D."""
    path = Path(block["geometries"])
    frames = rows_of(
        lambda s, *xyz: " ".join(
            [s.replace("H", "D"), *(f"{v:.12E}".replace("E", "D") for v in xyz)]
        )
    )
    text = ">\n".join("\n".join(["3", "Coordinates", *frame, ""]) for frame in frames)
    energies = "\n".join(f"{v:.12E}".replace("E", "D") for v in ENERGIES * KCAL_PER_MOL_PER_HARTREE)
    for encoding in ("utf-8-sig", "utf-16"):
        path.write_text(text, encoding=encoding)
        Path(block["energies"]).write_text(energies, encoding=encoding)
        _, (reference,) = tables(block)
        np.testing.assert_allclose(reference["energy"], ENERGIES, atol=1e-11)
        expect_density(reference, H2O, POSITIONS)


def test_geometries_may_be_an_array_beside_the_numbers_of_its_atoms(block, tmp_path):
    array, numbers = tmp_path / "positions.npy", tmp_path / "numbers.npy"
    np.save(array, POSITIONS + EDGE / 2)
    block["geometries"] = str(array)
    expect_error(block, array, "atomic_numbers is missing")
    block["atomic_numbers"] = str(numbers)
    expect_error(block, numbers, "does not exist")
    for values in ([8, 1, 1], [[8, 1, 1]] * COUNT):
        np.save(numbers, values)
        _, (reference,) = tables(block)
        expect_density(reference, H2O, POSITIONS)
    expect_error(block | {"energies": "comment"}, array, "no comments")
    np.save(numbers, [8, 8, 1])
    expect_error(block, array, "Atom 1", "is O where H2O has H")
    for wrong in ([8, 1], [8, 1, 0], [8.5, 1, 1], [[8, 1, 1], [1, 8, 1]]):
        np.save(numbers, wrong)
        expect_error(block, numbers, "one atomic number for each atom")
    np.save(numbers, [8, 1, 1])
    np.save(array, POSITIONS.reshape(COUNT, -1))
    expect_error(block, array, "(6, 9)", "(geometries, atoms, 3)")
    expect_error(block | {"geometries": block["energies"]}, "other files have none")


ETHANE_POSITIONS = ETHANE.reference_positions + np.random.default_rng(5).normal(
    scale=0.05, size=(COUNT, 8, 3)
)


@pytest.mark.parametrize(
    "orders",
    [
        [[0, 1, 3, 2, 4, 5, 6, 7]] * COUNT,
        [[0, 1, 2, 5, 4, 3, 6, 7]] * COUNT,
        [[1, 0, 2, 3, 4, 5, 6, 7]] * COUNT,
        [[0, 1, *np.random.default_rng(n).permutation(np.arange(2, 8))] for n in range(COUNT)],
    ],
    ids=["other handedness", "carbons mixed", "carbons exchanged", "each anew"],
)
def test_equal_atoms_may_be_numbered_in_any_way(block, orders):
    given = np.take_along_axis(ETHANE_POSITIONS, np.array(orders)[:, :, None], axis=1)
    write_xyz(block["geometries"], ETHANE, given + EDGE / 2, 1.0)
    said = []
    table = ReferenceFiles.from_settings(block).geometry_table(ETHANE, said.append)
    found = stack(table["positions"]).reshape(given.shape)
    # The same places, under names that the frame can bring to the reference geometry.
    expected = [np.sort(np.linalg.norm(geometry, axis=1)) for geometry in given]
    np.testing.assert_allclose(np.sort(np.linalg.norm(found, axis=2)), expected, atol=1e-9)
    away = ETHANE.frame.align(found).positions - ETHANE.reference_positions
    assert np.linalg.norm(away, axis=2).max() < 0.4
    assert f"In {COUNT} of {COUNT} geometries" in said[0]


def test_a_right_numbering_is_kept(block):
    for order in ([0, 1, 2, 3, 4, 5, 6, 7], [0, 1, 3, 4, 2, 5, 6, 7], [0, 1, 4, 2, 3, 7, 5, 6]):
        given = ETHANE_POSITIONS[:, order]
        write_xyz(block["geometries"], ETHANE, given + EDGE / 2, 1.0)
        said = []
        table = ReferenceFiles.from_settings(block).geometry_table(ETHANE, said.append)
        found = stack(table["positions"]).reshape(given.shape)
        np.testing.assert_allclose(found, given, atol=1e-9)
        assert not any("renamed" in sentence for sentence in said)


def test_another_isomer_is_refused_for_what_it_is(block):
    apart = ETHANE_POSITIONS.copy()
    apart[2, 7] += 4.0
    write_xyz(block["geometries"], ETHANE, apart + EDGE / 2, 1.0)
    with pytest.raises(InputError, match="bond of atoms 1 and 7 in geometry 2") as caught:
        tables(block, ETHANE)
    assert "Angstrom" not in str(caught.value)


def test_atoms_in_another_order_are_declared(block):
    write_xyz(
        block["geometries"], H2O, POSITIONS[:, [1, 2, 0]] + EDGE / 2, 1.0, symbols=("H", "1", "8")
    )
    expect_error(block, block["geometries"], "Atom 0", "is H where H2O has O", "O H H")
    block["atom_order"] = [2, 0, 1]
    _, (reference,) = tables(block)
    expect_density(reference, H2O, POSITIONS)


def test_only_some_geometries_of_a_file_are_taken(block, tmp_path):
    (tmp_path / "only.txt").write_text("# held out\n4\n1\n")
    for only in ([4, 1], str(tmp_path / "only.txt")):
        geometries, (reference,) = tables(block | {"only": only})
        assert geometries["frame"].tolist() == [4, 1]
        np.testing.assert_allclose(reference["energy"], ENERGIES[[4, 1]])
        expect_density(reference, H2O, POSITIONS[[4, 1]])
    files = ReferenceFiles.from_settings(block | {"only": [5, 0, 3]})
    chosen = files.geometry_table(H2O, chosen=[2, 1])
    assert chosen["frame"].tolist() == [3, 0] and chosen["geometry"].tolist() == [0, 1]
    for wrong in ([2, 6], [1, 1]):
        expect_error(block | {"only": wrong}, block["geometries"], f"{wrong}".replace(",", ""))


def test_geometries_are_used_as_they_are_and_the_report_says_how_far_from_ours(block):
    turned = POSITIONS @ Rotation.from_euler("xyz", (0.3, 0.5, 0.7)).as_matrix() + [0.2, 0.0, -0.1]
    write_xyz(block["geometries"], H2O, turned + EDGE / 2, 1.0)
    np.save(block["densities"], written(H2O, turned, *halves(GRID / EDGE)))
    geometries, (reference,) = tables(block)
    positions = stack(geometries["positions"]).reshape(POSITIONS.shape)
    np.testing.assert_allclose(positions, turned, atol=1e-9)
    expect_density(reference, H2O, turned)
    report = alignment_report(H2O, positions)
    distance = float(report.partition("their atoms are ")[2].partition(" bohr")[0])
    assert distance < 1e-6 and "up to 0.224 bohr" in report
    # A frame of the file turns no geometry: what is left is the shift to the centre of mass.
    aligned = frame_of_files(H2O, positions).align(positions)
    assert np.degrees(Rotation.from_matrix(aligned.rotations).magnitude()).max() < 0.1


def test_energies_may_be_relative_and_in_a_column(block):
    table = np.column_stack([np.arange(COUNT), ENERGIES - ENERGIES.min()])
    np.save(block["energies"].replace(".txt", ".npy"), table)
    block |= {"energies": block["energies"].replace(".txt", ".npy"), "energy_unit": "Ha"}
    expect_error(block, "2 columns", "energy_column")
    block["energy_column"] = 1
    expect_error(block, "energies.npy", "total energies of H2O", "energy_zero: relative")
    _, (reference,) = tables(block | {"energy_zero": "relative"})
    np.testing.assert_allclose(reference["energy"], ENERGIES - ENERGIES.min(), atol=1e-14)
    expect_error(block | {"energy_zero": "relative", "energy_unit": "kJ/mol"}, "unit is wrong")


@pytest.mark.parametrize("key", ["geometries", "energies", "densities", "only"])
def test_a_missing_file_is_named(block, key, tmp_path):
    block[key] = str(tmp_path / "none.npy")
    expect_error(block, block[key], "does not exist")


def test_unequal_numbers_are_named(block):
    np.savetxt(block["energies"], ENERGIES[1:] * KCAL_PER_MOL_PER_HARTREE)
    expect_error(block, block["energies"], "5 energies", "6 geometries")
    np.savetxt(block["energies"], ENERGIES * KCAL_PER_MOL_PER_HARTREE)
    np.save(block["densities"], AUTHORS_VALUES[1:])
    expect_error(block, block["densities"], "(5, 50, 50, 50)", "6 densities")
    text = block | {"densities": block["densities"].replace(".npy", ".txt")}
    for rows in ([0, 1, 2, 3, 4], [0, 1, 2, 3, 4, 5, 5, 5]):
        np.savetxt(text["densities"], AUTHORS_VALUES[rows].reshape(len(rows), -1), fmt="%.6e")
        expect_error(text, text["densities"], f"holds {len(rows)} densities", "must be 6")


def test_geometries_that_are_not_the_molecules(block):
    expect_error(block, "have 3 atoms (O H H); ethane has 8", molecule=ETHANE)
    expect_error(block | {"length_unit": "angstrom"}, block["geometries"], "converted", "twice")
    write_xyz(block["geometries"], H2O, POSITIONS + EDGE / 2)
    expect_error(block, block["geometries"], "length_unit: bohr", "look like Angstrom")
    collapsed = POSITIONS + EDGE / 2
    collapsed[3, 2] = collapsed[3, 1]
    write_xyz(block["geometries"], H2O, collapsed, 1.0)
    expect_error(block, block["geometries"], "geometry 3", "0 bohr apart")
    write_xyz(block["geometries"], H2O, POSITIONS, 1.0)
    expect_error(block, block["geometries"], "beyond the cube", "between 0 and 20 bohr")


def test_geometries_in_many_orientations_are_refused(block):
    turns = Rotation.random(COUNT, rng=np.random.default_rng(3)).as_matrix()
    write_xyz(block["geometries"], H2O, POSITIONS @ turns + EDGE / 2, 1.0)
    expect_error(block, block["geometries"], "not aligned with each other")
    frame = ReferenceFrame(H2O.reference_positions, H2O.masses)
    aligned = frame.align(POSITIONS @ turns).positions
    write_xyz(block["geometries"], H2O, aligned + EDGE / 2, 1.0)
    tables(block)


@pytest.mark.parametrize(
    ("old", "new", "parts"),
    [
        ("3\nframe 2", "x\nframe 2", ("Frame 2", "'x'", "number of its atoms")),
        ("3\nframe 2", "4\nframe 2", ("frame 2",)),
        ("H ", "H nan? ", ("Frame 0", "an element and x, y, z")),
        ("O ", "O inf ", ("positions", "inf", "finite")),
    ],
)
def test_damaged_geometries(block, old, new, parts):
    path = Path(block["geometries"])
    path.write_text(path.read_text().replace(old, new, 1))
    with pytest.raises(InputError) as caught:
        tables(block)
    assert all(part.lower() in str(caught.value).lower() for part in parts), str(caught.value)


def test_geometries_that_break_off(block):
    path = Path(block["geometries"])
    path.write_text("\n".join(path.read_text().splitlines()[:-1]))
    expect_error(block, path, "breaks off in frame 5", "2 of 3 atoms")


@pytest.mark.parametrize("unit", ["Ha", "eV", "Ry", "kJ/mol"])
def test_energies_in_another_unit_than_declared(block, unit):
    expect_error(block | {"energy_unit": unit}, block["energies"], "energy_unit", "unit is wrong")


def test_energies_that_are_not_finite(block):
    energies = ENERGIES.copy()
    energies[2] = np.nan
    np.savetxt(block["energies"], energies)
    expect_error(block, block["energies"], "geometry 2", "nan")
    expect_error(block | {"energies": "comment"}, "frame 0", "one number, the energy")


def test_values_that_are_not_finite_numbers_of_the_right_count(block, tmp_path):
    values = AUTHORS_VALUES.copy()
    values[4, 0, 0, 7] = np.inf
    np.save(block["densities"], values)
    expect_error(block, block["densities"], "inf as value 7 of density 4")
    np.save(block["densities"], AUTHORS_VALUES[..., :49])
    expect_error(block, block["densities"], 50 * 50 * 49, "50 values per dimension", "125000")
    np.save(block["densities"], AUTHORS_VALUES + 0j)
    expect_error(block, block["densities"], "complex128", "real and imaginary parts")
    np.save(block["densities"], np.array([{"a": 1}], dtype=object), allow_pickle=True)
    expect_error(block, block["densities"], "pickled objects are never loaded")
    Path(block["densities"]).write_bytes(b"no array")
    expect_error(block, block["densities"], "cannot be read")


@pytest.mark.parametrize(
    ("change", "parts"),
    [
        ({"grid_points": 50 + 1}, ("60.3", "8 valence", "10 in all", "grid_points: 100")),
        ({"normalisation": "fourier_series", "grid_points": None}, ("grid_points: 100",)),
        ({"parts": "interleaved"}, ("sine of frequency 0", "parts: interleaved is wrong")),
        ({"parts": "packed"}, ("not where the atoms", "layout's parts")),
        ({"imaginary": "sine"}, ("do not follow the geometries", "imaginary")),
        ({"order": "yxz"}, ("do not follow the geometries", "order")),
        ({"phase_origin": "centre"}, ("not where the atoms", "phase_origin")),
        ({"box_length": 21.0}, ("box_length: 21", "20 bohr")),
        ({"parts": "halves"}, ("'halves'", "interleaved")),
        ({"grid_points": 48}, ("grid_points", "48", "at least 49")),
        ({"box_length": "20"}, ("box_length", "'20'", "positive number")),
        ({"axes": "xyz"}, ("unknown axes", "order")),
    ],
)
def test_a_wrong_layout_is_found(block, change, parts):
    block["layout"] |= change
    expect_error(block, *parts)


def test_a_basis_that_would_cut_off_frequencies(block):
    expect_error(block, "frequency 24", "densities.frequencies", basis=FourierBasis(EDGE, 24))


def test_densities_in_another_order_than_the_geometries(block):
    np.save(block["densities"], np.roll(AUTHORS_VALUES, 1, axis=0))
    expect_error(block, block["densities"], "do not follow the geometries", "order")


@pytest.mark.parametrize(
    ("key", "value", "allowed"),
    [
        ("length_unit", "nm", "angstrom, bohr"),
        ("energy_unit", "Hartree", "Ha, Ry, eV"),
        ("energy_zero", "none", "total, relative"),
    ],
)
def test_an_unknown_unit_or_zero_is_named(block, key, value, allowed):
    expect_error(block | {key: value}, key, block["geometries"], f"'{value}'", allowed)


def test_unknown_and_missing_keys(block):
    expect_error(block | {"density": "a"}, "unknown density", "densities")
    block.pop("energy_unit")
    expect_error(block, "lacks energy_unit")


def test_no_more_than_a_block_of_densities_is_read_at_a_time(block, monkeypatch):
    monkeypatch.setattr("hkmaps.molecules.density_files.ROWS_AT_ONCE", 2)
    values = AUTHORS_VALUES.copy()
    values[5, 0, 0, 0] = np.nan
    np.save(block["densities"], values)
    files = ReferenceFiles.from_settings(block)
    chunks = files.reference_tables(H2O, files.geometry_table(H2O), BASIS, chunks=3)
    assert len(next(chunks)) == len(next(chunks)) == 2
    with pytest.raises(InputError, match="density 5"):
        next(chunks)
