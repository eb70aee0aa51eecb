"""Draw fully-connected networks beside convolutional ones, depths and a random search."""

from study_job import study_job

from hkmaps.networks.results import DEPTHS
from hkmaps.reporting.architecture_tables import ARCHITECTURES, IMPACTS
from hkmaps.reporting.figures.statements import architectures
from hkmaps.reporting.style import save_figure
from hkmaps.tables import read_table

with study_job(snakemake):
    inputs = snakemake.input
    depths = {
        name: read_table(path, DEPTHS)
        for name, path in zip(snakemake.params.settings, inputs.depths, strict=True)
    }
    table = read_table(inputs.architectures, ARCHITECTURES)
    figure = architectures(table, depths, read_table(inputs.impacts, IMPACTS))
    save_figure(figure, snakemake.output.png, snakemake.output.pdf)
