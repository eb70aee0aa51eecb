"""Solve one chunk of a data set's systems on its own grid and on the reference grid."""

from study_job import study_job

from hkmaps.datasets.parameters import parameter_grid
from hkmaps.datasets.systems import SYSTEMS, solve_systems
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import potential_family
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    settings, data_set = snakemake.params.settings, snakemake.params.data_set
    family = potential_family(data_set["family"])
    first = int(snakemake.wildcards.chunk) * snakemake.params.chunk_size
    systems = parameter_grid(family, data_set["parameters"])
    solved = solve_systems(
        family,
        systems.iloc[first : first + snakemake.params.chunk_size],
        uniform_grid(**data_set["grid"]),
        data_set["grid"],
        uniform_grid(**settings["reference_grid"]),
        settings["input_points"],
        settings["stencil"],
        progress=log.info,
    )
    write_table(solved, snakemake.output[0], SYSTEMS)
