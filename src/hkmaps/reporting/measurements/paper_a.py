"""The measured value of every claim of paper A, from the tables of a finished study."""

from dataclasses import dataclass

import pandas as pd

from hkmaps.datasets.functionals import Functional
from hkmaps.reporting.measurements.conditioning import (
    figure10_measurements,
    figure11_measurements,
    figure12_measurements,
)
from hkmaps.reporting.measurements.model_systems import (
    data_set_measurements,
    gauge_measurements,
    grid_measurements,
    hydrogen_measurements,
)
from hkmaps.reporting.measurements.networks import (
    architecture_measurements,
    grid_search_measurements,
    table1_measurements,
)
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.measurements.statements import StatementTables, statement_measurements


@dataclass(frozen=True)
class StudyTables:
    """The tables of the study that paper A's claims are decided with.

    Attributes:
        convergence: model_systems/convergence.parquet.
        gauge_shift: model_systems/gauge_shift.parquet.
        atoms: model_systems/atoms.parquet.
        diatomics: model_systems/diatomics.parquet.
        architecture: networks/architecture.parquet.
        searched: A[V], or another functional where that is left out.
        search: networks/atoms/{searched}/grid_search.parquet.
        grid_search: tables/grid_search.parquet.
        table1: tables/table1.parquet.
        atom_pairs: conditioning/atoms.parquet.
        figure12: conditioning/figure12.parquet.
        table1_seeds: tables/table1_seeds.parquet.
        statements: the tables of what the paper says in words.
    """

    convergence: pd.DataFrame
    gauge_shift: pd.DataFrame
    atoms: pd.DataFrame
    diatomics: pd.DataFrame
    architecture: pd.DataFrame
    searched: Functional
    search: pd.DataFrame
    grid_search: pd.DataFrame
    table1: pd.DataFrame
    atom_pairs: pd.DataFrame
    figure12: pd.DataFrame
    table1_seeds: pd.DataFrame
    statements: StatementTables


@dataclass(frozen=True)
class StudySettings:
    """Settings of the study that the paper prints and no table holds.

    Attributes:
        reference_length: length of the reference grid, in bohr.
        reference_density: its points per bohr.
        grid_search_steps: update steps of the networks of the grid search.
        validation_fraction: share of the training data kept for validation.
        training_steps: update steps of the networks of Table 1.
    """

    reference_length: float
    reference_density: float
    grid_search_steps: int
    validation_fraction: float
    training_steps: int


def measure_paper_a(
    tables: StudyTables, settings: StudySettings, printed_pair: pd.Series
) -> pd.DataFrame:
    """Measure every claim of paper A.

    Args:
        tables: the tables of the study.
        settings: its settings.
        printed_pair: the row of `tables.atom_pairs` that Figure 10 shows, as found by
            `hkmaps.conditioning.pairs.find_printed_pair`.

    Returns:
        The measurements that `hkmaps.reporting.claims.decide` takes.

    Raises:
        InputError: a table lacks a row that a claim needs.
    """
    return measurement_frame(
        [
            *hydrogen_measurements(tables.convergence),
            *grid_measurements(tables.convergence, tables.atoms, tables.diatomics),
            *data_set_measurements(
                tables.atoms,
                tables.diatomics,
                settings.reference_length,
                settings.reference_density,
            ),
            *gauge_measurements(tables.gauge_shift),
            *architecture_measurements(tables.architecture),
            *grid_search_measurements(
                tables.search,
                tables.grid_search,
                tables.searched,
                settings.grid_search_steps,
                settings.validation_fraction,
            ),
            *table1_measurements(
                tables.table1, tables.atoms, settings.training_steps, tables.table1_seeds
            ),
            *statement_measurements(tables.statements),
            *figure10_measurements(printed_pair, tables.atoms),
            *figure11_measurements(tables.atom_pairs),
            *figure12_measurements(tables.figure12, printed_pair),
        ]
    )
