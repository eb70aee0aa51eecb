"""Paper B's Table 2, measured beside printed: as a table and as Markdown."""

from collections.abc import Mapping

import pandas as pd

from hkmaps.maps.molecule_summary import of_energies
from hkmaps.maps.results import HOHENBERG_KOHN, KOHN_SHAM, PREDICTED, REFERENCE, SHARED
from hkmaps.reporting.markdown import markdown_table
from hkmaps.reporting.measurements.conformers import pool_temperatures, table2_id
from hkmaps.reporting.measurements.molecules import PRINTED_MEASURES
from hkmaps.reporting.measurements.printed_tests import (
    in_order_of,
    other_tests,
    printed_tests,
)
from hkmaps.reporting.measurements.record import in_kcal, in_kcal_apart
from hkmaps.reporting.measurements.training_sizes import PRINTED_TRAINING_POINTS, compared_sizes
from hkmaps.reporting.published import PrintedNumber
from hkmaps.reporting.wording import percent
from hkmaps.tables import Column, TableSchema
from hkmaps.units import KCAL_PER_MOL_PER_HARTREE

BOGOJESKI_TABLE2 = TableSchema(
    "bogojeski table 2",
    "Errors of the maps of the larger molecules with the printed number of training points, or the"
    " largest that was run, beside the printed errors; one row per molecule, pool, test sample,"
    " map and error",
    (
        Column("molecule", "text", "", "molecule"),
        Column("sample", "text", "", "sample that the training points are chosen from"),
        Column("test", "text", "", "sample of the test geometries"),
        Column("training_points", "integer", "1", "training points M that were run"),
        Column("published_training_points", "integer", "1", "printed training points M", True),
        Column("method", "text", "", "ML-HK or ML-KS"),
        Column("energy_training", "text", "", "as in the table map errors", optional=True),
        Column("quantity", "text", "", "dE, dE_F (functional-driven) or dE_D (density-driven)"),
        Column("mae", "number", "Ha", "mean absolute error over the test snapshots"),
        Column("published_mae", "number", "Ha", "the printed one", optional=True),
        Column("maximum", "number", "Ha", "largest absolute error over the test snapshots"),
        Column("published_maximum", "number", "Ha", "the printed one", optional=True),
        Column("electrons_misplaced", "number", "1", "as in the table map errors", optional=True),
        Column("nmae", "number", "1", "as in the table map errors", optional=True),
    ),
)

# Method, densities that its energy map is trained on, errors.
_SHOWN = (
    *((HOHENBERG_KOHN, PREDICTED, quantity) for quantity in ("dE", "dE_D", "dE_F")),
    *((HOHENBERG_KOHN, REFERENCE, quantity) for quantity in ("dE", "dE_D", "dE_F")),
    (KOHN_SHAM, None, "dE"),
)

_CHEMICAL_ACCURACY = 1.0 / KCAL_PER_MOL_PER_HARTREE  # Ha; what section 2.6 compares with


def bogojeski_table2(
    errors: pd.DataFrame,
    published: pd.DataFrame,
    elsewhere: pd.DataFrame | None = None,
    ab_initio: Mapping[str, str] | None = None,
) -> pd.DataFrame:
    """Return Table 2 of paper B, ML-KS beside ML-HK with either training of its energy map.

    Args:
        errors: rows of `MAP_ERRORS` of all molecules, one table below the other.
        published: rows of `hkmaps.reporting.published.read_published`.
        elsewhere: rows of `MAP_ERRORS` on further test samples, likewise.
        ab_initio: molecule -> its test sample of ab-initio dynamics, where it has one.

    Returns:
        pandas.DataFrame with the columns of `BOGOJESKI_TABLE2`, molecules and pools in the order
        of `errors`; of each molecule first the test that the printed errors are of.
    """
    values = published.set_index("id")["value"]
    errors = compared_sizes(_shared(of_energies(errors)))
    if elsewhere is not None:
        elsewhere = compared_sizes(_shared(of_energies(elsewhere)))
    printed = printed_tests(errors, elsewhere, ab_initio or {})
    tables = [
        _beside_printed(printed, values),
        _beside_printed(other_tests(errors, elsewhere, printed), values[:0]),
    ]
    table = in_order_of(errors, *tables)
    densities = dict.fromkeys(("electrons_misplaced", "nmae"), float)
    return table.astype({"published_training_points": "Int64"} | densities)


def _shared(errors: pd.DataFrame) -> pd.DataFrame:
    return errors[errors["hyperparameters"].fillna(SHARED) == SHARED]


def _beside_printed(errors: pd.DataFrame, printed: pd.Series) -> pd.DataFrame:
    """Rows of `BOGOJESKI_TABLE2`, test by test."""
    rows = []
    for (*names, _), group in errors.groupby(["molecule", "sample", "test"], sort=False):
        for method, training, quantity in _SHOWN:
            chosen = group[(group["method"] == method) & (group["quantity"] == quantity)]
            if training is not None:
                chosen = chosen[chosen["energy_training"] == training]
            # The paper trains on predicted densities (equation 13).
            found = printed if training == PREDICTED else printed[:0]
            for row in chosen.to_dict("records"):
                rows.append(row | _printed(found, *names, quantity))
    return pd.DataFrame(rows, columns=BOGOJESKI_TABLE2.column_names)


def _printed(printed: pd.Series, molecule: str, pool: str, quantity: str) -> dict:
    """The printed errors in Ha and their M, without value where Table 2 has none."""
    found = {"published_training_points": None}
    for name, measure in PRINTED_MEASURES.items():
        text = printed.get(table2_id(molecule, pool, quantity, name))
        found[f"published_{measure}"] = None
        if text is not None:
            value = PrintedNumber.from_text(text).value
            found[f"published_{measure}"] = value / KCAL_PER_MOL_PER_HARTREE
            found["published_training_points"] = PRINTED_TRAINING_POINTS
    return found


def bogojeski_table2_markdown(table: pd.DataFrame, published: pd.DataFrame) -> str:
    """Return Table 2 of paper B as Markdown, with its ranks in words.

    Args:
        table: rows of `BOGOJESKI_TABLE2`.
        published: rows of `hkmaps.reporting.published.read_published`.
    """
    printed = published.set_index("id")["value"]
    lines = ["# Table 2 of paper B: errors of ML-HK and ML-KS, kcal/mol", ""]
    lines += [
        f"The paper trains ML-HK on M = {PRINTED_TRAINING_POINTS} points of each pool; the column M"
        " says on how many the study",
        "trained. The paper prints no error of ML-KS, nor of ML-HK with its energy map trained on",
        "reference densities. NMAE is the integral of |n~ - n| over that of n, twice the electrons",
        "misplaced. Malonaldehyde was tested on ab-initio dynamics, the paper's source says: where",
        "the study has such a test sample, its rows come first, beside the printed errors.",
        "",
    ]
    header = ["pool", "tested on", "method", "error", "M, published", "M", "MAE, published", "MAE"]
    header += ["maximum, published", "maximum", "electrons misplaced, %", "NMAE, %"]
    for molecule, rows in table.groupby("molecule", sort=False):
        cells = [_cells(row, printed) for row in rows.to_dict("records")]
        lines += [f"## {molecule}", "", *markdown_table(header, cells), ""]
        tests = rows["test"].unique()
        for test in tests:
            where = f"Tested on {test}: " if len(tests) > 1 else ""
            ranks = _ranks(rows[rows["test"] == test])
            lines += [f"- {where}{sentence}" for sentence in ranks]
        lines.append("")
    return "\n".join(lines)


def _cells(row: dict, printed: pd.Series) -> list:
    size = row["published_training_points"]
    method = row["method"]
    if row["energy_training"] == REFERENCE:
        method += f", {REFERENCE}"
    cells = [
        row["sample"],
        row["test"],
        method,
        row["quantity"],
        "-" if pd.isna(size) else int(size),
    ]
    cells.append(row["training_points"])
    for name, measure in PRINTED_MEASURES.items():
        text = printed.get(table2_id(row["molecule"], row["sample"], row["quantity"], name))
        cells.append("-" if text is None or pd.isna(size) else text)
        cells.append(in_kcal(row[measure]))
    return [*cells, *(percent(row[name]) for name in ("electrons_misplaced", "nmae"))]


def _ranks(rows: pd.DataFrame) -> list[str]:
    """What section 2.6 says of a molecule, and whether it holds: MAE of dE, pool by pool."""
    compared = rows[(rows["quantity"] == "dE") & (rows["energy_training"] != REFERENCE)]
    energies = compared.set_index(["method", "sample"])["mae"]
    mine = energies[HOHENBERG_KOHN]
    below = [pool for pool in mine.index if mine[pool] < _CHEMICAL_ACCURACY]
    sentences = [f"MAE of ML-HK's dE below 1 kcal/mol in {len(below)} of {len(mine)} pools."]
    if KOHN_SHAM in energies.index.get_level_values("method"):
        others = energies[KOHN_SHAM]
        both = [pool for pool in mine.index if pool in others.index]
        better = [pool for pool in both if mine[pool] < others[pool]]
        values = [f"{' and '.join(in_kcal_apart(mine[p], others[p]))} with {p}" for p in both]
        sentences.append(
            f"MAE of ML-HK's dE below that of ML-KS in {len(better)} of {len(both)} pools:"
            f" {', '.join(values)}."
        )
    sizes = rows.groupby("sample")["training_points"].first()
    single = [pool for pool in mine.index if len(pool_temperatures(pool)) == 1]
    for mixed in (pool for pool in mine.index if len(pool_temperatures(pool)) > 1):
        for pool in (pool for pool in single if sizes[pool] == sizes[mixed]):
            verb = "lowers" if mine[mixed] < mine[pool] else "does not lower"
            values = in_kcal_apart(mine[mixed], mine[pool])
            sentences.append(
                f"Mixing {verb} the MAE of ML-HK's dE: {values[0]} with {mixed}, {values[1]} with"
                f" {pool} alone."
            )
    return sentences
