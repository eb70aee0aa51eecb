"""Solve hydrogen in its potential and in the same potential shifted by a constant."""

from study_job import study_job

from hkmaps.datasets.gauge_shift import GAUGE_SHIFT, solve_shifted
from hkmaps.exact.convergence import hydrogen_potential
from hkmaps.exact.grids import uniform_grid
from hkmaps.tables import write_table

with study_job(snakemake):
    settings = snakemake.params.settings
    grid = uniform_grid(**settings["reference_grid"])
    potential = hydrogen_potential(grid.points)
    shifted = solve_shifted(potential, grid, [0.0, snakemake.params.shift], settings["stencil"])
    write_table(shifted, snakemake.output[0], GAUGE_SHIFT)
