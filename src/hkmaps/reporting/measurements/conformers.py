"""What the study measured for paper B's larger molecules: Table 2 and Figures 2 and 3.

The paper trains on 2000 points. A study that trains on fewer compares with the same numbers, and
every measurement that another size would change says at which size it was made.
"""

import re
from collections.abc import Mapping
from dataclasses import dataclass, field
from typing import Any

import pandas as pd

from hkmaps.maps.molecule_summary import as_published, of_energies
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, PREDICTED, REFERENCE, SHARED
from hkmaps.reporting.measurements.ablation import ablation_explanation
from hkmaps.reporting.measurements.drawn_uncertainty import drawn_uncertainty
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.printed_tests import printed_tests
from hkmaps.reporting.measurements.record import Measurement, in_kcal, in_kcal_apart
from hkmaps.reporting.measurements.training_sizes import (
    PRINTED_TRAINING_POINTS,
    compared_sizes,
    other_training_size,
)
from hkmaps.reporting.measurements.trajectories import (
    DrivenReading,
    ProtonTransfer,
    ab_initio_measurements,
    ab_initio_shares,
    classical_measurements,
    driven_measurements,
)
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

PRINTED_QUANTITIES = ("dE", "dE_D")
"""Errors of ML-HK that Table 2 prints."""

LARGE_MOLECULES = ("benzene", "ethane", "malonaldehyde")

EVIDENCE = "tables/bogojeski_table2.parquet, figures/study_conformer_curves.png"


@dataclass(frozen=True)
class ConformerTables:
    """Tables of the larger molecules; a study without one leaves its claims `not run`.

    Attributes:
        errors: rows of `MAP_ERRORS` of all molecules, one table below the other.
        elsewhere: rows of `MAP_ERRORS` on further test samples, likewise.
        draws: rows of `DRAWS`, whose spread is the uncertainty of Table 2 and of Figure 3.
        ablation: rows of `ABLATION_SUMMARY`, which say what choice errors are due to.
        classical: rows of `TRAJECTORY_ENERGIES` along the classical trajectory of each molecule.
        ab_initio: the same along the ab-initio trajectory of malonaldehyde.
        transfer: rows of `PROTON_TRANSFER` of that trajectory, given with `ab_initio`.
        driven: dynamics that the map of malonaldehyde drives, by the reading of the friction.
        fluctuations: rows of `OBSERVABLES`, of atoms in this dynamics and ab initio.
        ab_initio_end: row of `DYNAMICS_ENDS`, given with `ab_initio`.
    """

    errors: pd.DataFrame | None = None
    elsewhere: pd.DataFrame | None = None
    draws: pd.DataFrame | None = None
    ablation: pd.DataFrame | None = None
    classical: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    ab_initio: pd.DataFrame | None = None
    transfer: pd.DataFrame | None = None
    driven: Mapping[str, DrivenReading] = field(default_factory=dict)
    fluctuations: pd.DataFrame | None = None
    ab_initio_end: pd.DataFrame | None = None


@dataclass(frozen=True)
class ConformerSettings:
    """Settings of the study that the paper prints or that explain its numbers, and no table holds.

    Attributes:
        tests: molecule -> number of its test snapshots, and temperature of the dynamics that they
            are taken from, in K; None where they are of files.
        pool_snapshots: pool -> snapshots of each trajectory that its training points are chosen
            from; pools that are not of dynamics are left out.
        driven_temperature: temperature of the dynamics that the map drives, in K.
        trajectory_maps: molecule -> pool and number of training points of the map whose energies
            the trajectories are compared with.
        ab_initio_tests: molecule -> test sample of snapshots of its ab-initio dynamics, and their
            number; empty where no molecule has one.
    """

    tests: Mapping[str, tuple[int, float | None]]
    pool_snapshots: Mapping[str, int]
    driven_temperature: float
    trajectory_maps: Mapping[str, tuple[str, int]]
    ab_initio_tests: Mapping[str, tuple[str, int]] = field(default_factory=dict)

    def tested(self, molecule: str, of: str = "") -> str:
        """Return what a molecule's maps are tested on, such as "200 snapshots at 300 K"."""
        count, temperature = self.tests[molecule]
        return f"{count} snapshots{of}" + (f" at {temperature:g} K" if temperature else "")

    def is_ab_initio(self, row: Mapping[str, Any]) -> bool:
        """Whether a row of `MAP_ERRORS` was measured on ab-initio dynamics."""
        name, _ = self.ab_initio_tests.get(row["molecule"], (None, 0))
        return name is not None and row["test"] == name


def table2_id(molecule: str, pool: str, quantity: str, measure: str) -> str:
    """Return the id of a number of Table 2 in config/published.csv."""
    return f"B.table2.{molecule}.{pool}.{quantity}.{measure}"


def conformer_measurements(
    tables: ConformerTables, settings: ConformerSettings, published: pd.DataFrame
) -> list[Measurement]:
    """Return the numbers of paper B's larger molecules, energies in kcal/mol.

    Args:
        tables: the tables of the study, as far as it has them.
        settings: its settings.
        published: rows of `hkmaps.reporting.published.read_published`: Table 2 lacks two of the
            pools of malonaldehyde.
    """
    measurements = []
    if tables.errors is not None and len(tables.errors):
        printed = set(published["id"])
        errors = of_energies(tables.errors)
        elsewhere = None if tables.elsewhere is None else of_energies(tables.elsewhere)
        tests = {molecule: name for molecule, (name, _) in settings.ab_initio_tests.items()}
        compared = printed_tests(errors, elsewhere, tests)
        numbers = _table2_measurements(compared, tables, settings)
        measurements += [number for number in numbers if number.id in printed]
        measurements.append(_large_molecules(compared, errors, settings))
        measurements += _setting_measurements(errors, settings)
    measurements += classical_measurements(tables.classical)
    if tables.ab_initio is not None:
        measurements += ab_initio_measurements(
            tables.ab_initio,
            ProtonTransfer.first_of(tables.transfer),
            tables.ab_initio_end,
            settings.trajectory_maps["malonaldehyde"],
        )
    if tables.driven:
        measurements += driven_measurements(
            tables.driven,
            settings.driven_temperature,
            settings.trajectory_maps["malonaldehyde"],
            tables.fluctuations,
            tables.draws,
        )
    return measurements


def _table2_measurements(
    errors: pd.DataFrame, tables: ConformerTables, settings: ConformerSettings
) -> list[Measurement]:
    rows = compared_sizes(as_published(errors))
    measurements = []
    for row in rows[rows["method"] == HOHENBERG_KOHN].to_dict("records"):
        if row["quantity"] not in PRINTED_QUANTITIES:
            continue
        for name, measure in PRINTED_MEASURES.items():
            measured = row[measure] * KCAL_PER_MOL_PER_HARTREE
            uncertainty, drawn = drawn_uncertainty(tables.draws, row["quantity"], measure, measured)
            choices = ablation_explanation(tables.ablation, row, measure)
            text = _explanation(errors, row, measure, settings)
            if settings.is_ab_initio(row):
                text += _by_force_field(tables, row, measure, settings)
            measurements.append(
                Measurement(
                    table2_id(row["molecule"], row["sample"], row["quantity"], name),
                    measured,
                    text + choices + drawn,
                    measured_uncertainty=uncertainty,
                    other_size=other_training_size(row["training_points"]),
                )
            )
    return measurements


def _explanation(errors: pd.DataFrame, row: dict, measure: str, settings: ConformerSettings) -> str:
    """The size that was run, the paper's ranks, what other choices give, and the evidence."""
    tested = settings.tested(row["molecule"])
    if settings.is_ab_initio(row):
        _, count = settings.ab_initio_tests[row["molecule"]]
        tested = f"{count} snapshots of ab-initio dynamics, as the printed error is"
    points = f"M = {row['training_points']} points of the pool {row['sample']}"
    snapshots = settings.pool_snapshots.get(f"{row['molecule']}/{row['sample']}")
    if snapshots is not None:
        points += f", chosen from {snapshots} snapshots of each trajectory"
    parts = [f"{points}, tested on {tested}"]
    here = errors[(errors["molecule"] == row["molecule"]) & (errors["sample"] == row["sample"])]
    parts += _other_maps(here[here["training_points"] == row["training_points"]], row, measure)
    parts += _other_pools(errors, row, measure)
    smaller = _same_error(as_published(here), row)
    smaller = smaller[smaller["training_points"] < row["training_points"]]
    if len(smaller):
        before = smaller.loc[smaller["training_points"].idxmax()]
        parts.append(f"with M = {before['training_points']} it is {in_kcal(before[measure])}")
    return f"{'; '.join(parts)} ({EVIDENCE})."


def _by_force_field(
    tables: ConformerTables, row: dict, measure: str, settings: ConformerSettings
) -> str:
    """The same error on dynamics by the force field, and what makes ab-initio dynamics harder."""
    same = _same_map_and_size(as_published(tables.errors), row)
    texts = [
        f" On {settings.tested(row['molecule'], ' of the force field')}, which the pool is of, it"
        f" is {in_kcal(value)}."
        for value in same[measure]
    ]
    # The trajectory is that of the map of the pool that it was followed with.
    if tables.ab_initio is not None and tables.transfer is not None:
        trained = settings.trajectory_maps.get(row["molecule"])
        if trained is not None and tuple(trained) == (row["sample"], row["training_points"]):
            texts.append(ab_initio_shares(tables.ab_initio, tables.transfer))
    return "".join(texts)


def _same_map_and_size(rows: pd.DataFrame, row: dict) -> pd.DataFrame:
    """The rows of the same error of the same map, whatever it was tested on."""
    same = _same_error(rows, row)
    for name in ("molecule", "sample", "training_points"):
        same = same[same[name] == row[name]]
    return same


def _other_maps(rows: pd.DataFrame, row: dict, measure: str) -> list[str]:
    """ML-KS from the same points, and ML-HK with its energy map trained on reference densities."""
    parts = []
    if row["quantity"] == "dE":
        for value in rows.loc[rows["method"] == KOHN_SHAM, measure]:
            rank = "below" if row[measure] < value else "not below"
            other = in_kcal_apart(row[measure], value)[1]
            parts.append(f"ML-HK is {rank} ML-KS, which gives {other}")
    other = _same_error(rows, row)
    other = other[(other["energy_training"] == REFERENCE) & (other["hyperparameters"] == SHARED)]
    if row["energy_training"] == PREDICTED:
        parts += [f"trained on reference densities it is {in_kcal(v)}" for v in other[measure]]
    return parts


def _other_pools(errors: pd.DataFrame, row: dict, measure: str) -> list[str]:
    """The same error for the molecule's pool of one temperature, where this one mixes two."""
    if len(pool_temperatures(row["sample"])) < 2:
        return []
    same = _same_error(as_published(errors), row)
    same = same[
        (same["molecule"] == row["molecule"]) & (same["training_points"] == row["training_points"])
    ]
    return [
        f"from {other['sample']} alone it is {in_kcal_apart(row[measure], other[measure])[1]}"
        for other in same.to_dict("records")
        if len(pool_temperatures(other["sample"])) == 1
    ]


def _same_error(rows: pd.DataFrame, row: dict) -> pd.DataFrame:
    return rows[(rows["method"] == row["method"]) & (rows["quantity"] == row["quantity"])]


def _large_molecules(
    errors: pd.DataFrame, by_force_field: pd.DataFrame, settings: ConformerSettings
) -> Measurement:
    """The largest MAE of ML-HK over molecules and pools."""
    rows = compared_sizes(as_published(errors))
    rows = rows[(rows["method"] == HOHENBERG_KOHN) & (rows["quantity"] == "dE")]
    texts = []
    for row in rows.to_dict("records"):
        text = f"{row['molecule']} {row['sample']} {in_kcal(row['mae'])}"
        if settings.is_ab_initio(row):
            others = _same_map_and_size(as_published(by_force_field), row)["mae"]
            by_force_fields = "".join(f", by the force field {in_kcal(mae)}" for mae in others)
            text += f" (on ab-initio dynamics{by_force_fields})"
        texts.append(f"{text} at M = {row['training_points']}")
    sizes = [other_training_size(size) for size in sorted(rows["training_points"].unique())]
    differences = [size for size in sizes if size is not None]
    missing = [name for name in LARGE_MOLECULES if name not in set(rows["molecule"])]
    if missing:
        differences.append(f"without {' and '.join(missing)}")
    return Measurement(
        "B.sec2.6.large_molecules_mae",
        rows["mae"].max() * KCAL_PER_MOL_PER_HARTREE,
        f"MAE of ML-HK in kcal/mol: {', '.join(texts)} ({EVIDENCE}).",
        other_size=", ".join(differences) or None,
    )


def _setting_measurements(errors: pd.DataFrame, settings: ConformerSettings) -> list[Measurement]:
    """Numbers of training points and temperatures that the study chose."""
    rows = compared_sizes(errors)
    sizes = rows.groupby(["molecule", "sample"], sort=False)["training_points"].first()
    text = ", ".join(f"{' '.join(names)}: {size}" for names, size in sizes.items())
    where = "tables/bogojeski_table2.parquet"
    measurements = [
        Measurement(
            "B.sec2.6.md_training_points",
            float(sizes.min()),
            f"Training points that were run, of {PRINTED_TRAINING_POINTS} printed: {text}"
            f" ({where}).",
        ),
    ]
    tested = {temperature for _, temperature in settings.tests.values() if temperature is not None}
    # Tests at several temperatures, or of files, are not at the printed one.
    if len(tested) == 1:
        measurements.append(
            Measurement(
                "B.sec2.6.md_temperature_test",
                min(tested),
                f"Temperature of the dynamics of the test snapshots (molecules/*/test, {where}).",
            )
        )
    pools = sorted(set(rows["sample"]))
    temperatures = sorted({kelvin for pool in pools for kelvin in pool_temperatures(pool)})
    others = [kelvin for kelvin in temperatures if kelvin not in tested]
    for name, kelvin in zip(("middle", "high"), others, strict=False):
        measurements.append(
            Measurement(
                f"B.sec2.6.md_temperature_{name}",
                kelvin,
                f"Pools that were run: {', '.join(pools)} ({where}).",
            )
        )
    return measurements


def pool_temperatures(pool: str) -> tuple[float, ...]:
    """Return the temperatures in K that a pool such as "300+350K" is named after; () for others."""
    if not re.fullmatch(r"[\d.]+(\+[\d.]+)*K", pool):
        return ()
    return tuple(float(text) for text in pool.removesuffix("K").split("+"))
