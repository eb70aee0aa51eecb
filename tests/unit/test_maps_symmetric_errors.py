"""Errors of maps with and without the symmetry of a molecule, and how they are shown."""

import dataclasses

import numpy as np
import pandas as pd
import pytest
from molecule_tables import FRAMES, SYMBOLS, drawn, sample_data

from hkmaps.geometry.molecule import Molecule
from hkmaps.geometry.symmetry import SymmetryGroup
from hkmaps.maps.map_errors import map_errors
from hkmaps.maps.symmetric_errors import symmetric_errors
from hkmaps.maps.symmetric_results import AVERAGED, KERNELS, PLAIN, SYMMETRIC, SYMMETRIC_ERRORS
from hkmaps.reporting.figures.symmetry import symmetric_curves
from hkmaps.reporting.symmetry_tables import symmetric_kernel_markdown
from hkmaps.tables import read_table, write_table
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

pytestmark = pytest.mark.filterwarnings("ignore::hkmaps.kernels.cross_validation.SearchEdgeWarning")

SEED = 7


@pytest.fixture(scope="module")
def water():
    return sample_data("H2O", 40, seed=1)


@pytest.fixture(scope="module")
def symmetry(water):
    molecule = Molecule("H2O", SYMBOLS["H2O"], np.array(FRAMES["H2O"]), bonds=((0, 1), (0, 2)))
    return SymmetryGroup.of(molecule, water.frame)


@pytest.fixture(scope="module")
def errors(water, symmetry):
    return symmetric_errors(water, 10, [6, 12], symmetry, drawn, SEED, range(2))


def test_plain_rows_are_those_of_the_errors_of_maps(water, errors, tmp_path):
    write_table(errors, tmp_path / "errors.parquet", SYMMETRIC_ERRORS)
    assert len(read_table(tmp_path / "errors.parquet", SYMMETRIC_ERRORS)) == 2 * 2 * len(KERNELS)
    assert (errors["operations"] == 2).all()
    bare = dataclasses.replace(water, subspace=None, coordinates=None, residuals=None)
    others = map_errors(bare, 10, [6, 12], drawn, SEED, range(2))
    plain = errors[errors["kernel"] == PLAIN]
    for column in ("mae", "maximum", "width"):
        np.testing.assert_allclose(plain[column], others[column], rtol=1e-6)


def test_symmetry_is_worth_more_than_it_costs(errors):
    medians = errors.groupby(["kernel", "training_points"])["mae"].median()
    for size in (6, 12):
        assert medians[SYMMETRIC, size] < medians[PLAIN, size]
        assert medians[AVERAGED, size] < medians[PLAIN, size]


def test_mirror_images_in_place_of_the_test_geometries_have_the_same_errors(water, symmetry):
    exchanged = dataclasses.replace(water, sample="test", positions=water.positions[:, [0, 2, 1]])
    test = dataclasses.replace(water, sample="test")
    found, other = (
        symmetric_errors(water, each, [12], symmetry, drawn, SEED).set_index("kernel")["mae"]
        for each in (test, exchanged)
    )
    assert found[SYMMETRIC] == pytest.approx(other[SYMMETRIC], rel=1e-6)
    assert found[PLAIN] != pytest.approx(other[PLAIN], rel=1e-2)


def made_up():
    """Errors in kcal/mol that fall with M; the symmetric kernel needs a quarter of the points."""
    factors = {PLAIN: 4, AVERAGED: 2, SYMMETRIC: 1}
    known = {"sample": "300+350K", "test": "test", "width": 1.0, "regularisation": 1e-8}
    rows = [
        known
        | {"molecule": molecule, "operations": order, "kernel": kernel, "training_points": size}
        | {name: factor * scale * 100 / size for name, scale in (("mae", 1), ("maximum", 5))}
        | {"asymmetry": 100 / size if kernel == PLAIN else np.nan, "at_edge": False}
        for molecule, order in (("ethane", 12), ("benzene", 24), ("malonaldehyde", 4))
        for size in (100, 250, 500, 2000)
        for kernel, factor in factors.items()
    ]
    table = pd.DataFrame(rows, columns=SYMMETRIC_ERRORS.column_names)
    measures = ["mae", "maximum", "asymmetry"]
    table[measures] = table[measures].astype(float) / KCAL_PER_MOL_PER_HARTREE
    return table


def test_the_table_says_from_which_size_on_symmetry_is_better():
    text = symmetric_kernel_markdown(made_up())
    assert "## benzene, 300+350K: 24 operations" in text
    assert "| 500 | 0.8 / 4 | 0.4 / 2 | 0.2 / 1 | 0.2 |" in text
    assert "is better at M = 2000 (0.05 kcal/mol) than the plain one at M = 2000 (0.2" in text
    better = made_up()
    better.loc[better["kernel"] == SYMMETRIC, "mae"] /= 2
    assert "is better at M = 500 (0.1 kcal/mol) than the plain" in symmetric_kernel_markdown(better)
    worse = made_up()
    worse.loc[worse["kernel"] == SYMMETRIC, "mae"] *= 10
    assert "At no M is the symmetric kernel better" in symmetric_kernel_markdown(worse)


def test_the_figure_has_a_panel_a_molecule_and_a_line_a_kernel():
    figure = symmetric_curves(made_up())
    shown = [axes for axes in figure.axes if axes.axison]
    titles = [axes.get_title(loc="left") for axes in shown]
    assert titles == ["(a) ethane, |G| = 12", "(b) benzene, |G| = 24", "(c) malonaldehyde, |G| = 4"]
    lines = [line for line in shown[0].get_lines() if len(line.get_xdata()) == 4]
    assert sorted(line.get_ydata()[0] for line in lines) == pytest.approx([1, 1, 2, 4])
