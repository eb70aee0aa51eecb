"""What the study measured for the follow-up of paper A (Arnstein 2026): notebooks and abstract.

The notebooks take the inverse of the kernel matrix, so that numbers by the inverse are compared;
what a linear solve gives, and what the double wells say, is in the explanations.
"""

from collections.abc import Callable
from dataclasses import dataclass

import pandas as pd

from hkmaps.reporting.follow_up_tables import NOTEBOOK_DATA_SET, notebooks_noise
from hkmaps.reporting.measurements.record import Measurement
from hkmaps.units import MILLIHARTREE_PER_HARTREE

_TABLE = "tables/follow_up.parquet"
_WHERE = f"{_TABLE}, figures/study_conditioning.png"

Chosen = Callable[[pd.DataFrame], pd.Series]
"""Rows of `FOLLOW_UP` -> which of them a statement is about."""


@dataclass(frozen=True)
class FollowUpSettings:
    """Settings of the follow-up's nested cross-validation that no table holds.

    Attributes:
        outer_folds, inner_folds, repeats: as in the config.
        noise: sizes of the noise, in 1/bohr or Ha.
    """

    outer_folds: int
    inner_folds: int
    repeats: int
    noise: list[float]


def follow_up_measurements(
    table: pd.DataFrame, states: pd.DataFrame, settings: FollowUpSettings
) -> list[Measurement]:
    """Return what was measured for every number of the follow-up.

    Args:
        table: rows of `hkmaps.reporting.follow_up_tables.FOLLOW_UP`.
        states: rows of `hkmaps.datasets.charge_states.CHARGE_STATES` of the notebooks' data set.
        settings: of the nested cross-validation.
    """
    rows = {dataset: part.set_index("functional") for dataset, part in table.groupby("dataset")}
    notebooks = rows.pop(NOTEBOOK_DATA_SET)
    return [
        *_settings(states, settings),
        *(_error(label, row) for label, row in notebooks.iterrows()),
        *_statements(notebooks, rows),
    ]


def _settings(states: pd.DataFrame, settings: FollowUpSettings) -> list[Measurement]:
    data = f"As in follow_up/{NOTEBOOK_DATA_SET}/charge_states.parquet and {_TABLE}."
    config = "As in config/config.yaml, follow_up."
    systems = states["system"].nunique()
    test = round(systems / settings.outer_folds)
    rest = systems - test
    nearest = notebooks_noise(settings.noise)
    return [
        Measurement("F.data.nuclear_charge_min", states["Z"].min(), data),
        Measurement("F.data.nuclear_charge_max", states["Z"].max(), data),
        Measurement("F.data.beta_min", states["beta"].min(), data),
        Measurement("F.data.beta_max", states["beta"].max(), data),
        Measurement("F.data.systems", systems, data),
        Measurement("F.data.grid_points", len(states["density"].iloc[0]), data),
        Measurement("F.data.grid_length", states["grid_length"].iloc[0], data),
        Measurement("F.validation.outer_folds", settings.outer_folds, config),
        Measurement("F.validation.inner_folds", settings.inner_folds, config),
        Measurement(
            "F.validation.training_systems", rest - round(rest / settings.inner_folds), config
        ),
        Measurement("F.validation.test_systems", test, config),
        Measurement("F.validation.repeats", settings.repeats, config),
        Measurement("F.validation.noise", nearest, config),
    ]


def _error(label: str, row: pd.Series) -> Measurement:
    inverse, solve = (row[f"{way}_mae"] * MILLIHARTREE_PER_HARTREE for way in ("inverse", "solve"))
    return Measurement(
        f"F.notebooks.{label}",
        inverse,
        f"By the inverse of the kernel matrix, as in the notebook, {inverse / solve:.3g} times the"
        f" {solve:.3g} mHa of a linear solve ({_WHERE}).",
        row["inverse_std"] * MILLIHARTREE_PER_HARTREE,
        int(row["folds"]),
    )


def _statements(notebooks: pd.DataFrame, others: dict[str, pd.DataFrame]) -> list[Measurement]:
    """The four statements of the abstract, each by the functional for which it holds least."""
    statements = []
    for name, chosen in (
        ("gauge_dependent", lambda rows: rows["gauge_dependent"]),
        ("next_electron", lambda rows: rows["of_next"] & ~rows["gauge_dependent"]),
    ):
        ratios = {way: _over_universal(notebooks, chosen, way) for way in ("inverse", "solve")}
        remedies = {way: _of_potential(notebooks, chosen, way) for way in ("inverse", "solve")}
        elsewhere = "".join(
            f" In {dataset} the factors by the solve are"
            f" {_listed(_over_universal(rows, chosen, 'solve'))}."
            for dataset, rows in others.items()
        )
        statements += [
            Measurement(
                f"F.abstract.{name}_ratio",
                ratios["inverse"].min(),
                f"Factors by the inverse: {_listed(ratios['inverse'])}; by the solve:"
                f" {_listed(ratios['solve'])} ({_WHERE}).{elsewhere}",
            ),
            Measurement(
                f"F.abstract.{name}_remedy",
                remedies["inverse"].max(),
                f"Ratios by the inverse: {_listed(remedies['inverse'])}; by the solve:"
                f" {_listed(remedies['solve'])} ({_WHERE}).",
            ),
        ]
    return statements


def _over_universal(rows: pd.DataFrame, chosen: Chosen, way: str) -> pd.Series:
    """Errors of chosen functionals of n over that of F[n] with as many electrons."""
    of_density = rows[chosen(rows) & (rows["variable"] == "n")]
    universal = [rows.loc[f"F{number}[n]", f"{way}_mae"] for number in of_density["electrons"]]
    return of_density[f"{way}_mae"] / universal


def _of_potential(rows: pd.DataFrame, chosen: Chosen, way: str) -> pd.Series:
    """Errors of chosen functionals of V over those of n."""
    of_density = rows[chosen(rows) & (rows["variable"] == "n")]
    labels = of_density.index.str.replace("[n]", "[V]", regex=False)
    ratios = rows.loc[labels, f"{way}_mae"].to_numpy() / of_density[f"{way}_mae"]
    return ratios.rename(lambda label: label.partition("[")[0])


def _listed(ratios: pd.Series) -> str:
    return ", ".join(f"{label} {ratio:.3g}" for label, ratio in ratios.items())
