"""Draw paper B's Figure 3."""

from study_job import study_job

from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.molecules.results import DYNAMICS_ENDS, PROTON_TRANSFER, TRAJECTORY
from hkmaps.reporting.figures.trajectories import malonaldehyde_trajectories
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs = snakemake.input
    figure = malonaldehyde_trajectories(
        read_table(inputs.ab_initio, TRAJECTORY_ENERGIES),
        read_table(inputs.transfer, PROTON_TRANSFER),
        read_table(inputs.driven, TRAJECTORY_ENERGIES),
        read_table(inputs.driven_trajectory, TRAJECTORY),
        read_table(inputs.driven_ends, DYNAMICS_ENDS),
        snakemake.params.settings,
        read_published(inputs.published),
    )
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
