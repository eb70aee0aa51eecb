"""Other networks than paper A's, and other seeds: what its section 2.3 says in words.

"In this study, it was found to consistently produce better results than fully-connected NNs"
(2.3.2) and "using anywhere between 3-6 hidden layers produced similar results", found by random
searches (2.3.3). The pair of learning rate and batch size that A[V] was searched for is said to be
"near-optimal in all cases".
"""

from collections.abc import Iterable, Mapping, Sequence
from typing import Any

import numpy as np
import pandas as pd

from hkmaps.networks.cnn import Architecture
from hkmaps.networks.results import (
    DEPTHS,
    FULLY_CONNECTED,
    PUBLISHED_PAIR,
    RANDOM_SEARCH,
    SEED_ERRORS,
    SEED_PAIRS,
    WINNING_PAIR,
    average_runs,
    select_hyperparameters,
)
from hkmaps.networks.tasks import LearningTask
from hkmaps.seeds import random_stream


def fully_connected_errors(
    tasks: Iterable[LearningTask],
    neurons: Sequence[int],
    search: Mapping[str, Any],
    training: Mapping[str, Any],
    common: Mapping[str, Any],
) -> pd.DataFrame:
    """Train fully-connected networks, each functional at the winner of its own grid search.

    Args:
        tasks: the functionals.
        neurons: neurons of each hidden layer.
        search: settings of `LearningTask.search` alone.
        training: settings of `LearningTask.errors` alone, but for learning rate and batch size.
        common: settings of both, such as the seed.

    Returns:
        pandas.DataFrame with the columns of `FULLY_CONNECTED`, one row per network.
    """
    architecture = Architecture(filters=(), kernel_sizes=(), neurons=tuple(neurons))
    frames = []
    for task in tasks:
        searched = task.search(architecture=architecture, **search, **common)
        learning_rate, batch_size = select_hyperparameters(searched)
        errors = task.errors(
            architecture=architecture,
            learning_rate=learning_rate,
            batch_size=batch_size,
            **training,
            **common,
        )
        frames.append(
            errors.assign(
                learning_rate=learning_rate,
                batch_size=batch_size,
                validation_mse=average_runs(searched)["validation_mse"].iloc[0],
            )
        )
    return pd.concat(frames, ignore_index=True)[FULLY_CONNECTED.column_names]


def depth_errors(
    tasks: Iterable[LearningTask], dense_layers: Sequence[int], training: Mapping[str, Any]
) -> pd.DataFrame:
    """Train paper A's network with other numbers of hidden dense layers of the same width.

    Args:
        tasks: the functionals.
        dense_layers: numbers of hidden dense layers; paper A's network has two.
        training: settings of `LearningTask.errors`.

    Returns:
        pandas.DataFrame with the columns of `DEPTHS`, one row per network.
    """
    published = Architecture()
    frames = []
    for task in tasks:
        for count in dense_layers:
            architecture = Architecture(neurons=published.neurons[:1] * count)
            errors = task.errors(architecture=architecture, **training)
            frames.append(errors.assign(hidden_layers=len(published.filters) + count))
    return pd.concat(frames, ignore_index=True)[DEPTHS.column_names]


def random_search(
    tasks: Iterable[LearningTask],
    choices: Mapping[str, Sequence],
    configurations: int,
    search: Mapping[str, Any],
) -> pd.DataFrame:
    """Train networks whose hyperparameters are drawn at random (paper A, section 2.3.3).

    Every hyperparameter of a configuration is drawn uniformly from its choices, independently of
    the others. The second convolution has twice the filters of the first, as in paper A.

    Args:
        tasks: the functionals.
        choices: values of each hyperparameter, by the names of `HYPERPARAMETERS`.
        configurations: number of configurations, the same for all functionals.
        search: settings of `LearningTask.search`, but for architecture, learning rates and batch
            sizes.

    Returns:
        pandas.DataFrame with the columns of `RANDOM_SEARCH`, one row per configuration and
        functional.
    """
    rows = []
    for task in tasks:
        for configuration in range(configurations):
            stream = random_stream(search["seed"], task.data_set, "random search", configuration)
            drawn = {name: stream.choice(values).item() for name, values in choices.items()}
            searched = task.search(
                architecture=_drawn_architecture(drawn),
                learning_rates=[drawn["learning_rate"]],
                batch_sizes=[drawn["batch_size"]],
                **search,
            )
            rows.append(
                {
                    "functional": task.functional.label,
                    "configuration": configuration,
                    **drawn,
                    "validation_mse": average_runs(searched)["validation_mse"].iloc[0],
                    "dead": bool(searched["dead"].all()),
                }
            )
    return pd.DataFrame(rows)[RANDOM_SEARCH.column_names]


def _drawn_architecture(drawn: Mapping[str, float]) -> Architecture:
    convolutions = drawn["convolutional_layers"]
    return Architecture(
        filters=tuple(drawn["filters"] * 2 ** np.arange(convolutions)),
        kernel_sizes=(drawn["kernel_size"],) * convolutions,
        neurons=(drawn["neurons"],) * (drawn["hidden_layers"] - convolutions),
    )


def seed_errors(tasks: Iterable[LearningTask], training: Mapping[str, Any]) -> pd.DataFrame:
    """Train the networks of Table 1 from another seed.

    Args:
        tasks: the functionals.
        training: settings of `LearningTask.errors`, the seed among them.

    Returns:
        pandas.DataFrame with the columns of `SEED_ERRORS`, one row per network.
    """
    errors = pd.concat([task.errors(**training) for task in tasks], ignore_index=True)
    return errors.assign(seed=training["seed"])[SEED_ERRORS.column_names]


def compare_pairs(
    tasks: Iterable[LearningTask],
    searched: Mapping[str, pd.DataFrame],
    published: tuple[float, int],
    search: Mapping[str, Any],
) -> pd.DataFrame:
    """Validate the published pair and the winner of a grid search once more, from another seed.

    The winner of a search is the best of many cells in part by luck; what it is worth shows where
    weights, batches and validation split are drawn again.

    Args:
        tasks: the functionals.
        searched: rows of `GRID_SEARCH` by functional, from the study's own seed.
        published: learning rate and batch size of the published pair.
        search: settings of `LearningTask.search` but for the cells, another seed among them.

    Returns:
        pandas.DataFrame with the columns of `SEED_PAIRS`, two rows a functional; where the winner
        is the published pair, both are of the same networks.
    """
    rows = []
    for task in tasks:
        label = task.functional.label
        pairs = {
            PUBLISHED_PAIR: published,
            WINNING_PAIR: select_hyperparameters(searched[label]),
        }
        errors = {}
        for learning_rate, batch_size in dict.fromkeys(pairs.values()):
            found = task.search(learning_rates=[learning_rate], batch_sizes=[batch_size], **search)
            errors[learning_rate, batch_size] = average_runs(found)["validation_mse"].iloc[0]
        rows += [
            {
                "seed": search["seed"],
                "functional": label,
                "pair": name,
                "learning_rate": pair[0],
                "batch_size": pair[1],
                "validation_mse": errors[pair],
            }
            for name, pair in pairs.items()
        ]
    return pd.DataFrame(rows)[SEED_PAIRS.column_names]
