"""What the study measured for the networks of paper A: layers, grid search, Table 1."""

import math
import re
from dataclasses import replace

import pandas as pd

from hkmaps.datasets.functionals import FUNCTIONALS, Functional
from hkmaps.errors import InputError
from hkmaps.reporting.learned import functional_rows
from hkmaps.reporting.markdown import GAUGE_DEPENDENT_DENSITY_FUNCTIONALS, PUBLISHED_NAMES
from hkmaps.reporting.measurements.record import Measurement, in_mha
from hkmaps.reporting.seed_tables import verdict_counts
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_TABLE1 = "tables/table1.parquet"
_FIGURES = {"atoms": "figures/arnstein_fig09.png", "diatomics": "figures/arnstein_fig14.png"}

_ALL = [functional.label for functional in FUNCTIONALS]
_OF_POTENTIAL = [functional.label for functional in FUNCTIONALS if functional.variable == "V"]
_STANDING_OUT = list(GAUGE_DEPENDENT_DENSITY_FUNCTIONALS)
_OTHERS = [label for label in _ALL if label not in _STANDING_OUT]
_INVARIANT_OF_DENSITY = ["T[n]", "Eg[n]"]
_SEARCHED = "A[V]"
"""The functional of Figure 8."""


def architecture_measurements(architecture: pd.DataFrame) -> list[Measurement]:
    """Return the layer sizes of Figure 7 as the network has them.

    Args:
        architecture: networks/architecture.parquet.
    """
    convolutions = architecture[architecture["kind"] == "convolution"]
    dense = architecture[architecture["kind"] == "dense"]
    where = "As in networks/architecture.parquet, figures/arnstein_fig07.png."
    first, second = (_sizes(row) for row in convolutions.to_dict("records"))
    neurons = [_sizes(row)[1][0] for row in dense.to_dict("records")]
    # A valid convolution shortens its input by the filter's length less one.
    filter_lengths = {sizes[0][0] - sizes[1][0] + 1 for sizes in (first, second)}
    return [
        Measurement("A.fig7.input_length", first[0][0], where),
        Measurement("A.fig7.first_filters", first[1][1], where),
        Measurement("A.fig7.second_filters", second[1][1], where),
        Measurement("A.fig7.filter_length", max(filter_lengths), where),
        Measurement("A.fig7.dense_neurons", min(neurons[:-1]), where),
        Measurement("A.fig7.outputs", neurons[-1], where),
        Measurement("A.sec2.3.3.hidden_layers", len(convolutions) + len(neurons) - 1, where),
    ]


def grid_search_measurements(
    search: pd.DataFrame,
    summary: pd.DataFrame,
    functional: Functional,
    steps: int,
    validation_fraction: float,
) -> list[Measurement]:
    """Return the extent of the grid search for atoms, and its best cell for A[V] (Figure 8).

    Args:
        search: networks/atoms/{functional}/grid_search.parquet.
        summary: tables/grid_search.parquet.
        functional: A[V], or another one where that is left out and its best cell is not known.
        steps: update steps of each network, from the config.
        validation_fraction: share of the training data kept for validation, from the config.

    Raises:
        InputError: the summary lacks the functional for the atoms.
    """
    label = functional.label
    found = summary[(summary["dataset"] == "atoms") & (summary["functional"] == label)]
    if found.empty:
        raise InputError(
            f"tables/grid_search.parquet lacks {label} of atoms, which claims of paper A need."
        )
    where = f"As in networks/atoms/{functional.path_name}/grid_search.parquet."
    from_config = "As in config/config.yaml, networks.grid_search."
    rates, batches = search["learning_rate"], search["batch_size"]
    cells = len(search[["learning_rate", "batch_size"]].drop_duplicates())
    return [
        Measurement("A.sec2.3.3.learning_rates", rates.nunique(), where),
        Measurement("A.sec2.3.3.learning_rate_min", rates.min(), where),
        Measurement("A.sec2.3.3.learning_rate_max", rates.max(), where),
        Measurement("A.sec2.3.3.batch_sizes", batches.nunique(), where),
        Measurement("A.sec2.3.3.batch_size_min", batches.min(), where),
        Measurement("A.sec2.3.3.batch_size_max", batches.max(), where),
        Measurement("A.sec2.3.3.configurations", cells, where),
        Measurement("A.sec2.3.3.validation_fraction", 100 * validation_fraction, from_config),
        Measurement("A.sec2.3.3.grid_search_steps", steps, from_config),
        Measurement("A.sec2.3.3.grid_search_runs", search["run"].nunique(), where),
        *_best_cell(search, found.iloc[0]),
    ]


def _best_cell(search: pd.DataFrame, row: pd.Series) -> list[Measurement]:
    """The best cell of A[V], from its search and its row of the summary."""
    names = {key: f"A.fig8.best_{key}" for key in ("learning_rate", "batch_size")}
    if row["functional"] != _SEARCHED:
        return [_left_out(name, [_SEARCHED]) for name in names.values()]
    runs = _runs(search, row["published_learning_rate"], row["published_batch_size"])
    best_runs = _runs(search, row["winner_learning_rate"], row["winner_batch_size"])
    minima = search.groupby(["learning_rate", "batch_size"])["minimum_validation_mse"]
    scatter = (minima.max() / minima.min()).median()
    best = (
        f"The winner of {len(minima)} cells is"
        f" {row['winner_learning_rate']:g} with batch size {row['winner_batch_size']:g}"
        f" (validation MSE {row['winner_mse']:.2g} Ha^2); the published cell has rank"
        f" {row['published_rank']:g} with {row['ratio']:.3g} times that. Single runs reach"
        f" {best_runs} in the winning and {runs} in the published cell; in the median cell the runs"
        f" differ by a factor {scatter:.2g} (tables/grid_search.parquet,"
        " figures/arnstein_fig08_atoms_A-V.png)."
    )
    return [
        Measurement(name, row[f"winner_{key}"], best, ratio=row["ratio"])
        for key, name in names.items()
    ]


def _runs(search: pd.DataFrame, learning_rate: float, batch_size: int) -> str:
    """The lowest validation MSE of each run of a cell, as text."""
    cell = search[(search["learning_rate"] == learning_rate) & (search["batch_size"] == batch_size)]
    return " and ".join(f"{mse:.2g}" for mse in cell["minimum_validation_mse"])


def table1_measurements(
    table1: pd.DataFrame, atoms: pd.DataFrame, training_steps: int, seeds: pd.DataFrame
) -> list[Measurement]:
    """Return Table 1 and what paper A says about it.

    Args:
        table1: tables/table1.parquet.
        atoms: model_systems/atoms.parquet, for the number of test systems.
        training_steps: update steps of each network, from the config.
        seeds: tables/table1_seeds.parquet; what other seeds would say stands in the explanations.

    Raises:
        InputError: atoms or diatomics lack a functional of the table.
    """
    sets = {name: functional_rows(table1, name) for name in PUBLISHED_NAMES}
    rows = sets["atoms"]
    repeats = int(rows["repeats"].min())
    tests = int((atoms["split"] == "test").sum())
    where = f"As in {_TABLE1}."
    measurements = [
        Measurement("A.sec1.functionals", len(rows), where),
        Measurement("A.sec2.3.3.repeats", repeats, where),
        Measurement(
            "A.fig9.predictions",
            repeats * tests,
            f"{repeats} repeats of {tests} tests, as in {_TABLE1}.",
        ),
        Measurement(
            "A.sec2.3.3.training_steps",
            training_steps,
            "As in config/config.yaml, networks.repeats.",
        ),
    ]
    for dataset, errors in sets.items():
        for label in _ALL:
            name = f"A.table1.{PUBLISHED_NAMES[dataset]}.{label}"
            if label in errors.index:
                measured = _mean_error(name, dataset, label, errors.loc[label])
                measurements.append(_with_seeds(measured, seeds, dataset, label))
            else:
                measurements.append(_left_out(name, [label]))
    return measurements + _statements(sets)


def _statements(sets: dict[str, pd.DataFrame]) -> list[Measurement]:
    atoms, diatomics = sets["atoms"], sets["diatomics"]
    return [
        _extreme("A.abstract.accurate_functionals", "atoms", atoms, _OTHERS),
        _extreme("A.sec3.1.potential_min", "atoms", atoms, _OF_POTENTIAL, largest=False),
        _extreme("A.sec3.1.potential_max", "atoms", atoms, _OF_POTENTIAL),
        _extreme("A.sec3.1.invariant_density", "atoms", atoms, _INVARIANT_OF_DENSITY),
        *_orders(atoms["mae_mean"]),
        _extreme("A.fig14.all_functionals", "diatomics", diatomics, _ALL),
    ]


def _extreme(
    name: str, dataset: str, rows: pd.DataFrame, labels: list[str], largest: bool = True
) -> Measurement:
    """The largest or smallest mean error of the functionals, all of which it takes."""
    if missing := [label for label in labels if label not in rows.index]:
        return _left_out(name, missing)
    mean = rows.loc[labels, "mae_mean"]
    label = mean.idxmax() if largest else mean.idxmin()
    return _mean_error(name, dataset, label, rows.loc[label])


def _orders(means: pd.Series) -> list[Measurement]:
    """Orders of magnitude by which E[n] and A[n] of the atoms lie above the others."""
    names = ("A.fig9.orders_min", "A.fig9.orders_max")
    if missing := [label for label in _ALL if label not in means.index]:
        return [_left_out(name, missing) for name in names]
    standing_out, others = means[_STANDING_OUT], means[_OTHERS]
    explanation = (
        f"E[n] and A[n] lie between {in_mha(standing_out.min())} and"
        f" {in_mha(standing_out.max())} mHa, the others between {in_mha(others.min())} and"
        f" {in_mha(others.max())} mHa ({_TABLE1}, {_FIGURES['atoms']})."
    )
    ratios = standing_out.min() / others.max(), standing_out.max() / others.min()
    return [
        Measurement(name, math.log10(ratio), explanation)
        for name, ratio in zip(names, ratios, strict=True)
    ]


def _with_seeds(
    measured: Measurement, seeds: pd.DataFrame, dataset: str, label: str
) -> Measurement:
    """The mean error of a functional with what its other seeds give."""
    found = seeds[(seeds["dataset"] == dataset) & (seeds["functional"] == label)]
    if len(found) < 2:
        return measured
    words = (
        f" The means of {len(found)} seeds go from {in_mha(found['mae_mean'].min())} to"
        f" {in_mha(found['mae_mean'].max())} mHa, with the verdicts {verdict_counts(found)}"
        " (tables/table1_seeds.parquet, figures/study_table1_seeds.png)."
    )
    return replace(measured, explanation=measured.explanation + words)


def _left_out(name: str, labels: list[str]) -> Measurement:
    """A number that takes functionals that networks do not learn."""
    return Measurement(name, None, f"networks.functionals leaves out {', '.join(labels)}.")


def _mean_error(name: str, dataset: str, label: str, row: pd.Series) -> Measurement:
    dead = int(row["dead"])
    networks = f"{dead} of them dead networks" if dead else "no dead network"
    return Measurement(
        name,
        row["mae_mean"] * MILLIHARTREE_PER_HARTREE,
        f"{label} of {dataset}: {int(row['repeats'])} repeats from {in_mha(row['mae_min'])} to"
        f" {in_mha(row['mae_max'])} mHa, median {in_mha(row['mae_median'])} mHa, {networks}"
        f" ({_TABLE1}, {_FIGURES[dataset]}).",
        row["mae_std"] * MILLIHARTREE_PER_HARTREE,
        int(row["repeats"]),
    )


def _sizes(layer: dict) -> tuple[list[int], list[int]]:
    """The sizes in a layer's shapes: length and channels, or neurons alone."""
    return tuple(
        [int(size) for size in re.findall(r"\d+", layer[name])]
        for name in ("shape_in", "shape_out")
    )
