"""Maps of molecules: what their tables must hold, how they are split, and what errors mean."""

import dataclasses

import numpy as np
import pytest
from molecule_tables import BASIS, CHARGES, SYMBOLS, drawn, equally_spaced, geometry_table
from molecule_tables import reference_table as make_reference

from hkmaps.errors import InputError
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge, SearchEdgeWarning
from hkmaps.kernels.gaussians_potential import GAMMA
from hkmaps.maps.errors import electrons_misplaced
from hkmaps.maps.geometry_map import GeometryMap
from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
from hkmaps.maps.kohn_sham import KohnShamMap
from hkmaps.maps.molecule_data import MoleculeData
from hkmaps.maps.molecule_planes import molecular_plane, predicted_density
from hkmaps.maps.molecule_summary import (
    as_published,
    splits_that_decrease,
    splits_with_smaller_error,
    spread,
    summarise_molecules,
)
from hkmaps.maps.molecules import (
    PER_COEFFICIENT,
    SHARED,
    choose_training_points,
    molecule_errors,
    predict_linear,
    train_hohenberg_kohn,
    train_kohn_sham,
)
from hkmaps.maps.potential_descriptor import potential_spacings, potential_widths
from hkmaps.maps.results import (
    MOLECULE_ERRORS,
    MOLECULE_SUMMARY,
    POTENTIAL_SPACINGS,
    POTENTIAL_WIDTHS,
    PREDICTED_DENSITY,
)
from hkmaps.tables import read_table, write_table

SEED = 7
REGRESSION = CrossValidatedKernelRidge(metric="precomputed")
HOHENBERG_KOHN = HohenbergKohnMap(density_regression=REGRESSION)


def molecule(name, count, tests):
    geometries = geometry_table(name, count, tests)
    reference = make_reference(name, geometries)
    return MoleculeData.from_tables(
        name, SYMBOLS[name], CHARGES[name], BASIS, geometries, reference
    )


@pytest.fixture(scope="module")
def h2():
    return molecule("H2", 40, 10)


@pytest.fixture(scope="module")
def water():
    return molecule("H2O", 40, 10)


@pytest.fixture(scope="module")
def errors(h2):
    return molecule_errors(h2, [4, 8], range(3), equally_spaced, SEED)


def select(errors, **values):
    for name, value in values.items():
        errors = errors[errors[name] == value]
    return errors


def test_span_coordinates_keep_all_inner_products(h2):
    exact = h2.coefficients.astype(float) @ h2.coefficients.astype(float).T
    assert h2.span_coordinates.shape == (40, 40)
    assert h2.span_coordinates @ h2.span_coordinates.T == pytest.approx(exact, rel=1e-12)


def test_maps_of_span_coordinates_are_maps_of_coefficients(water):
    pool, test = water.split(0, SEED)
    training = choose_training_points(water, pool, 12, 0, drawn, SEED)
    small, full = (
        train_hohenberg_kohn(water, training, densities)
        for densities in (water.span_coordinates, water.coefficients.astype(float))
    )
    geometries = water.charges, water.positions[test]
    width = full.estimator_.density_regression_.width_
    assert small.estimator_.density_regression_.width_ == pytest.approx(width)
    assert small.predict(*geometries) == pytest.approx(full.predict(*geometries), abs=1e-7)
    predicted = predict_linear(small, water.coefficients[training], *geometries)
    assert predicted == pytest.approx(full.predict_coefficients(*geometries), abs=1e-9)


def test_split_zero_is_the_tables_and_others_are_drawn(h2):
    pool, test = h2.split(0, SEED)
    assert test.tolist() == list(range(10))
    assert pool.tolist() == list(range(10, 40))
    drawn_tests = [tuple(h2.split(number, SEED)[1]) for number in range(6)]
    assert len(set(drawn_tests)) == 6
    for number in range(1, 6):
        pool, test = h2.split(number, SEED)
        assert len(test) == 10
        assert sorted([*pool, *test]) == list(range(40))
    assert tuple(h2.split(3, SEED)[1]) == drawn_tests[3]
    assert tuple(h2.split(3, SEED + 1)[1]) != drawn_tests[3]


def test_a_split_does_not_depend_on_the_others(h2, errors):
    alone = molecule_errors(h2, [8], [2], equally_spaced, SEED)
    among = select(errors, split=2, training_points=8).reset_index(drop=True)
    assert alone.equals(among)


def test_the_table_of_errors_is_complete_and_can_be_written(errors, tmp_path):
    write_table(errors, tmp_path / "errors.parquet", MOLECULE_ERRORS)
    assert len(read_table(tmp_path / "errors.parquet", MOLECULE_ERRORS)) == len(errors)
    cell = select(errors, split=1, training_points=8)
    maps = list(
        zip(cell["method"], cell["energy_training"].fillna(""), cell["quantity"], strict=True)
    )
    assert maps == [
        ("spline", "", "dE"),
        ("ML-KS", "", "dE"),
        *(
            ("ML-HK", training, quantity)
            for training in ("predicted", "reference")
            for quantity in ("dE", "dE_F", "dE_D")
        ),
    ]


def test_errors_fall_with_more_training_points(errors):
    for method in ("ML-KS", "ML-HK", "spline"):
        few, many = (
            select(errors, method=method, quantity="dE", training_points=size)["mae"]
            for size in (4, 8)
        )
        assert many.max() < 0.2 * few.min()
    assert (errors["maximum"] >= errors["mae"]).all()


def test_errors_have_two_sources(errors):
    index = ["split", "training_points", "energy_training"]
    parts = select(errors, method="ML-HK").pivot(index=index, columns="quantity", values="mae")
    assert (parts["dE"] <= parts["dE_F"] + parts["dE_D"] + 1e-15).all()
    assert (parts["dE"] >= (parts["dE_F"] - parts["dE_D"]).abs() - 1e-15).all()
    assert (parts["dE_D"] > 0).all()


def test_ml_ks_errors_are_those_of_its_predictions(h2, errors):
    pool, test = h2.split(1, SEED)
    training = choose_training_points(h2, pool, 8, 1, equally_spaced, SEED)
    model = train_kohn_sham(h2, training)
    found = np.abs(model.predict(h2.charges, h2.positions[test]) - h2.energies[test])
    row = select(errors, method="ML-KS", split=1, training_points=8).iloc[0]
    assert row[["mae", "maximum"]].tolist() == pytest.approx([found.mean(), found.max()])
    assert row["width"] == model.estimator_.regression_.width_


def test_electrons_misplaced_are_measured_on_the_predicted_densities(h2, errors):
    pool, test = h2.split(0, SEED)
    training = choose_training_points(h2, pool, 4, 0, equally_spaced, SEED)
    model = train_hohenberg_kohn(h2, training, h2.coefficients.astype(float))
    predicted = model.predict_coefficients(h2.charges, h2.positions[test])
    fine = 40
    fractions = electrons_misplaced(
        BASIS.density_on_grid(predicted, fine).reshape(len(test), -1),
        BASIS.density_on_grid(h2.coefficients[test], fine).reshape(len(test), -1),
        (BASIS.length / fine) ** 3,
    )
    row = select(errors, method="ML-HK", split=0, training_points=4).iloc[0]
    assert row["electrons_misplaced"] == pytest.approx(fractions.mean(), rel=0.1)


def test_each_coefficient_may_have_its_own_width(h2):
    shared = molecule_errors(h2, [8], [0], equally_spaced, SEED, SHARED)
    # Coefficients that are zero by symmetry have nothing to choose by.
    with pytest.warns(SearchEdgeWarning, match="of 4096 targets"):
        own = molecule_errors(h2, [8], [0], equally_spaced, SEED, PER_COEFFICIENT)
    assert set(own["hyperparameters"].dropna()) == {PER_COEFFICIENT}
    mae = [select(rows, method="ML-HK", quantity="dE")["mae"].iloc[0] for rows in (shared, own)]
    assert mae[0] != mae[1]
    assert mae[1] < 1e-2
    assert 0 < own["density_at_edge"].max() <= 1
    assert set(shared["density_at_edge"].dropna()) <= {0.0, 1.0}


def test_a_spline_is_drawn_for_one_degree_of_freedom_only(water):
    rows = molecule_errors(water, [8], [0], drawn, SEED)
    assert set(rows["method"]) == {"ML-KS", "ML-HK"}
    assert (select(rows, quantity="dE")["mae"] < 5e-3).all()


def test_failed_calculations_are_left_out():
    geometries = geometry_table("H2", 6, 2)
    reference = make_reference("H2", geometries)
    reference.loc[[1, 4], ["converged", "energy"]] = [False, np.nan]
    data = MoleculeData.from_tables("H2", "HH", CHARGES["H2"], BASIS, geometries, reference)
    assert data.geometry.tolist() == [0, 2, 3, 5]
    assert data.is_test.tolist() == [True, False, False, False]
    reference["converged"] = False
    with pytest.raises(InputError, match="None of the 6 reference calculations of H2 converged"):
        MoleculeData.from_tables("H2", "HH", CHARGES["H2"], BASIS, geometries, reference)


def test_tables_that_do_not_go_together_are_refused():
    geometries = geometry_table("H2", 6, 2)
    reference = make_reference("H2", geometries)

    def join(charges=CHARGES["H2"], basis=BASIS, geometries=geometries, reference=reference):
        return MoleculeData.from_tables("H2", "HH", charges, basis, geometries, reference)

    with pytest.raises(InputError, match="geometry 5 of H2 has no reference calculation"):
        join(reference=reference[:5])
    with pytest.raises(InputError, match="reference of H2 has the geometry 3 twice"):
        join(reference=reference.assign(geometry=[0, 1, 2, 3, 3, 5]))
    with pytest.raises(InputError, match="4096 coefficients; a Fourier basis of 5 frequencies"):
        join(basis=dataclasses.replace(BASIS, frequencies=5))
    with pytest.raises(InputError, match=r"\(geometries, 3, 3\) for 3 nuclear charges"):
        join(charges=CHARGES["H2O"])
    with pytest.raises(InputError, match=r"energy of H2 holds nan at index \(2,\)"):
        join(reference=reference.assign(energy=[0, 0, np.nan, 0, 0, 0]))
    with pytest.raises(InputError, match="0 of the 6 converged geometries of H2 are test"):
        join(geometries=geometries.assign(split="pool")).split(0, SEED)


def test_training_points_that_cannot_be_chosen_are_refused(h2):
    with pytest.raises(InputError, match=r"31 training points are asked for of H2.*30"):
        molecule_errors(h2, [31], [0], equally_spaced, SEED)
    with pytest.raises(InputError, match="1 training points are asked for"):
        molecule_errors(h2, [1], [0], equally_spaced, SEED)
    with pytest.raises(InputError, match="chose 1 different training points of H2"):
        molecule_errors(h2, [4], [0], lambda positions, count, seed: [2] * count, SEED)
    with pytest.raises(InputError, match="hyperparameters is 'own'"):
        molecule_errors(h2, [4], [0], equally_spaced, SEED, "own")
    positions = h2.positions.copy()
    positions[39] = positions[10]
    twice = dataclasses.replace(h2, positions=positions)
    with pytest.raises(InputError, match="training point 39 of H2 has the positions of another"):
        molecule_errors(twice, [30], [0], lambda rows, count, seed: np.arange(count), SEED)


def test_a_map_of_one_molecule_refuses_another(h2, water):
    rows = np.arange(8)
    models = train_kohn_sham(h2, rows), train_hohenberg_kohn(h2, rows, h2.span_coordinates)
    for predict in (models[0].predict, models[1].predict, models[1].predict_coefficients):
        with pytest.raises(InputError, match=r"charges 8, 1, 1; this map was trained on .* 1, 1"):
            predict(water.charges, water.positions)
        with pytest.raises(InputError, match="Two atoms of geometry 0 are 0 bohr apart"):
            predict(h2.charges, np.zeros((1, 2, 3)))


@pytest.mark.parametrize(
    ("change", "message"),
    [
        (lambda p, e: (p[:1], e[:1]), "n_samples = 1; kernel ridge regression needs at least 2"),
        (lambda p, e: (p[[0, 1, 2, 1]], e[:4]), "geometries 1 and 3 have the same potential"),
        (lambda p, e: (p[:5] * [[[1], [0], [0]]], e[:5]), "Two atoms of geometry 0 are 0 bohr"),
        (lambda p, e: (p[:5], np.where(np.arange(5) == 2, np.nan, e[:5])), "nan in row 2"),
        (lambda p, e: (p[:5] * np.nan, e[:5]), "positions of the atoms holds nan"),
        (lambda p, e: (p[:5], e[:4]), r"energies has the shape \(4,\).* 5 training samples"),
    ],
)
def test_a_training_set_that_teaches_nothing_is_refused(water, change, message):
    positions, energies = change(water.positions, water.energies)
    densities = np.ones((len(positions), 3)) + np.arange(len(positions))[:, None]
    for estimator, targets in ((KohnShamMap(REGRESSION), []), (HOHENBERG_KOHN, [densities])):
        with pytest.raises(InputError, match=message) as caught:
            GeometryMap(estimator).fit(water.charges, positions, *targets, energies)
        assert "\n" not in str(caught.value)


def test_exchanged_equal_atoms_are_no_new_geometry(water):
    positions = np.concatenate([water.positions[:6], water.positions[4:5, [0, 2, 1]]])
    with pytest.raises(InputError, match="geometries 4 and 6 have the same potential"):
        GeometryMap(KohnShamMap(REGRESSION)).fit(water.charges, positions, np.arange(7.0))


def test_equal_atoms_may_be_exchanged(water):
    model = train_kohn_sham(water, np.arange(15))
    order = [2, 0, 1]
    exchanged = model.predict(water.charges[order], water.positions[:, order])
    assert exchanged == pytest.approx(model.predict(water.charges, water.positions), abs=1e-10)


def test_geometry_maps_copy_their_estimator(h2):
    estimator = KohnShamMap()
    model = GeometryMap(estimator)
    assert model.get_params()["gamma"] == pytest.approx(0.378, abs=1e-3)
    with pytest.raises(ValueError, match="not fitted"):
        model.predict(h2.charges, h2.positions)
    model.fit(h2.charges, h2.positions[:8], h2.energies[:8])
    assert not hasattr(estimator, "regression_")


def test_the_typical_prediction_is_that_of_the_maps(water, tmp_path):
    table = predicted_density(water, 15, drawn, SEED, extent=3.0)
    write_table(table, tmp_path / "density.parquet", PREDICTED_DENSITY)
    row = read_table(tmp_path / "density.parquet", PREDICTED_DENSITY).iloc[0]
    pool, test = water.split(0, SEED)
    training = choose_training_points(water, pool, 15, 0, drawn, SEED)
    model = train_hohenberg_kohn(water, training, water.span_coordinates)
    at = water.charges, water.positions[[row["geometry"]]]
    assert row["geometry"] in water.geometry[test]
    assert row["hohenberg_kohn_energy"] == pytest.approx(model.predict(*at)[0])
    misplaced = select(molecule_errors(water, [15], [0], drawn, SEED), method="ML-HK")
    assert row["electrons_misplaced"] < 3 * misplaced["electrons_misplaced"].iloc[0]
    size = len(row["axis"])
    oxygen, hydrogen = np.reshape(row["positions"], (-1, 2))[:2]
    for place, charge in ((oxygen, 8), (hydrogen, 1)):
        column, line = (np.abs(row["axis"] - value).argmin() for value in place)
        assert np.reshape(row["potential"], (size, size))[line, column] == pytest.approx(
            charge, rel=0.05
        )
        density = np.reshape(row["reference_density"], (size, size))[line, column]
        assert density > 0.8 * charge * (2 * np.pi) ** -1.5
    assert row["predicted_density"] == pytest.approx(row["reference_density"], abs=2e-3)
    with pytest.raises(InputError, match=r"plane ends 7.0 bohr.*at most 6"):
        predicted_density(water, 15, drawn, SEED, extent=7.0)


def test_the_plane_holds_the_atoms(water):
    for positions in (water.positions[0], np.array([[0.0, 0, -1], [0, 0, 1]])):
        axes = molecular_plane(positions)
        assert axes @ axes.T == pytest.approx(np.eye(2))
        centred = positions - positions.mean(axis=0)
        assert (centred @ axes.T) @ axes == pytest.approx(centred)
        assert centred[-1] @ axes[0] > 0


def test_a_summary_has_medians_and_ranks(errors, tmp_path):
    summary = summarise_molecules(errors)
    write_table(summary, tmp_path / "summary.parquet", MOLECULE_SUMMARY)
    row = select(as_published(summary), method="ML-HK", quantity="dE", training_points=4).iloc[0]
    values = select(as_published(errors), method="ML-HK", quantity="dE", training_points=4)["mae"]
    assert row["splits"] == 3
    assert row["mae_median"] == np.median(values)
    assert row["mae_largest"] == values.max()
    assert len(as_published(summary)) == 2 * 5
    decrease = splits_that_decrease(errors, "ML-HK", "dE").iloc[0]
    assert decrease[["training_points", "smaller_size", "holds", "splits"]].tolist() == [8, 4, 3, 3]
    reversed_rank = errors.assign(mae=np.where(errors["method"] == "ML-KS", 0, errors["mae"]))
    assert splits_with_smaller_error(reversed_rank)["holds"].tolist() == [0, 0]
    always = errors.assign(mae=np.where(errors["method"] == "ML-KS", 9, errors["mae"]))
    assert splits_with_smaller_error(always)["holds"].tolist() == [3, 3]


def test_the_spread_of_normal_scatter_is_its_standard_deviation():
    values = np.random.default_rng(1).normal(0, 2.0, 20_000)
    assert spread(values) == pytest.approx(2.0, rel=0.03)
    assert spread(np.append(values, 1e9)) == pytest.approx(2.0, rel=0.03)


def test_cross_validation_and_test_errors_of_every_potential_width(h2, tmp_path):
    table = potential_widths(h2, 8, [0, 1], equally_spaced, SEED, [0.02, GAMMA])
    write_table(table, tmp_path / "widths.parquet", POTENTIAL_WIDTHS)
    assert len(read_table(tmp_path / "widths.parquet", POTENTIAL_WIDTHS)) == 2 * 2 * 2
    published = select(table, gamma=GAMMA, split=0).set_index("method")
    errors = molecule_errors(h2, [8], [0], equally_spaced, SEED)
    for method in ("ML-KS", "ML-HK"):
        row = select(errors, method=method, quantity="dE").iloc[0]
        assert published.loc[method, "mae"] == pytest.approx(row["mae"])
    # Potentials so narrow that geometries do not overlap know nothing of their likeness.
    narrow = select(table, gamma=0.02)["cv_error"].to_numpy()
    assert (narrow > 3 * select(table, gamma=GAMMA)["cv_error"].to_numpy()).all()


def test_fine_grids_give_the_analytic_inner_products(water, tmp_path):
    table = potential_spacings(water, [0.15, 0.7], box=10.0)
    write_table(table, tmp_path / "spacings.parquet", POTENTIAL_SPACINGS)
    fine, coarse = table["deviation"]
    assert fine < 1e-13
    # A sum over a grid is off by the transform at the grid's frequency, in each dimension.
    assert coarse == pytest.approx(6 * np.exp(-((np.pi * GAMMA / 0.7) ** 2)), rel=1.0)
