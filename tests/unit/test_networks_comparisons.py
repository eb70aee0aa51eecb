"""Other networks than paper A's: what is trained, with which settings, from which seed."""

import numpy as np
import pandas as pd
import pytest
import torch

from hkmaps.datasets.functionals import Functional
from hkmaps.networks.cnn import Architecture, EnsembleCNN
from hkmaps.networks.comparisons import (
    compare_pairs,
    depth_errors,
    fully_connected_errors,
    random_search,
    seed_errors,
)
from hkmaps.networks.results import HYPERPARAMETERS
from hkmaps.networks.tasks import LearningTask

POINTS = np.linspace(-2, 2, 24)
SEARCH = {"learning_rates": [0.001, 0.004], "batch_sizes": [4], "runs": 1}
STEPS = {"steps": 8, "validation_fraction": 0.25}
TRAINING = {"steps": 8, "repeats": 2}
PAIR = {"learning_rate": 0.002, "batch_size": 5}


@pytest.fixture
def task():
    """Bumps of several widths, and a smooth functional of them."""
    widths = np.linspace(0.5, 3, 16)
    inputs = np.exp(-widths[:, None] * POINTS**2)
    targets = np.tanh(inputs.sum(axis=1) - 8)
    parts = (inputs[::2], targets[::2], inputs[1::2], targets[1::2], np.arange(1, 16, 2))
    return LearningTask("bumps", Functional("E", "n"), POINTS, *parts)


def test_a_network_without_convolutions_is_a_plain_perceptron():
    network = EnsembleCNN(Architecture((), (), (7, 5)), len(POINTS), seeds=[3])
    layers = []
    for dense in network.members[0].denses:
        layer = torch.nn.Linear(dense.in_features, dense.out_features)
        layer.load_state_dict(dense.state_dict())
        layers += [layer, torch.nn.ReLU()]
    plain = torch.nn.Sequential(*layers[:-1])
    inputs = torch.rand(6, len(POINTS))
    with torch.inference_mode():
        torch.testing.assert_close(network(inputs)[0], plain(inputs)[:, 0])
    assert [layer.in_features for layer in layers[::2]] == [24, 7, 5]


def test_fully_connected_networks_are_trained_at_the_winner_of_their_search(task):
    common = {"seed": 1}
    found = fully_connected_errors([task], [6, 6], SEARCH | STEPS, TRAINING, common)
    architecture = Architecture((), (), (6, 6))
    searched = task.search(architecture=architecture, **SEARCH, **STEPS, **common)
    winner = searched.loc[searched["minimum_validation_mse"].idxmin()]
    assert (found["learning_rate"] == winner["learning_rate"]).all()
    expected = task.errors(
        architecture=architecture,
        learning_rate=winner["learning_rate"],
        batch_size=4,
        **TRAINING,
        **common,
    )
    pd.testing.assert_frame_equal(found[expected.columns], expected)


def test_the_depth_of_the_published_network_gives_its_errors(task):
    settings = TRAINING | PAIR | {"seed": 1}
    depths = depth_errors([task], [1, 2], settings)
    assert sorted(set(depths["hidden_layers"])) == [3, 4]
    published = depths[depths["hidden_layers"] == 4]["mae"].to_numpy()
    np.testing.assert_array_equal(published, task.errors(**settings)["mae"])


def test_a_random_search_draws_every_hyperparameter_by_its_number(task):
    choices = {column.name: [1, 2] for column in HYPERPARAMETERS}
    choices |= {"learning_rate": [0.001, 0.002], "hidden_layers": [3, 4]}
    search = STEPS | {"runs": 1, "seed": 1}
    few, more = (random_search([task], choices, count, search) for count in (3, 5))
    # More configurations are the same ones and others.
    pd.testing.assert_frame_equal(more[:3], few)
    for name in ("learning_rate", "hidden_layers", "neurons"):
        assert set(more[name]) <= set(choices[name])
    assert (more["validation_mse"] > 0).all()


def test_another_seed_is_another_draw(task):
    settings = TRAINING | PAIR
    errors = {seed: seed_errors([task], settings | {"seed": seed}) for seed in (1, 2)}
    assert (errors[2]["seed"] == 2).all()
    assert not np.isclose(errors[1]["mae"], errors[2]["mae"]).any()
    np.testing.assert_array_equal(errors[1]["mae"], task.errors(**settings, seed=1)["mae"])


def test_a_winner_that_is_the_published_pair_is_trained_once(task):
    settings = STEPS | {"runs": 1, "seed": 5}
    searched = task.search(**SEARCH, **STEPS, seed=1)
    winner = searched.loc[searched["minimum_validation_mse"].idxmin(), "learning_rate"]
    (loser,) = {0.001, 0.004} - {winner}
    same = compare_pairs([task], {"E[n]": searched}, (winner, 4), settings)
    assert same["validation_mse"].nunique() == 1
    other = compare_pairs([task], {"E[n]": searched}, (loser, 4), settings)
    assert list(other["learning_rate"]) == [loser, winner]
    assert other["validation_mse"].nunique() == 2
    assert other["validation_mse"].iloc[1] == same["validation_mse"].iloc[0]
