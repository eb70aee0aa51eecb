"""Decide every printed number with what was measured."""

from pathlib import Path

import pandas as pd
from study_job import study_job

from hkmaps.conditioning.diatomics import COMPARISONS
from hkmaps.conditioning.pairs import PAIRS
from hkmaps.datasets.charge_states import CHARGE_STATES
from hkmaps.datasets.functionals import Functional
from hkmaps.datasets.gauge_shift import GAUGE_SHIFT
from hkmaps.datasets.systems import SYSTEMS
from hkmaps.exact.convergence import CONVERGENCE
from hkmaps.geometry.molecule import Molecule
from hkmaps.maps.box_results import BOX_ERRORS
from hkmaps.maps.results import (
    MAP_ERRORS,
    POTENTIAL_SPACINGS,
    POTENTIAL_WIDTHS,
    TRAJECTORY_ENERGIES,
)
from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.molecules.minima_results import MAP_MINIMA
from hkmaps.molecules.observable_results import OBSERVABLES
from hkmaps.molecules.results import (
    COUPLED_CLUSTER,
    DYNAMICS_ENDS,
    GEOMETRIES,
    MAP_FRAMES,
    PROTON_TRANSFER,
    REFERENCE_CALCULATIONS,
    REFERENCE_ENERGIES,
)
from hkmaps.networks.results import (
    ARCHITECTURE,
    DEPTHS,
    GRID_SEARCH,
    GRID_SEARCH_SUMMARY,
    TABLE1,
)
from hkmaps.reporting.ablation_tables import ABLATION_SUMMARY
from hkmaps.reporting.architecture_tables import ARCHITECTURES, IMPACTS
from hkmaps.reporting.claims import CLAIMS, decide
from hkmaps.reporting.draw_tables import DRAWS
from hkmaps.reporting.family_tables import FAMILIES_TABLE
from hkmaps.reporting.follow_up_tables import FOLLOW_UP
from hkmaps.reporting.markdown import claims_markdown
from hkmaps.reporting.measurements.box import box_measurements
from hkmaps.reporting.measurements.conformers import (
    ConformerSettings,
    ConformerTables,
    conformer_measurements,
)
from hkmaps.reporting.measurements.follow_up import FollowUpSettings, follow_up_measurements
from hkmaps.reporting.measurements.minima import minimum_measurements
from hkmaps.reporting.measurements.molecule_settings import (
    coupled_cluster_measurement,
    potential_measurements,
    setting_measurements,
)
from hkmaps.reporting.measurements.molecules import molecule_measurements
from hkmaps.reporting.measurements.paper_a import StudySettings, StudyTables, measure_paper_a
from hkmaps.reporting.measurements.record import measurement_frame
from hkmaps.reporting.measurements.reference_failures import note_failures
from hkmaps.reporting.measurements.source_statements import SourceTables, source_statements
from hkmaps.reporting.measurements.source_trajectories import source_trajectory_measurements
from hkmaps.reporting.measurements.statements import StatementTables
from hkmaps.reporting.measurements.trajectories import DrivenReading
from hkmaps.reporting.printed_pair import figure10_pair
from hkmaps.reporting.published import read_published
from hkmaps.reporting.range_tables import OUTPUT_RANGES
from hkmaps.reporting.seed_tables import NEAR_OPTIMAL, TABLE1_SEEDS
from hkmaps.tables import atomic_path, read_table, write_table

PAPER_A, PAPER_B = "arnstein2025", "bogojeski2018"
FOLLOW_UP_OF_A, SOURCE_OF_B = "arnstein2026", "brockherde2017"


def read_all(paths, schema):
    empty = pd.DataFrame(columns=schema.column_names)
    return pd.concat([read_table(path, schema) for path in paths] or [empty], ignore_index=True)


def paper_a(inputs, params, published):
    tables = StudyTables(
        convergence=read_table(inputs.convergence, CONVERGENCE),
        gauge_shift=read_table(inputs.gauge_shift, GAUGE_SHIFT),
        atoms=read_table(inputs.atoms, SYSTEMS),
        diatomics=read_table(inputs.diatomics, SYSTEMS),
        architecture=read_table(inputs.architecture, ARCHITECTURE),
        searched=Functional.from_path_name(Path(inputs.search).parent.name),
        search=read_table(inputs.search, GRID_SEARCH),
        grid_search=read_table(inputs.grid_search, GRID_SEARCH_SUMMARY),
        table1=read_table(inputs.table1, TABLE1),
        atom_pairs=read_table(inputs.atom_pairs, PAIRS),
        figure12=read_table(inputs.figure12, COMPARISONS),
        table1_seeds=read_table(inputs.table1_seeds, TABLE1_SEEDS),
        statements=StatementTables(
            architectures=read_table(inputs.architectures, ARCHITECTURES),
            depths=read_all(inputs.depths, DEPTHS),
            impacts=read_table(inputs.impacts, IMPACTS),
            near_optimal=read_table(inputs.near_optimal, NEAR_OPTIMAL),
            ranges=read_table(inputs.ranges, OUTPUT_RANGES),
            families=read_table(inputs.families, FAMILIES_TABLE),
        ),
    )
    pair = figure10_pair(tables.atom_pairs, published)
    return measure_paper_a(tables, StudySettings(**params.settings), pair)


def conformer_tables(inputs, params):
    return ConformerTables(
        errors=read_all(inputs.conformer_errors, MAP_ERRORS),
        elsewhere=read_all(inputs.conformer_elsewhere, MAP_ERRORS),
        draws=read_table(inputs.draws, DRAWS),
        ablation=read_table(inputs.ablation, ABLATION_SUMMARY),
        classical={
            name: read_table(path, TRAJECTORY_ENERGIES)
            for name, path in zip(params.classical, inputs.classical, strict=True)
        },
        ab_initio=read_table(inputs.ab_initio, TRAJECTORY_ENERGIES),
        transfer=read_table(inputs.transfer, PROTON_TRANSFER),
        driven={
            name: DrivenReading(
                read_table(energies, TRAJECTORY_ENERGIES),
                read_table(frames, MAP_FRAMES),
                read_table(ends, DYNAMICS_ENDS),
                friction,
            )
            for (name, friction), energies, frames, ends in zip(
                params.frictions.items(),
                inputs.driven_energies,
                inputs.driven_frames,
                inputs.driven_ends,
                strict=True,
            )
        },
        fluctuations=read_table(inputs.fluctuations, OBSERVABLES),
        ab_initio_end=read_table(inputs.ab_initio_end, DYNAMICS_ENDS),
    )


def paper_b(inputs, params, published):
    geometries = {
        name: read_table(path, GEOMETRIES)
        for name, path in zip(params.molecules, inputs.geometries, strict=True)
    }
    conformers = conformer_tables(inputs, params)
    conformer_settings = ConformerSettings(**params.conformer_settings)
    measurements = [
        *setting_measurements(geometries=geometries, **params.molecule_settings),
        *potential_measurements(
            read_all(inputs.potential_widths, POTENTIAL_WIDTHS),
            read_all(inputs.potential_spacings, POTENTIAL_SPACINGS),
        ),
        *molecule_measurements(read_all(inputs.molecule_errors, MAP_ERRORS), conformers.ablation),
        coupled_cluster_measurement(
            "B.sec2.6.pbe_vs_ccsdt",
            read_table(inputs.reference, REFERENCE_ENERGIES),
            read_table(inputs.coupled_cluster, COUPLED_CLUSTER),
            Path(inputs.coupled_cluster),
        ),
        *conformer_measurements(conformers, conformer_settings, published),
    ]
    calculations = read_table(inputs.calculations, REFERENCE_CALCULATIONS)
    friction = next(iter(params.frictions))
    return measurement_frame(note_failures(measurements, calculations, friction))


def follow_up(inputs, params, published):
    del published
    return measurement_frame(
        follow_up_measurements(
            read_table(inputs.follow_up, FOLLOW_UP),
            read_table(inputs.charge_states, CHARGE_STATES),
            FollowUpSettings(**params.follow_up),
        )
    )


def source_of_b(inputs, params, published):
    measurements = [
        *box_measurements(read_table(inputs.box, BOX_ERRORS)),
        *(minimum_measurements(read_all(inputs.minima, MAP_MINIMA)) if inputs.minima else []),
        coupled_cluster_measurement(
            "C.text.H2O.PBE.mae",
            read_table(inputs.reference, REFERENCE_ENERGIES),
            read_table(inputs.coupled_cluster, COUPLED_CLUSTER),
            Path(inputs.coupled_cluster),
        ),
    ]
    # A study without H2 has none.
    for reference, exact in zip(inputs.full_ci_reference, inputs.full_ci, strict=True):
        measurements.append(
            coupled_cluster_measurement(
                "C.text.H2.PBE.mae",
                read_table(reference, REFERENCE_ENERGIES),
                read_table(exact, COUPLED_CLUSTER),
                Path(exact),
                cores=False,
            )
        )
    conformers = conformer_tables(inputs, params)
    settings = ConformerSettings(**params.conformer_settings)
    elsewhere = conformers.elsewhere.to_dict("records")
    friction = next(iter(params.frictions))
    measurements += source_trajectory_measurements(
        conformer_measurements(conformers, settings, published),
        conformers.ab_initio,
        conformers.driven,
        settings.trajectory_maps["malonaldehyde"],
        any(map(settings.is_ab_initio, elsewhere)),
        conformers.fluctuations,
        conformers.draws,
    )
    measurements += source_statements(source_tables(inputs, params, conformers))
    calculations = read_table(inputs.calculations, REFERENCE_CALCULATIONS)
    return measurement_frame(note_failures(measurements, calculations, friction))


def source_tables(inputs, params, conformers):
    statements = params.statements
    # A study without ethane, or without the trajectory of benzene, has none of them.
    ethane = [Molecule.from_entry("ethane", path, statements["ethane"]) for path in inputs.ethane]
    snapshots = [read_table(path, GEOMETRIES) for path in inputs.benzene]
    return SourceTables(
        plane=read_all(inputs.planes, DENSITY_PLANE),
        benzene=(conformers.classical["benzene"], *snapshots) if snapshots else None,
        benzene_size=statements["benzene_size"],
        ethane=next(iter(ethane), None),
        conformers={
            name: read_table(path, GEOMETRIES)
            for name, path in zip(statements["conformers"], inputs.conformers, strict=True)
        },
        errors=conformers.errors,
    )


MEASURED = {
    PAPER_A: paper_a,
    PAPER_B: paper_b,
    SOURCE_OF_B: source_of_b,
    FOLLOW_UP_OF_A: follow_up,
}

with study_job(snakemake) as log:
    papers = snakemake.params.papers
    published = read_published(snakemake.input.published)
    published = published[published["paper"].isin(papers)]
    measured = [MEASURED[name](snakemake.input, snakemake.params, published) for name in papers]
    claims = decide(published, pd.concat(measured, ignore_index=True))
    write_table(claims, snakemake.output.table, CLAIMS)
    with atomic_path(snakemake.output.markdown) as path:
        path.write_text(claims_markdown(claims), encoding="utf-8")
    for paper, rows in claims.groupby("paper", sort=False):
        counts = ", ".join(
            f"{n} {verdict}" for verdict, n in rows["verdict"].value_counts().items()
        )
        log.info("%s: %s", paper, counts)
