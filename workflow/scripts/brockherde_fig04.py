"""Draw what Fourier basis, map and functional do to a density on the plane of benzene."""

from study_job import study_job

from hkmaps.molecules.density_plane_results import DENSITY_PLANE
from hkmaps.reporting.figures.planes import density_errors
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    plane = read_table(snakemake.input.plane[0], DENSITY_PLANE)
    save_figure(density_errors(plane), snakemake.output.png, snakemake.output.pdf)
