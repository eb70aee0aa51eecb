"""Draw paper B's Figure 2."""

from study_job import study_job

from hkmaps.maps.results import TRAJECTORY_ENERGIES
from hkmaps.reporting.figures.trajectories import classical_trajectories
from hkmaps.reporting.published import read_published
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    maps = snakemake.params.settings
    trajectories = {
        molecule: read_table(path, TRAJECTORY_ENERGIES)
        for molecule, path in zip(maps, snakemake.input.trajectories, strict=True)
    }
    published = read_published(snakemake.input.published)
    figure = classical_trajectories(trajectories, maps, published)
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
