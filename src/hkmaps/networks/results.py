"""Tables that training leaves behind, and what they amount to; needs no PyTorch to read."""

import numpy as np
import pandas as pd

from hkmaps.errors import InputError
from hkmaps.tables import Column, TableSchema

ARCHITECTURE = TableSchema(
    "architecture",
    "Layers of the network, in the order in which they act",
    (
        Column("layer", "text", "", "name of the layer"),
        Column("kind", "text", "", "convolution or dense"),
        Column("shape_in", "text", "", "input of one sample: length x channels, or length"),
        Column("shape_out", "text", "", "output of one sample: length x channels, or length"),
        Column("parameters", "integer", "1", "number of weights and biases"),
    ),
)

GRID_SEARCH = TableSchema(
    "grid search",
    "Validation errors over learning rate and batch size, one row per network (paper A, Figure 8)",
    (
        Column("learning_rate", "number", "1", "learning rate of Adam"),
        Column("batch_size", "integer", "1", "samples of an update step, as configured"),
        Column("run", "integer", "1", "number of the run, from 0"),
        Column("minimum_validation_mse", "number", "Ha^2", "lowest MSE after a complete epoch"),
        Column("step", "integer", "1", "update steps done when the lowest MSE was reached"),
        Column("dead", "flag", "", "whether the network ended with constant output"),
    ),
)

GRID_SEARCH_SUMMARY = TableSchema(
    "grid-search summary",
    "The published pair of learning rate and batch size beside the winner, one row per functional",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("published_learning_rate", "number", "1", "learning rate of the published pair"),
        Column("published_batch_size", "integer", "1", "batch size of the published pair"),
        Column("published_mse", "number", "Ha^2", "validation MSE of the published pair"),
        Column("winner_learning_rate", "number", "1", "learning rate of the best pair"),
        Column("winner_batch_size", "integer", "1", "batch size of the best pair"),
        Column("winner_mse", "number", "Ha^2", "validation MSE of the best pair"),
        Column("published_rank", "integer", "1", "rank of the published pair, 1 is the best"),
        Column("ratio", "number", "1", "published_mse / winner_mse"),
    ),
)

PREDICTIONS = TableSchema(
    "predictions",
    "Predictions of every repeat for every test system of a functional",
    (
        Column("repeat", "integer", "1", "number of the repeat, from 0"),
        Column("system", "integer", "1", "number of the system in its data set"),
        Column("target", "number", "Ha", "exact value"),
        Column(
            "prediction", "number", "Ha", "the network's value; none if training diverged", True
        ),
        Column("dead", "flag", "", "whether the network's output is constant, or not finite"),
    ),
)

TABLE1 = TableSchema(
    "table 1",
    "Mean absolute errors on the test set over the repeats, one row per functional (paper A)",
    (
        Column("dataset", "text", "", "data set"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("quantity", "text", "", "E, A, T or Eg"),
        Column("variable", "text", "", "n or V"),
        Column("repeats", "integer", "1", "number of networks trained"),
        Column("dead", "integer", "1", "networks among them with constant output, or none"),
        Column(
            "mae_mean", "number", "Ha", "mean over the repeats, those without output apart", True
        ),
        Column("mae_std", "number", "Ha", "standard deviation of a sample (divisor R - 1)", True),
        Column("mae_median", "number", "Ha", "median over the repeats", True),
        Column("mae_min", "number", "Ha", "smallest of the repeats", True),
        Column("mae_max", "number", "Ha", "largest of the repeats", True),
    ),
)

_REPEAT_ERROR = (
    Column("functional", "text", "", "functional, such as E[n]"),
    Column("repeat", "integer", "1", "number of the repeat, from 0"),
    Column("mae", "number", "Ha", "mean absolute error on the test systems", True),
    Column("dead", "flag", "", "whether the network's output is constant, or not finite"),
)

FULLY_CONNECTED = TableSchema(
    "fully-connected networks",
    "Errors of fully-connected networks, each functional at the winner of its grid search, one row"
    " a network (paper A, section 2.3.2)",
    (
        *_REPEAT_ERROR,
        Column("learning_rate", "number", "1", "learning rate of the best pair"),
        Column("batch_size", "integer", "1", "batch size of the best pair"),
        Column("validation_mse", "number", "Ha^2", "validation MSE of the best pair"),
    ),
)

DEPTHS = TableSchema(
    "depths",
    "Errors of paper A's network with other numbers of hidden layers, one row per network (section"
    " 2.3.3)",
    (
        *_REPEAT_ERROR,
        Column("hidden_layers", "integer", "1", "two convolutions and the hidden dense layers"),
    ),
)

HYPERPARAMETERS = (
    Column("learning_rate", "number", "1", "learning rate of Adam"),
    Column("batch_size", "integer", "1", "samples of an update step"),
    Column("hidden_layers", "integer", "1", "convolutional and hidden dense layers"),
    Column("convolutional_layers", "integer", "1", "convolutional layers"),
    Column(
        "filters", "integer", "1", "filters of the first convolution; the next has twice as many"
    ),
    Column("kernel_size", "integer", "1", "length of the filters in grid points"),
    Column("neurons", "integer", "1", "neurons of each hidden dense layer"),
)
"""What a random search draws."""

RANDOM_SEARCH = TableSchema(
    "random search",
    "Validation errors of networks whose hyperparameters are drawn at random, one row per"
    " configuration and functional (paper A, section 2.3.3)",
    (
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("configuration", "integer", "1", "number of the configuration, from 0"),
        *HYPERPARAMETERS,
        Column(
            "validation_mse", "number", "Ha^2", "lowest MSE after a complete epoch, mean of runs"
        ),
        Column("dead", "flag", "", "whether all runs ended with constant output"),
    ),
)

SEED_ERRORS = TableSchema(
    "errors of a seed",
    "Errors of Table 1's networks, trained from a further seed, one row per network",
    (Column("seed", "integer", "1", "seed of all random numbers"), *_REPEAT_ERROR),
)

PUBLISHED_PAIR, WINNING_PAIR = "published", "winner"

SEED_PAIRS = TableSchema(
    "pairs of a seed",
    "The published pair of learning rate and batch size and the winner of a grid search, validated"
    " again from a further seed, one row per functional and pair",
    (
        Column("seed", "integer", "1", "seed of all random numbers, the validation split too"),
        Column("functional", "text", "", "functional, such as E[n]"),
        Column("pair", "text", "", "published, or winner of the search from the study's seed"),
        Column("learning_rate", "number", "1", "learning rate of the pair"),
        Column("batch_size", "integer", "1", "batch size of the pair"),
        Column(
            "validation_mse", "number", "Ha^2", "lowest MSE after a complete epoch, mean of runs"
        ),
    ),
)


def average_runs(searched: pd.DataFrame) -> pd.DataFrame:
    """Average the runs' lowest validation MSE, best pair first (paper A, section 2.3.3).

    Args:
        searched: rows as declared in `GRID_SEARCH`.

    Returns:
        Columns learning_rate, batch_size, validation_mse (Ha^2), rank (1 is the best).
    """
    pairs = searched.groupby(["learning_rate", "batch_size"])["minimum_validation_mse"]
    means = pairs.mean().rename("validation_mse").reset_index()
    means = means.sort_values("validation_mse", kind="stable", ignore_index=True)
    return means.assign(rank=np.arange(1, len(means) + 1))


def select_hyperparameters(searched: pd.DataFrame) -> tuple[float, int]:
    """Return the learning rate and batch size with the lowest mean validation MSE."""
    winner = average_runs(searched).iloc[0]
    return float(winner.learning_rate), int(winner.batch_size)


def summarise_grid_search(
    searched: pd.DataFrame, learning_rate: float, batch_size: int
) -> dict[str, float]:
    """Say how a published pair stands against the winner of a grid search.

    Args:
        searched: rows as declared in `GRID_SEARCH`.
        learning_rate: learning rate of the published pair.
        batch_size: batch size of the published pair.

    Returns:
        The columns of `GRID_SEARCH_SUMMARY` but for dataset and functional.

    Raises:
        InputError: the pair is not in the grid.
    """
    means = average_runs(searched)
    here = np.isclose(means.learning_rate, learning_rate) & (means.batch_size == batch_size)
    if not here.any():
        learning_rates = ", ".join(f"{rate:g}" for rate in sorted(set(means.learning_rate)))
        batch_sizes = ", ".join(str(size) for size in sorted(set(means.batch_size)))
        raise InputError(
            f"The grid search has no learning rate {learning_rate:g} with batch size {batch_size};"
            f" it has learning rates {learning_rates} and batch sizes {batch_sizes}."
        )
    published, winner = means[here].iloc[0], means.iloc[0]
    return {
        "published_learning_rate": float(published.learning_rate),
        "published_batch_size": int(published.batch_size),
        "published_mse": float(published.validation_mse),
        "winner_learning_rate": float(winner.learning_rate),
        "winner_batch_size": int(winner.batch_size),
        "winner_mse": float(winner.validation_mse),
        "published_rank": int(published["rank"]),
        "ratio": float(published.validation_mse / winner.validation_mse),
    }


def mean_absolute_errors(predictions: pd.DataFrame) -> pd.Series:
    """Return the MAE of each repeat, Ha, from rows as declared in `PREDICTIONS`."""
    errors = (predictions.prediction - predictions.target).abs()
    return errors.groupby(predictions.repeat).mean().rename("mae")


def repeat_errors(predictions: pd.DataFrame) -> pd.DataFrame:
    """Return repeat, mae (Ha) and dead of each repeat, from rows as declared in `PREDICTIONS`."""
    dead = predictions.groupby("repeat")["dead"].first()
    return pd.concat([mean_absolute_errors(predictions), dead], axis=1).reset_index()


def summarise(predictions: pd.DataFrame) -> dict[str, float]:
    """Summarise the repeats of a functional.

    Args:
        predictions: rows as declared in `PREDICTIONS`.

    Returns:
        The columns of `TABLE1` that come from the predictions, Ha: over all repeats, networks of
        constant output included, those whose training diverged left out; mae_std is NaN for a
        single repeat, and all of them without any.
    """
    errors = mean_absolute_errors(predictions)
    return {
        "repeats": len(errors),
        "dead": int(predictions.groupby("repeat").dead.first().sum()),
        "mae_mean": float(errors.mean()),
        "mae_std": float(errors.std(ddof=1)),
        "mae_median": float(errors.median()),
        "mae_min": float(errors.min()),
        "mae_max": float(errors.max()),
    }
