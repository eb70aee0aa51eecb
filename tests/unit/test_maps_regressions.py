"""ML-HK and ML-KS: what they are trained on, what they give, what they refuse."""

import subprocess
import sys

import numpy as np
import pytest
from sklearn.base import clone

from hkmaps.errors import InputError
from hkmaps.kernels import training_data
from hkmaps.kernels.cross_validation import CrossValidatedKernelRidge
from hkmaps.kernels.kernel_ridge import KernelRidge
from hkmaps.maps.hohenberg_kohn import HohenbergKohnMap
from hkmaps.maps.kohn_sham import KohnShamMap

PARAMETERS = np.linspace(0.5, 1.5, 12)[:, None]
BETWEEN = PARAMETERS[:-1] + 0.04
PLACES = np.linspace(-3, 3, 25)


def potentials(parameter):
    return -np.exp(-((PLACES - parameter) ** 2))


def coefficients(parameter):
    return np.exp(-((PLACES - 0.5 * parameter) ** 2))


def energies(parameter):
    return np.concatenate([-np.sqrt(parameter), parameter**2], axis=1)


@pytest.mark.parametrize("energy_training", ["predicted", "reference"])
def test_ml_hk_predicts_densities_and_energies(energy_training):
    model = HohenbergKohnMap(energy_training)
    model.fit(potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS))
    density = model.predict_coefficients(potentials(BETWEEN))
    assert density == pytest.approx(coefficients(BETWEEN), abs=1e-4)
    assert model.predict(potentials(BETWEEN)) == pytest.approx(energies(BETWEEN), abs=1e-4)
    from_density = model.predict_from_density(coefficients(BETWEEN))
    assert from_density == pytest.approx(energies(BETWEEN), abs=1e-4)


def test_the_energy_map_is_trained_on_the_densities_that_are_asked_for():
    # A ridge so strong that the predicted densities are far from the reference densities.
    coarse = KernelRidge(width=1.0, regularisation=3.0)
    exact = KernelRidge(width=1.0, regularisation=1e-10)
    data = potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS)
    predicted, reference = (
        HohenbergKohnMap(training, coarse, exact).fit(*data)
        for training in ("predicted", "reference")
    )
    on_predicted = predicted.predict(potentials(PARAMETERS))
    assert on_predicted == pytest.approx(energies(PARAMETERS), abs=1e-4)
    on_reference = reference.predict_from_density(coefficients(PARAMETERS))
    assert on_reference == pytest.approx(energies(PARAMETERS), abs=1e-4)
    assert np.abs(reference.predict(potentials(PARAMETERS)) - energies(PARAMETERS)).max() > 0.1


def test_ml_ks_is_the_regression_of_energies_on_potentials():
    regression = KernelRidge(width=2.0, regularisation=1e-9)
    one = energies(PARAMETERS)[:, 0]
    model = KohnShamMap(regression).fit(potentials(PARAMETERS), one)
    direct = regression.fit(potentials(PARAMETERS), one)
    found = model.predict(potentials(BETWEEN))
    assert found.shape == (len(BETWEEN),)
    assert found == pytest.approx(direct.predict(potentials(BETWEEN)), abs=0)
    assert found == pytest.approx(energies(BETWEEN)[:, 0], abs=1e-3)


def test_precomputed_distances_of_potentials_give_the_same_map():
    def distances(first):
        return ((potentials(first)[:, None] - potentials(PARAMETERS)[None]) ** 2).sum(axis=2)

    settings = {"width": 2.0, "regularisation": 1e-8}
    targets = coefficients(PARAMETERS), energies(PARAMETERS)
    plain = HohenbergKohnMap(density_regression=KernelRidge(**settings))
    plain.fit(potentials(PARAMETERS), *targets)
    precomputed = HohenbergKohnMap(density_regression=KernelRidge(**settings, metric="precomputed"))
    precomputed.fit(distances(PARAMETERS), *targets)
    found = precomputed.predict_coefficients(distances(BETWEEN))
    assert found == pytest.approx(plain.predict_coefficients(potentials(BETWEEN)), abs=1e-7)


def test_fitting_leaves_the_given_regressions_untouched():
    regression = CrossValidatedKernelRidge()
    model = HohenbergKohnMap("reference", regression, regression)
    model.fit(potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS))
    assert not hasattr(regression, "width_")
    assert clone(model).get_params()["energy_training"] == "reference"


def test_a_map_refuses_inputs_of_another_size():
    hohenberg_kohn = HohenbergKohnMap()
    hohenberg_kohn.fit(potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS))
    kohn_sham = KohnShamMap().fit(potentials(PARAMETERS), energies(PARAMETERS))
    other = potentials(BETWEEN)[:, :-1]
    for predict in (
        hohenberg_kohn.predict,
        hohenberg_kohn.predict_coefficients,
        hohenberg_kohn.predict_from_density,
        kohn_sham.predict,
    ):
        with pytest.raises(InputError, match="24 values a sample; this map was trained on 25"):
            predict(other)


def test_training_data_that_do_not_go_together_are_refused():
    data = potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS)
    with pytest.raises(InputError, match="energy_training is 'exact'"):
        HohenbergKohnMap("exact").fit(*data)
    with pytest.raises(InputError, match=r"energies has the shape \(11, 2\).*12 training samples"):
        HohenbergKohnMap().fit(data[0], data[1], data[2][1:])
    with pytest.raises(InputError, match="density coefficients"):
        HohenbergKohnMap().fit(data[0], data[1][1:], data[2])
    with pytest.raises(InputError, match="targets hold nan in row 0"):
        KohnShamMap().fit(data[0], np.full(12, np.nan))
    with pytest.raises(InputError, match=r"potentials has the shape \(25,\)"):
        KohnShamMap().fit(data[0][0], data[2])


def test_tables_of_maps_are_read_without_scikit_learn():
    code = "import sys, hkmaps.maps.results; assert 'sklearn' not in sys.modules"
    assert subprocess.run([sys.executable, "-c", code], check=False).returncode == 0


def test_another_energy_map_may_be_trained_on_the_same_density_map():
    coarse = KernelRidge(width=1.0, regularisation=3.0)
    data = potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS)
    predicted, reference = (
        HohenbergKohnMap(training, coarse).fit(*data) for training in ("predicted", "reference")
    )
    other = predicted.refit_energy("reference", *data)
    assert other.density_regression_ is predicted.density_regression_
    assert np.array_equal(other.predict(data[0]), reference.predict(data[0]))
    assert not np.array_equal(other.predict(data[0]), predicted.predict(data[0]))
    with pytest.raises(InputError, match="energy_training is 'exact'"):
        predicted.refit_energy("exact", *data)


def test_densities_in_single_precision_are_used_a_few_at_a_time(monkeypatch):
    fixed = KernelRidge(2.0, 1e-8)
    data = potentials(PARAMETERS), coefficients(PARAMETERS), energies(PARAMETERS)
    whole = HohenbergKohnMap("predicted", fixed, fixed).fit(*data)
    monkeypatch.setattr(training_data, "BLOCK_VALUES", 2 * len(PLACES))  # two densities
    single = data[1].astype(np.float32)
    blocks = HohenbergKohnMap("predicted", fixed, fixed).fit(data[0], single, data[2])
    assert blocks.energy_regression_.X_fit_.dtype == np.float32
    expected = whole.density_regression_.predict(data[0])
    assert blocks.energy_regression_.X_fit_ == pytest.approx(expected, abs=1e-6)
    found = blocks.predict(potentials(BETWEEN))
    assert found == pytest.approx(whole.predict(potentials(BETWEEN)), abs=1e-5)
    alone = [blocks.predict(potentials(BETWEEN)[[row]])[0] for row in range(len(BETWEEN))]
    assert found == pytest.approx(np.array(alone), abs=1e-9)
