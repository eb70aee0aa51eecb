import numpy as np
import pandas as pd
import pytest

from hkmaps.datasets.functionals import FUNCTIONALS, Functional
from hkmaps.datasets.gate import check_data_set
from hkmaps.datasets.parameters import extreme_systems, parameter_grid
from hkmaps.datasets.systems import SYSTEMS, input_grid, solve_systems
from hkmaps.errors import ConvergenceError, InputError
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import potential_family
from hkmaps.tables import stack, write_table

ATOMS = {
    "Z": {"start": 0.5, "stop": 2.0, "points": 10},
    "alpha": {"start": 0.65, "stop": 1.0, "points": 10},
}
DIATOMICS = {"Z": 1.0, "alpha": 0.75, "r": {"start": 2.0, "stop": 6.0, "points": 50}}


def test_the_published_sets_have_the_published_sizes_and_test_points_lie_between():
    atoms = parameter_grid(potential_family("atom"), ATOMS)
    assert atoms["split"].value_counts().to_dict() == {"train": 100, "test": 81}
    assert ((atoms["Z"] == 1.0) & (atoms["alpha"] == 1.0)).sum() == 1  # hydrogen is among them
    test = atoms[atoms["split"] == "test"]
    assert np.allclose(np.sort(test["Z"].unique()), 0.5 + (np.arange(9) + 0.5) / 6)
    diatomics = parameter_grid(potential_family("diatomic"), DIATOMICS)
    assert diatomics["split"].value_counts().to_dict() == {"train": 50, "test": 49}
    assert list(diatomics["system"]) == list(range(99))


@pytest.mark.parametrize(
    ("parameters", "words"),
    [
        ({**ATOMS, "r": 2.0}, "needs exactly Z, alpha"),
        ({"Z": 1.0}, "needs exactly Z, alpha"),
        ({"Z": 1.0, "alpha": 1.0}, "all are fixed"),
        ({**ATOMS, "alpha": {"start": -0.1, "stop": 1.0, "points": 3}}, "alpha .* is -0.1"),
        ({**ATOMS, "Z": {"start": 2.0, "stop": 1.0, "points": 3}}, "from 2.0 to 1.0"),
    ],
)
def test_wrong_parameters_are_refused(parameters, words):
    with pytest.raises(InputError, match=words):
        parameter_grid(potential_family("atom"), parameters)


@pytest.fixture(scope="module")
def systems():
    grid = {"length": 14, "density": 6}
    family = potential_family("atom")
    parameters = {"Z": {"start": 0.5, "stop": 2.0, "points": 2}, "alpha": 1.0}
    lines = []
    solved = solve_systems(
        family,
        parameter_grid(family, parameters),
        uniform_grid(**grid),
        grid,
        uniform_grid(20, 10),
        input_points=40,
        stencil=13,
        progress=lines.append,
    )
    assert len(solved) == 3 and "3/3 systems, last Z=1.25" in lines[-1]
    return solved


def test_solved_systems_make_a_table_with_resampled_inputs(systems, tmp_path):
    write_table(systems, tmp_path / "systems.parquet", SYSTEMS)
    density, resampled = stack(systems["density"]), stack(systems["input_density"])
    assert density.shape[1] == 84 and resampled.shape[1] == 40
    spacing = 14 / np.array([83, 39])
    counts = [density.sum(axis=1) * spacing[0], resampled.sum(axis=1) * spacing[1]]
    assert np.allclose(counts, 1, atol=1e-4)
    grid = input_grid(uniform_grid(14, 6), 40)
    expected = potential_family("atom").potential(grid.points, Z=2.0, alpha=1.0)
    assert np.array_equal(stack(systems["input_potential"])[1], expected)


def test_binding_and_errors_come_from_the_reference_grid(systems):
    assert systems.set_index("Z")["bound"].to_dict() == {0.5: False, 2.0: True, 1.25: True}
    error = systems["two_electron_energy"] - systems["reference_two_electron_energy"]
    assert np.allclose(systems["two_electron_error"], error.abs() / 2)


def test_the_gate_stops_an_unconverged_set_and_says_where(systems):
    with pytest.raises(ConvergenceError, match=r"rough is not converged.*E2 .*Z=0\.5.*accept_unco"):
        check_data_set("rough", systems, 0.0008, accept_unconverged=False, require_bound=False)
    misses = check_data_set("rough", systems, 0.0008, accept_unconverged=True, require_bound=False)
    assert any("Z=0.5" in miss for miss in misses)
    assert check_data_set("rough", systems, 1.0, False, False) == []


def test_the_gate_stops_a_set_that_must_bind_and_does_not(systems):
    with pytest.raises(ConvergenceError, match=r"1 of 3 do not, such as Z=0\.5"):
        check_data_set("atoms", systems, 1.0, accept_unconverged=True, require_bound=True)


def test_functionals_have_their_names_and_columns():
    labels = " ".join(functional.label for functional in FUNCTIONALS)
    assert labels == "E[V] A[V] T[V] Eg[V] E[n] A[n] T[n] Eg[n]"
    functional = Functional.from_path_name("Eg-n")
    assert functional.path_name == "Eg-n"
    assert {functional.input_column, functional.target_column} <= set(SYSTEMS.column_names)
    with pytest.raises(InputError, match="no functional X"):
        Functional.from_path_name("X-n")
    with pytest.raises(InputError, match="variables are V, n"):
        Functional.from_path_name("E")


def test_a_frame_of_systems_has_the_columns_of_its_schema(systems):
    assert isinstance(systems, pd.DataFrame)
    assert list(systems.columns) == SYSTEMS.column_names


def test_the_extreme_systems_are_the_corners_of_the_parameter_grid():
    atoms = extreme_systems(potential_family("atom"), ATOMS)
    assert set(atoms) == {f"Z={Z} alpha={alpha}" for Z in ("0.5", "2") for alpha in ("0.65", "1")}
    assert atoms["Z=2 alpha=0.65"](np.zeros(1)) == pytest.approx(-2 / 0.65)
    assert set(extreme_systems(potential_family("diatomic"), DIATOMICS)) == {
        "Z=1 alpha=0.75 r=2",
        "Z=1 alpha=0.75 r=6",
    }
