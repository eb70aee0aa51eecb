"""Draw paper B's Figure 3."""

from study_job import study_job

from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.molecules.results import DYNAMICS_ENDS, MAP_FRAMES, PROTON_TRANSFER
from hkmaps.reporting.figures.trajectories import malonaldehyde_trajectories
from hkmaps.reporting.measurements.trajectories import DrivenReading
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs, settings = snakemake.input, snakemake.params.settings
    readings = {
        name: DrivenReading(
            read_table(energies, TRAJECTORY_ENERGIES),
            read_table(frames, MAP_FRAMES),
            read_table(ends, DYNAMICS_ENDS),
            friction,
        )
        for (name, friction), energies, frames, ends in zip(
            settings["frictions"].items(),
            inputs.driven_energies,
            inputs.driven_frames,
            inputs.driven_ends,
            strict=True,
        )
    }
    figure = malonaldehyde_trajectories(
        read_table(inputs.ab_initio, TRAJECTORY_ENERGIES),
        read_table(inputs.transfer, PROTON_TRANSFER),
        readings,
        settings["trained"],
        read_published(inputs.published),
    )
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
