"""What decides the statements of paper B's source that it makes in words and in Figure 4."""

from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
import pandas as pd

from hkmaps.geometry.molecule import Molecule
from hkmaps.geometry.shape import distance_from_plane, turn_from_eclipsed
from hkmaps.maps.molecule_summary import as_published, of_energies
from hkmaps.maps.results import HOHENBERG_KOHN
from hkmaps.reporting.measurements.record import Measurement, in_kcal
from hkmaps.reporting.measurements.training_sizes import compared_sizes, other_training_size
from hkmaps.reporting.measurements.trajectories import energy_error
from hkmaps.reporting.wording import percent
from hkmaps.tables import stack
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

FARTHEST = 0.1
"""Share of snapshots that count as out of plane: those that are farthest from it."""

ECLIPSED = 30.0
"""Degrees from the eclipsed conformer below which ethane counts as such: half the way to the
staggered one."""

POOLS = ("300+350K", "300+400K")
"""The pools of ethane that the source compares."""


@dataclass(frozen=True, eq=False)
class SourceTables:
    """Tables that decide what the source says; a study without one leaves its claims `not run`.

    Attributes:
        plane: rows of `DENSITY_PLANE` of benzene.
        benzene: rows of `TRAJECTORY_ENERGIES` along its classical trajectory, and rows of
            `GEOMETRIES` of the snapshots, in the same order.
        benzene_size: training points of the map that follows it.
        ethane: the molecule.
        conformers: sample of ethane, "test" or one of `POOLS` -> its rows of `GEOMETRIES`.
        errors: rows of `MAP_ERRORS`, those of ethane among them.
    """

    plane: pd.DataFrame | None = None
    benzene: tuple[pd.DataFrame, pd.DataFrame] | None = None
    benzene_size: int = 0
    ethane: Molecule | None = None
    conformers: Mapping[str, pd.DataFrame] = field(default_factory=dict)
    errors: pd.DataFrame | None = None


def source_statements(tables: SourceTables) -> list[Measurement]:
    """Return what decides the statements.

    Args:
        tables: the tables of the study, as far as it has them.
    """
    found = []
    if tables.plane is not None and len(tables.plane):
        found += _plane(tables.plane.iloc[0])
    if tables.benzene is not None:
        found.append(_out_of_plane(*tables.benzene, tables.benzene_size))
    if tables.ethane is not None and {"test", *POOLS} <= set(tables.conformers):
        found += _eclipsed(tables.ethane, tables.conformers)
    if tables.errors is not None:
        found += _pools(of_energies(tables.errors))
    return found


def _plane(row: pd.Series) -> list[Measurement]:
    basis, of_map, functional = (row[f"{name}_nmae"] for name in ("basis", "map", "functional"))
    text = (
        "Integral of |error| over that of n on the plane of benzene, in %: Fourier basis"
        f" {percent(basis)}, ML-HK {percent(of_map)}, LDA against the reference functional"
        f" {percent(functional)} (figures/brockherde_fig04.png)."
    )
    size = other_training_size(int(row["training_points"]))
    ratios = {
        "basis_over_map": basis / of_map,
        "basis_over_functional": basis / functional,
        "functional_over_map": functional / of_map,
    }
    return [
        # The map has no part in the second.
        Measurement(f"C.fig4.{name}", ratio, text, other_size=None if "map" not in name else size)
        for name, ratio in ratios.items()
    ]


def _out_of_plane(
    energies: pd.DataFrame, geometries: pd.DataFrame, training_points: int
) -> Measurement:
    """The mean error of the snapshots that are farthest out of plane, less that of all others."""
    positions = stack(geometries["positions"])
    distances = distance_from_plane(positions.reshape(len(positions), -1, 3))
    errors = energy_error(energies).to_numpy()
    count = max(1, round(FARTHEST * len(errors)))
    order = np.argsort(distances, kind="stable")
    far, near = errors[order[-count:]], errors[order[:-count]]
    difference = far.mean() - near.mean()
    scatter = np.sqrt(sum(part.var(ddof=1) / len(part) for part in (far, near) if len(part) > 1))
    return Measurement(
        "C.text.benzene.out_of_plane",
        difference * KCAL_PER_MOL_PER_HARTREE,
        f"Mean error of ML-HK on the {count} of {len(errors)} snapshots of the force field that are"
        f" farthest out of plane, {in_kcal(far.mean())} kcal/mol, less that of the others,"
        f" {in_kcal(near.mean())}; standard error of the difference {in_kcal(scatter)}"
        " (figures/bogojeski_fig02.png).",
        other_size=other_training_size(training_points),
    )


def _eclipsed(ethane: Molecule, conformers: Mapping[str, pd.DataFrame]) -> list[Measurement]:
    axis = tuple(atom for atom, symbol in enumerate(ethane.symbols) if symbol == "C")
    ends = tuple(
        [sum(bond) - carbon for bond in ethane.bonds if carbon in bond and set(bond) != set(axis)]
        for carbon in axis
    )
    counts, shares = {}, {}
    for name, geometries in conformers.items():
        positions = stack(geometries["positions"])
        turns = turn_from_eclipsed(positions.reshape(len(positions), -1, 3), axis, ends)
        counts[name] = int((turns < ECLIPSED).sum())
        shares[name] = counts[name] / len(turns)
    listed = ", ".join(
        f"{name}: {counts[name]} of {len(conformers[name])} ({percent(shares[name])} %)"
        for name in ("test", *POOLS)
    )
    text = (
        f"Geometries of ethane that are nearer to the eclipsed than to the staggered conformer:"
        f" {listed} (molecules/ethane/*/geometries.parquet)."
    )
    low, high = (shares[name] for name in POOLS)
    return [
        Measurement("C.text.ethane.eclipsed_tests", float(counts["test"]), text),
        Measurement("C.text.ethane.eclipsed_pools", high / low if low else None, text),
    ]


def _pools(errors: pd.DataFrame) -> list[Measurement]:
    rows = as_published(compared_sizes(errors))
    rows = rows[
        (rows["molecule"] == "ethane")
        & (rows["method"] == HOHENBERG_KOHN)
        & (rows["quantity"] == "dE")
    ].set_index("sample")
    if not set(POOLS) <= set(rows.index):
        return []
    low, high = (rows.loc[name, "mae"] for name in POOLS)
    size = int(rows.loc[list(POOLS), "training_points"].min())
    return [
        Measurement(
            "C.text.ethane.hotter_pool",
            low / high,
            f"MAE of ML-HK in kcal/mol: {in_kcal(low)} from {POOLS[0]}, {in_kcal(high)} from"
            f" {POOLS[1]} (tables/bogojeski_table2.parquet).",
            other_size=other_training_size(size),
        )
    ]
