"""Figures of paper B's source, and of noise on densities of molecules."""

from pathlib import Path

import numpy as np
import pandas as pd
import pytest
from ase.build import molecule
from matplotlib.collections import QuadMesh

from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.density_noise_results import (
    CONSERVING,
    DENSITY_NOISE,
    EULER,
    ROUTES,
    TOTAL_ENERGY,
    WHITE,
)
from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.molecules.minima_results import MAP_MINIMA, MAP_SURFACE
from hkmaps.reporting.claims import decide
from hkmaps.reporting.figures.density_noise import density_noise_curves
from hkmaps.reporting.figures.planes import density_errors
from hkmaps.reporting.figures.surfaces import surface_errors
from hkmaps.reporting.measurements.record import Measurement, measurement_frame
from hkmaps.reporting.measurements.source_statements import SourceTables, source_statements
from hkmaps.reporting.measurements.source_trajectories import source_trajectory_measurements
from hkmaps.reporting.measurements.trajectories import DrivenReading
from hkmaps.reporting.noise_tables import density_noise_markdown
from hkmaps.reporting.published import read_published
from hkmaps.reporting.rules import REPRODUCED
from hkmaps.units import ANGSTROM_PER_BOHR, KCAL_PER_MOL_PER_HARTREE

PUBLISHED = read_published(Path(__file__).parents[2] / "config" / "published.csv")


def surface_table():
    """Errors of 1/M kcal/mol times the number of the bond length, from 1."""
    rows = [
        {
            "bond_length": 1.7 + 0.1 * bond,
            "angle": 1.7 + 0.1 * angle,
            "training_points": size,
            "method": method,
            "energy": -17.0 + (1 + bond) / size / KCAL_PER_MOL_PER_HARTREE,
            "reference_energy": -17.0,
        }
        for size in (5, 10)
        for method in ("ML-KS", "ML-HK")
        for bond in range(3)
        for angle in range(3)
    ]
    return pd.DataFrame(rows)


def minima_table():
    places = {"0-1": ("bond", 1.8, 1.85), "0-2": ("bond", 1.9, 1.85), "1-0-2": ("angle", 1.8, 1.82)}
    rows = [
        dict.fromkeys(MAP_MINIMA.column_names)
        | {"split": 0, "training_points": size, "method": method, "kind": kind, "atoms": atoms}
        | {"value": value, "reference": reference}
        for size in (5, 10)
        for method in ("ML-KS", "ML-HK")
        for atoms, (kind, value, reference) in places.items()
    ]
    return pd.DataFrame(rows)


def test_the_surface_shows_errors_and_the_minimum_at_the_mean_bond():
    figure = surface_errors(surface_table(), minima_table())
    panels = figure.axes[:4]
    assert [axes.get_title(loc="left") for axes in panels][:2] == [
        "(a) ML-KS, $M$ = 5",
        "(b) ML-KS, $M$ = 10",
    ]
    (mesh,) = [each for each in panels[1].collections if isinstance(each, QuadMesh)]
    assert np.asarray(mesh.get_array()).ravel()[:3] == pytest.approx([0.1, 0.2, 0.3])
    found, exact = ([line.get_xdata()[0], line.get_ydata()[0]] for line in panels[0].get_lines())
    assert found == pytest.approx([1.85 * ANGSTROM_PER_BOHR, np.degrees(1.8)])
    assert exact == pytest.approx([1.85 * ANGSTROM_PER_BOHR, np.degrees(1.82)])


def test_a_study_without_them_says_so():
    (text,) = surface_errors(MAP_SURFACE.empty(), MAP_MINIMA.empty()).texts
    assert "No bond length and angle" in text.get_text()
    (text,) = density_noise_curves(DENSITY_NOISE.empty()).texts
    assert "No potential" in text.get_text()


def test_the_plane_has_one_scale_for_all_errors():
    x = np.linspace(-6, 6, 11)
    flat = np.exp(-np.add.outer(x**2, x**2)).ravel()
    row = {"molecule": "benzene", "symbols": "C H", "training_points": 2000, "axis": x}
    row |= {"positions": np.array([0.0, 1.0, 0.0, -1.0]), "density": flat}
    for name, size in (("basis", 1e-3), ("map", -2e-4), ("functional", 2e-2)):
        row |= {f"{name}_error": size * flat, f"{name}_nmae": abs(size)}
    figure = density_errors(pd.DataFrame([row], columns=DENSITY_PLANE.column_names))
    panels = figure.axes[:3]
    for axes in panels:
        assert axes.images[0].get_clim() == pytest.approx((1e-6, 0.1))
    assert panels[1].images[0].get_array().max() == pytest.approx(2e-4)
    assert [axes.texts[0].get_text() for axes in panels] == [
        "NMAE 0.1 %",
        "NMAE 0.02 %",
        "NMAE 2 %",
    ]


def test_noise_has_a_line_for_each_route_and_kind():
    rows = [
        {
            "molecule": molecule,
            "training_points": 100,
            "route": route,
            "noise": kind,
            "size": size,
            "draw": draw,
            "mae": (1 + draw) * size,
            "maximum": size,
        }
        for molecule, routes in (("H2", ROUTES), ("H2O", ROUTES[:2]))
        for route in routes
        for kind in (WHITE, CONSERVING)
        for size in (0.0, 1e-4, 1e-2)
        for draw in range(2)
    ]
    figure = density_noise_curves(pd.DataFrame(rows))
    lines = [
        [line for line in axes.get_lines() if len(line.get_xdata()) == 2] for axes in figure.axes
    ]
    curves = [[line for line in each if line.get_marker() != "None"] for each in lines]
    assert [len(each) for each in curves] == [6, 4]
    # In percent and kcal/mol, the mean over draws; no noise has no place on the axis.
    assert list(curves[0][0].get_xdata()) == pytest.approx([1e-2, 1.0])
    assert curves[0][0].get_ydata() == pytest.approx(
        1.5 * np.array([1e-4, 1e-2]) * KCAL_PER_MOL_PER_HARTREE
    )
    labels = [text.get_text() for text in figure.legends[0].get_texts()]
    assert len(labels) == len({TOTAL_ENERGY, EULER}) + 4


def test_errors_along_dynamics_are_those_of_figure_3():
    energies = pd.DataFrame({"reference_energy": [-1.0, -1.0], "ml_hk_energy": [-0.99, -1.03]})
    largest = Measurement("B.fig3b.max_error", 5.0, "Why (figures/x.png).", other_size="over 1 ps")
    temperature = Measurement("B.fig3b.temperature", 300.0, "The dynamics.")
    table2 = [
        Measurement(f"B.table2.malonaldehyde.300+350K.dE.{name}", value)
        for name, value in (("mae", 1.5), ("max", 9.0))
    ]
    readings = {"printed": DrivenReading(energies, energies, energies, 413.41)}
    arguments = [largest, temperature, *table2], energies, readings, ("300+350K", 2000)

    def measured(tested):
        numbers = source_trajectory_measurements(*arguments, tested)
        return {each.id.removeprefix("C.text.malonaldehyde."): each for each in numbers}

    found = measured(tested=True)
    assert (found["AIMD.mae"].measured, found["AIMD.max"].measured) == (1.5, 9.0)
    claims = decide(PUBLISHED, measurement_frame([found["driven.friction"]])).set_index("id")
    assert claims.loc["C.text.malonaldehyde.driven.friction", "verdict"] == REPRODUCED
    found = measured(tested=False)
    assert found["AIMD.mae"].measured == pytest.approx(0.02 * KCAL_PER_MOL_PER_HARTREE)
    assert found["AIMD.max"].measured == pytest.approx(0.03 * KCAL_PER_MOL_PER_HARTREE)
    assert found["AIMD.max"].other_size is None
    assert found["driven.mae"].measured == pytest.approx(0.02 * KCAL_PER_MOL_PER_HARTREE)
    assert found["driven.max"].measured == 5.0
    assert found["driven.mae"].other_size == "over 1 ps"
    assert found["driven.mae"].explanation == "The dynamics."
    # Without draws no error has an uncertainty, with them each that of its own measure.
    assert found["driven.mae"].measured_uncertainty is None
    measures = pd.DataFrame({"measure": ["mae", "maximum"], "spread": [0.1, 0.3]})
    same = {"molecule": "ethane", "method": "ML-HK", "quantity": "dE", "training_points": 50}
    draws = measures.assign(values=[[1, 2]] * 2, **same)
    numbers = source_trajectory_measurements(*arguments, draws=draws)
    relative = {
        each.id: each.measured_uncertainty and each.measured_uncertainty / each.measured
        for each in numbers
    }
    place = "C.text.malonaldehyde"
    assert relative[f"{place}.driven.mae"] == pytest.approx(0.1)
    assert relative[f"{place}.AIMD.mae"] == pytest.approx(0.1)
    assert relative[f"{place}.AIMD.max"] == pytest.approx(0.3)
    of_text = PUBLISHED["id"].str.startswith("C.text.malonaldehyde.")
    assert set(PUBLISHED["id"][of_text].str.removeprefix("C.text.malonaldehyde.")) == set(found)


def ethane_turned(degrees):
    """Rows of `GEOMETRIES` of ethane, turned from the staggered conformer."""
    atoms = molecule("C2H6")
    positions = []
    for angle in degrees:
        turned = atoms.copy()
        turned.rotate_dihedral(2, 0, 1, 5, angle, indices=[5, 6, 7])
        positions.append(turned.positions.ravel() / ANGSTROM_PER_BOHR)
    return pd.DataFrame({"positions": positions})


def test_statements_of_the_source_are_decided_from_its_molecules(tmp_path):
    plane = pd.DataFrame(
        [{"training_points": 2000, "basis_nmae": 2e-2, "map_nmae": 4e-4, "functional_nmae": 9e-3}]
    )
    # The last of ten snapshots of benzene is puckered, and its energy is underestimated.
    benzene = molecule("C6H6").positions / ANGSTROM_PER_BOHR
    puckered = benzene + 0.2 * np.array([[0, 0, (-1) ** atom] for atom in range(12)])
    snapshots = pd.DataFrame({"positions": [*[benzene.ravel()] * 9, puckered.ravel()]})
    energies = pd.DataFrame({"reference_energy": -1.0, "ml_hk_energy": [*[-0.99] * 9, -1.02]})
    structure = tmp_path / "ethane.xyz"
    molecule("C2H6").write(structure)
    found = source_statements(
        SourceTables(
            plane=plane,
            benzene=(energies, snapshots),
            benzene_size=500,
            ethane=Molecule.from_entry("ethane", structure),
            conformers={
                "test": ethane_turned([0, 20, 45]),
                "300+350K": ethane_turned([0, 5, 10, 55]),
                "300+400K": ethane_turned([0, 50, 60, 70]),
            },
        )
    )
    measured = {each.id.removeprefix("C."): each.measured for each in found}
    assert measured == pytest.approx(
        {
            "fig4.basis_over_map": 50,
            "fig4.basis_over_functional": 20 / 9,
            "fig4.functional_over_map": 22.5,
            "text.benzene.out_of_plane": -0.03 * KCAL_PER_MOL_PER_HARTREE,
            "text.ethane.eclipsed_tests": 1,
            "text.ethane.eclipsed_pools": 3,
        }
    )
    sizes = {each.id: each.other_size for each in found if each.other_size}
    assert sizes == {"C.text.benzene.out_of_plane": "at M = 500 instead of 2000"}
    assert source_statements(SourceTables()) == []


def test_errors_at_noisy_densities_stand_in_a_table_by_what_is_learned():
    rows = [
        {"molecule": molecule, "training_points": 100, "route": route, "noise": WHITE}
        | {"size": 1e-3, "draw": draw, "mae": mae * (draw + 1) / 1.5 / KCAL_PER_MOL_PER_HARTREE}
        for molecule, routes in (("H2", ROUTES), ("H2O", ROUTES[:2]))
        for route, mae in zip(routes, (0.05, 0.3, 0.2), strict=False)
        for draw in range(2)
    ]
    text = density_noise_markdown(pd.DataFrame(rows))
    assert "## H2, M = 100\n" in text
    assert "| white | 0.1 | 0.05 | 0.3 | 0.2 |" in text
    assert text.endswith("| white | 0.1 | 0.05 | 0.3 | - |\n")
