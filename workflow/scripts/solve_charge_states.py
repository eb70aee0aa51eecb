"""Solve one chunk of a data set's systems for one, two and three electrons."""

from study_job import study_job

from hkmaps.datasets.charge_states import CHARGE_STATES, solve_charge_states
from hkmaps.datasets.parameters import charge_state_systems
from hkmaps.exact.grids import uniform_grid
from hkmaps.exact.potentials import potential_family
from hkmaps.tables import write_table

with study_job(snakemake) as log:
    params, data_set = snakemake.params, snakemake.params.data_set
    systems = charge_state_systems(data_set, params.stencil)
    first = int(snakemake.wildcards.chunk) * params.chunk_size
    solved = solve_charge_states(
        potential_family(data_set["family"]),
        systems.iloc[first : first + params.chunk_size],
        uniform_grid(**data_set["grid"]),
        params.stencil,
        progress=log.info,
    )
    write_table(solved, snakemake.output[0], CHARGE_STATES)
