"""Trained functionals as a user meets them, and summaries of what training left."""

import numpy as np
import pandas as pd
import pytest
import torch
from damage import changed_bytes, truncations

from hkmaps.errors import InputError
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.networks.repeats import train_repeats
from hkmaps.networks.results import (
    PREDICTIONS,
    select_hyperparameters,
    summarise,
    summarise_grid_search,
)
from hkmaps.networks.trained import TrainedFunctional, is_constant
from hkmaps.tables import read_table, write_table

POINTS = np.linspace(-2, 2, 15)
WIDTHS = np.linspace(0.5, 2, 6)


def bumps(x: np.ndarray) -> np.ndarray:
    return np.exp(-WIDTHS[:, None] * x**2)


@pytest.fixture
def functional() -> TrainedFunctional:
    architecture = Architecture(filters=(2, 3), kernel_sizes=(3, 4), neurons=(6,))
    network = EnsembleCNN(architecture, len(POINTS), seeds=[0, 1, 2])
    dead = np.array([False, True, False])
    return TrainedFunctional(network, POINTS, "E[n]", "test", dead, {"steps": 3})


def test_loading_gives_back_what_was_saved(functional, tmp_path):
    functional.save(tmp_path / "E-n")
    loaded = TrainedFunctional.load(tmp_path / "E-n")
    predictions = loaded.predict_repeats(bumps(POINTS))
    assert np.array_equal(predictions, functional.predict_repeats(bumps(POINTS)))
    assert (loaded.functional, loaded.data_set, loaded.settings) == ("E[n]", "test", {"steps": 3})
    assert np.array_equal(loaded.points, POINTS)
    assert np.array_equal(loaded.dead, functional.dead)


def test_predictions_are_means_over_networks_that_are_not_dead(functional):
    repeats = functional.predict_repeats(bumps(POINTS))
    assert repeats.shape == (3, 6)
    np.testing.assert_array_equal(functional.predict(bumps(POINTS)), repeats[[0, 2]].mean(axis=0))
    one = functional.predict(bumps(POINTS)[4])
    assert np.shape(one) == ()
    assert one == pytest.approx(repeats[[0, 2], 4].mean(), abs=1e-6)


def test_values_on_another_grid_are_interpolated(functional):
    x = np.linspace(-3, 3.5, 131)
    expected = functional.predict(bumps(POINTS))
    np.testing.assert_allclose(functional.predict(bumps(x), x), expected, atol=1e-4)
    assert np.ptp(expected) > 1e-2


@pytest.mark.parametrize(
    ("values", "x", "message"),
    [
        (np.full(15, np.nan), None, "holds nan at index"),
        (np.zeros(14), None, "must have the 15 points from -2 to 2 bohr"),
        (np.zeros((2, 3, 15)), None, "3 dimensions"),
        (np.zeros(20), np.linspace(-1, 2, 20), "must cover the grid from -2 to 2 bohr"),
        (np.zeros(20), np.linspace(2, -2, 20), "ascending"),
        (np.zeros(20), np.linspace(-2, 2, 21), "one point a value"),
    ],
)
def test_values_that_cannot_be_used_are_refused(functional, values, x, message):
    with pytest.raises(InputError, match=message):
        functional.predict(values, x)


def test_files_that_are_missing_or_damaged_are_refused(functional, tmp_path):
    with pytest.raises(InputError, match="there is no file"):
        TrainedFunctional.load(tmp_path / "nowhere")
    path = functional.save(tmp_path)
    for damage in (changed_bytes, truncations):
        for place in damage(path):
            with pytest.raises(InputError) as error:
                TrainedFunctional.load(tmp_path)
            assert f"{path} is not a trained functional" in str(error.value), place


def test_dead_networks_are_counted():
    # A network that sees the same input everywhere has constant output, whatever its weights.
    inputs, targets = np.zeros((6, 15)), WIDTHS
    trained, predictions = train_repeats(
        inputs,
        targets,
        inputs,
        targets,
        points=POINTS,
        learning_rate=0.001,
        batch_size=3,
        steps=2,
        repeats=2,
        seed=0,
        data_set="test",
        functional="E[n]",
        test_systems=np.arange(10, 16),
        architecture=Architecture((2,), (3,), (4,)),
    )
    assert trained.dead.all()
    assert np.array_equal(trained.predict(inputs), trained.predict_repeats(inputs).mean(axis=0))
    assert summarise(predictions)["dead"] == 2
    assert list(predictions.system[:6]) == [10, 11, 12, 13, 14, 15]


def test_networks_whose_training_diverged_are_dead_and_have_no_error(tmp_path):
    outputs = np.array([[1.0, 2.0], [np.nan, 1.0], [np.inf, 0.0]])
    assert is_constant(outputs).tolist() == [False, True, True]
    predictions = pd.DataFrame(
        {
            "repeat": [0, 0, 1, 1],
            "system": [4, 5] * 2,
            "target": [1.0, 2.0] * 2,
            "prediction": [1.1, 1.9, np.nan, np.nan],
            "dead": [False, False, True, True],
        }
    )
    write_table(predictions, tmp_path / "predictions.parquet", PREDICTIONS)
    summary = summarise(read_table(tmp_path / "predictions.parquet", PREDICTIONS))
    assert (summary["repeats"], summary["dead"]) == (2, 1)
    assert summary["mae_mean"] == pytest.approx(0.1)


def test_summary_of_repeats():
    predictions = pd.DataFrame(
        {
            "repeat": [0, 0, 1, 1, 2, 2],
            "system": [4, 5] * 3,
            "target": [1.0, 2.0] * 3,
            "prediction": [1.1, 1.7, 1.0, 2.2, 1.5, 1.5],
            "dead": [False] * 4 + [True] * 2,
        }
    )
    summary = summarise(predictions)  # errors 0.2, 0.1, 0.5
    expected = {"mae_mean": 0.8 / 3, "mae_median": 0.2, "mae_min": 0.1, "mae_max": 0.5}
    assert {key: summary[key] for key in expected} == pytest.approx(expected)
    assert summary["mae_std"] == pytest.approx(np.std([0.2, 0.1, 0.5], ddof=1))
    assert (summary["repeats"], summary["dead"]) == (3, 1)


def test_grid_search_averages_runs_before_it_ranks():
    searched = pd.DataFrame(
        {
            "learning_rate": [0.1, 0.1, 0.2, 0.2, 0.3, 0.3],
            "batch_size": [5] * 6,
            "run": [0, 1] * 3,
            "minimum_validation_mse": [1.0, 9.0, 4.0, 4.0, 6.0, 6.0],
            "step": [1] * 6,
            "dead": [False] * 6,
        }
    )
    assert select_hyperparameters(searched) == (0.2, 5)
    summary = summarise_grid_search(searched, 0.3, 5)
    assert (summary["published_rank"], summary["ratio"]) == (3, 1.5)
    assert summary["winner_learning_rate"] == 0.2
    with pytest.raises(InputError, match=r"it has learning rates 0\.1, 0\.2, 0\.3"):
        summarise_grid_search(searched, 0.4, 5)


def test_networks_run_in_the_precision_they_were_saved_in(functional, tmp_path):
    functional.network.double()
    functional.save(tmp_path)
    assert next(TrainedFunctional.load(tmp_path).network.parameters()).dtype == torch.float64
