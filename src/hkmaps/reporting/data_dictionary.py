"""The data dictionary of results/, from the schemas that the tables are written with.

`python -m hkmaps.reporting.data_dictionary > results/README.md` writes it anew.
"""

import os
import re
from collections.abc import Iterator
from pathlib import PurePath

from hkmaps.conditioning.diatomics import COMPARISONS
from hkmaps.conditioning.lipschitz import LIPSCHITZ_QUOTIENTS
from hkmaps.conditioning.pairs import PAIRS
from hkmaps.datasets.charge_states import CHARGE_STATES
from hkmaps.datasets.gauge_shift import GAUGE_SHIFT
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.exact.convergence import CONVERGENCE
from hkmaps.maps.ablation_results import ABLATION
from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.maps.density_noise_results import DENSITY_NOISE
from hkmaps.maps.difference import DIFFERENCE_ERRORS
from hkmaps.maps.nested_results import NESTED_ERRORS
from hkmaps.maps.results import (
    DENSITY_COORDINATES,
    FUNCTIONAL_ERRORS,
    MAP_CALIBRATION,
    MAP_ERRORS,
    MAP_TESTS,
    MOLECULE_SUMMARY,
    NOISE_RESPONSE,
    POTENTIAL_SPACINGS,
    POTENTIAL_WIDTHS,
    PREDICTED_DENSITY,
    TRAJECTORY_ENERGIES,
)
from hkmaps.maps.symmetric_results import SYMMETRIC_ERRORS
from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.molecules.minima_results import (
    ENERGY_SURFACE,
    MAP_MINIMA,
    MAP_SURFACE,
    REFERENCE_MINIMUM,
)
from hkmaps.molecules.observable_results import OBSERVABLES, PROFILES, SPECTRA
from hkmaps.molecules.results import (
    COUPLED_CLUSTER,
    DYNAMICS_ENDS,
    ENGINE_ACCURACY,
    GEOMETRIES,
    MAP_FRAMES,
    PROTON_TRANSFER,
    REFERENCE,
    REFERENCE_CALCULATIONS,
    REFERENCE_ENERGIES,
    TRAJECTORY,
)
from hkmaps.networks.results import (
    ARCHITECTURE,
    DEPTHS,
    FULLY_CONNECTED,
    GRID_SEARCH,
    GRID_SEARCH_SUMMARY,
    PREDICTIONS,
    RANDOM_SEARCH,
    SEED_ERRORS,
    SEED_PAIRS,
    TABLE1,
)
from hkmaps.reporting.ablation_tables import ABLATION_SUMMARY
from hkmaps.reporting.architecture_tables import ARCHITECTURES, IMPACTS
from hkmaps.reporting.claims import CLAIMS
from hkmaps.reporting.conformer_tables import BOGOJESKI_TABLE2
from hkmaps.reporting.cost import COST
from hkmaps.reporting.draw_tables import DRAWS
from hkmaps.reporting.dynamics_tables import DYNAMICS
from hkmaps.reporting.family_tables import FAMILIES_TABLE
from hkmaps.reporting.follow_up_tables import FOLLOW_UP
from hkmaps.reporting.functional_tables import FUNCTIONAL_METHODS
from hkmaps.reporting.range_tables import OUTPUT_RANGES
from hkmaps.reporting.seed_tables import NEAR_OPTIMAL, TABLE1_SEEDS
from hkmaps.tables import ARRAYS, SPLIT, TableSchema

FILES: tuple[tuple[str, TableSchema | str], ...] = (
    ("model_systems/convergence.parquet", CONVERGENCE),
    ("model_systems/gauge_shift.parquet", GAUGE_SHIFT),
    ("model_systems/{data_set}.parquet", SYSTEMS),
    ("model_systems/chunks/{data_set}_{chunk}.parquet", SYSTEMS),
    ("networks/architecture.parquet", ARCHITECTURE),
    ("networks/{data_set}/{functional}/grid_search.parquet", GRID_SEARCH),
    ("networks/{data_set}/{functional}/predictions.parquet", PREDICTIONS),
    (
        "networks/{data_set}/{functional}/ensemble.safetensors",
        "trained networks, read by `hkmaps.networks.trained.TrainedFunctional.load`",
    ),
    ("networks/{data_set}/{functional}/work/{part}/grid_search.parquet", GRID_SEARCH),
    (
        "networks/{data_set}/{functional}/work/",
        "training curves (CSV), finished parts of a grid search and, while a job runs, checkpoints",
    ),
    ("networks/{data_set}/fully_connected.parquet", FULLY_CONNECTED),
    ("networks/{data_set}/depths.parquet", DEPTHS),
    ("networks/{data_set}/random_search.parquet", RANDOM_SEARCH),
    ("networks/{data_set}/seed{number}_errors.parquet", SEED_ERRORS),
    ("networks/{data_set}/seed{number}_pairs.parquet", SEED_PAIRS),
    ("conditioning/figure12.parquet", COMPARISONS),
    ("conditioning/{data_set}.parquet", PAIRS),
    ("follow_up/{charge_set}/charge_states.parquet", CHARGE_STATES),
    ("follow_up/chunks/{charge_set}_{chunk}.parquet", CHARGE_STATES),
    ("follow_up/{charge_set}/lipschitz_quotients.parquet", LIPSCHITZ_QUOTIENTS),
    ("follow_up/{charge_set}/nested_errors.parquet", NESTED_ERRORS),
    ("maps/box/errors.parquet", BOX_ERRORS),
    ("maps/{data_set}/functional_errors.parquet", FUNCTIONAL_ERRORS),
    ("maps/{data_set}/noise_response.parquet", NOISE_RESPONSE),
    ("molecules/{sample}/geometries.parquet", GEOMETRIES),
    ("molecules/{sample}/chunks/geometries_{chunk}.parquet", GEOMETRIES),
    ("molecules/{sample}/chunks/reference_{chunk}.parquet", REFERENCE),
    ("molecules/{sample}/chunks/energies_{chunk}.parquet", REFERENCE_ENERGIES),
    ("molecules/{sample}/energies.parquet", REFERENCE_ENERGIES),
    ("molecules/{sample}/minimum.parquet", REFERENCE_MINIMUM),
    ("molecules/{sample}/surface.parquet", ENERGY_SURFACE),
    ("molecules/{sample}/coupled_cluster.parquet", COUPLED_CLUSTER),
    ("molecules/{molecule}/engine_accuracy.parquet", ENGINE_ACCURACY),
    ("molecules/{molecule}/trajectories/proton_transfer.parquet", PROTON_TRANSFER),
    ("molecules/{molecule}/trajectories/ab_initio_end.parquet", DYNAMICS_ENDS),
    ("molecules/{molecule}/trajectories/thermal_{number}_end.parquet", DYNAMICS_ENDS),
    ("molecules/{molecule}/trajectories/{run}.parquet", TRAJECTORY),
    ("maps/{sample}/errors.parquet", MAP_ERRORS),
    ("maps/{sample}/errors_elsewhere.parquet", MAP_ERRORS),
    (
        "maps/{sample}/errors.parquet.parts",
        "while a job runs, and after it was killed, the rows of the maps that it has finished",
    ),
    ("maps/{sample}/symmetric_errors.parquet", SYMMETRIC_ERRORS),
    ("maps/{sample}/ablation.parquet", ABLATION),
    ("maps/{sample}/minima.parquet", MAP_MINIMA),
    ("maps/{sample}/surface.parquet", MAP_SURFACE),
    ("maps/{sample}/density_plane.parquet", DENSITY_PLANE),
    ("maps/{sample}/density_noise.parquet", DENSITY_NOISE),
    ("maps/{sample}/difference/errors.parquet", DIFFERENCE_ERRORS),
    (
        "maps/{sample}/difference/",
        "what a better method adds, read by `hkmaps.maps.difference.DifferenceMap.load`",
    ),
    ("maps/{sample}/potential_widths.parquet", POTENTIAL_WIDTHS),
    ("maps/{sample}/potential_spacings.parquet", POTENTIAL_SPACINGS),
    ("maps/{sample}/predicted_density.parquet", PREDICTED_DENSITY),
    ("maps/{sample}/density_coordinates.parquet", DENSITY_COORDINATES),
    ("maps/{sample}/test_coordinates.parquet", DENSITY_COORDINATES),
    ("maps/{sample}/further/{test}_coordinates.parquet", DENSITY_COORDINATES),
    ("maps/{sample}/{run}_energies.parquet", TRAJECTORY_ENERGIES),
    ("maps/{sample}/hohenberg_kohn/fluctuations.parquet", OBSERVABLES),
    ("maps/{sample}/{method}/tests.parquet", MAP_TESTS),
    ("maps/{sample}/{method}/{dynamics}/frames.parquet", MAP_FRAMES),
    ("maps/{sample}/{method}/{dynamics}/ends.parquet", DYNAMICS_ENDS),
    (
        "maps/{sample}/{method}/{dynamics}/trajectory.traj",
        "the same frames for ASE, in eV and Angstrom",
    ),
    ("maps/{sample}/{method}/{dynamics}/energies.parquet", TRAJECTORY_ENERGIES),
    ("maps/{sample}/{method}/{dynamics}/barrier.parquet", OBSERVABLES),
    ("maps/{sample}/{method}/{dynamics}/barrier_profiles.parquet", PROFILES),
    ("maps/{sample}/{method}/{dynamics}/observables.parquet", OBSERVABLES),
    ("maps/{sample}/{method}/{dynamics}/profiles.parquet", PROFILES),
    ("maps/{sample}/{method}/{dynamics}/spectra.parquet", SPECTRA),
    ("maps/{sample}/{method}/{dynamics}/spectrum_ends.parquet", DYNAMICS_ENDS),
    ("maps/{sample}/{method}/{dynamics}/same_start.parquet", TRAJECTORY),
    ("maps/{sample}/{method}/{dynamics}/ab_initio.parquet", TRAJECTORY),
    ("maps/{molecule}/errors.parquet", MOLECULE_SUMMARY),
    ("maps/{molecule}/dynamics.parquet", DYNAMICS),
    (
        "maps/{sample}/{method}/samples/{predicted}.xyz",
        "samples with what the map predicts, extended xyz in eV and Angstrom",
    ),
    (
        "maps/{sample}/{method}/",
        "trained map, read by `hkmaps.maps.molecule_map.MoleculeMap.load`",
    ),
    ("tables/table1.parquet", TABLE1),
    ("tables/grid_search.parquet", GRID_SEARCH_SUMMARY),
    ("tables/table1_seeds.parquet", TABLE1_SEEDS),
    ("tables/near_optimal.parquet", NEAR_OPTIMAL),
    ("tables/architectures.parquet", ARCHITECTURES),
    ("tables/hyperparameters.parquet", IMPACTS),
    ("tables/output_ranges.parquet", OUTPUT_RANGES),
    ("tables/families.parquet", FAMILIES_TABLE),
    ("tables/bogojeski_table1.parquet", MOLECULE_SUMMARY),
    ("tables/bogojeski_table2.parquet", BOGOJESKI_TABLE2),
    ("tables/draws.parquet", DRAWS),
    ("tables/ablation.parquet", ABLATION_SUMMARY),
    ("tables/functional_methods.parquet", FUNCTIONAL_METHODS),
    ("tables/follow_up.parquet", FOLLOW_UP),
    ("tables/dynamics.parquet", DYNAMICS),
    ("tables/calibration.parquet", MAP_CALIBRATION),
    ("maps/{molecule}/calibration.parquet", MAP_CALIBRATION),
    ("tables/reference_calculations.parquet", REFERENCE_CALCULATIONS),
    ("tables/{name}.md", "the same, the cost and the accuracy of the engine, for readers"),
    ("figures/", "PNG and PDF: those of papers by first author, `study_` is ours"),
    ("claims.parquet", CLAIMS),
    ("claims.md", "the same for readers, with the reasons of what differs"),
    ("cost.parquet", COST),
    ("report.html", "all figures, tables and claims on one page that needs no other file"),
    ("paper_a/, paper_b/", "claims, cost and report of one paper: `make study PAPER=a`"),
    ("deposit.zip", "the study as one archive with a Workflow Run RO-Crate: `snakemake deposit`"),
    ("record/", "the short record that `make record` copies to docs/published"),
    ("benchmarks/", "time and memory of every job, as Snakemake writes them"),
)
"""Path in results/ -> the table there, or what else it is; the first path that fits counts."""

_MOLECULE = r"[^/]+(?:/draw\d+)?"
_FOLDERS = {"molecule": _MOLECULE, "sample": rf"{_MOLECULE}/[^/]+"}
"""Wildcards that may stand for more than one folder: a molecule or a draw of it, and a sample."""

_INTRODUCTION = """\
# What a run makes

Nothing here is under version control but this page, which comes from the schemas that the tables
are written with: `python -m hkmaps.reporting.data_dictionary > results/README.md`.

Any reader of Parquet opens the tables; units and descriptions of the columns are in each file's
metadata too. Lists of types {SPLIT} have the encoding byte-stream-split, which
PyArrow (and pandas with it), DuckDB and Polars read and fastparquet does not: there, read the other
columns alone. Energies are in Ha and lengths in bohr. A list of type sequence may have another
length in every row, any other list has one length in the whole table. `{sample}` is a molecule, or
a draw of it, and one of its samples: `H2O/drawn`, `ethane/300+350K`, `ethane/draw1/test`.
`{method}` is a map: `hohenberg_kohn` (ML-HK) or `kohn_sham` (ML-KS), with `_forces` where it
learned from forces too. `{dynamics}` is dynamics by that map: `learning`, which the next round
learns from, `stability` or `long`, its tests, or a reading of the printed friction. `{run}` is one
trajectory, `{charge_set}` a data set of the follow-up.
"""


def schema_of(path: str | os.PathLike) -> TableSchema | None:
    """Return the schema of the table at `path` in results/, or None without one."""
    path = PurePath(path).as_posix()
    for pattern, content in FILES:
        if isinstance(content, TableSchema) and re.fullmatch(_expression(pattern), path):
            return content
    return None


def data_dictionary() -> str:
    """Return the data dictionary of results/ as Markdown."""
    lines = [
        _INTRODUCTION.replace("{SPLIT}", " and ".join(f"`{kind}`" for kind in SPLIT)),
        "## Files",
        "",
        "| path | table |",
        "|---|---|",
    ]
    for pattern, content in FILES:
        table = isinstance(content, TableSchema)
        shown = f"[{content.name}](#{_anchor(content.name)})" if table else content
        lines.append(f"| `{pattern}` | {shown} |")
    for schema in dict.fromkeys(c for _, c in FILES if isinstance(c, TableSchema)):
        lines += ["", f"## {schema.name}", "", f"{schema.description.rstrip('.')}.", ""]
        lines += ["| column | type | unit | meaning |", "|---|---|---|---|", *_columns(schema)]
    return "\n".join(lines) + "\n"


def _columns(schema: TableSchema) -> Iterator[str]:
    for column in schema.columns:
        kind = f"list ({column.kind})" if column.kind in ARRAYS else column.kind
        kind += ", may be missing" if column.optional else ""
        yield f"| `{column.name}` | {kind} | {_text(column.unit)} | {_text(column.description)} |"


def _text(text: str) -> str:
    return text.replace("|", r"\|")


def _anchor(heading: str) -> str:
    return re.sub(r"[^\w -]", "", heading.lower()).replace(" ", "-")


def _expression(pattern: str) -> str:
    def wildcard(match: re.Match) -> str:
        return _FOLDERS.get(match[1], "[^/]+")

    return re.sub(r"\\\{(\w+)\\\}", wildcard, re.escape(pattern))


if __name__ == "__main__":
    print(data_dictionary(), end="")
